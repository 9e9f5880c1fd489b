"""What laboratories and imaging report: the report, the specimen it rests on, the images."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Report:
    """A diagnostic report's header; `results` are the Observations it rests on.

    `fact.when` is when the finding holds (effective), else when it was issued.
    """

    fact: Fact
    categories: tuple[str, ...]
    effective: Moment | None
    effective_end: Moment | None
    issued: Moment | None
    results: tuple[str, ...]
    conclusion: str | None
    conclusion_codes: tuple[str, ...]
    specimens: tuple[str, ...]
    performers: tuple[str, ...]
    interpreters: tuple[str, ...]
    imaging: tuple[str, ...]
    based_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Specimen:
    """What was taken from the patient, where from, and in which condition it arrived."""

    fact: Fact
    collected: Moment | None
    collected_end: Moment | None
    received: Moment | None
    body_site: str | None
    method: str | None
    collector: str | None
    conditions: tuple[str, ...]
    accession: str | None
    parents: tuple[str, ...]
    requests: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImagingStudy:
    """The header of an imaging study; the images themselves are not here."""

    fact: Fact
    started: Moment | None
    modalities: tuple[str, ...]
    body_sites: tuple[str, ...]
    series: int | None
    instances: int | None
    reason: str | None
    referrer: str | None
    interpreters: tuple[str, ...]
    based_on: tuple[str, ...]
