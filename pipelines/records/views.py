"""What a page shows of a chart, already put together: a trend, and one opened source."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Encounter, Fact, Medication, Procedure, ResultKind
from pipelines.records.moments import Moment
from pipelines.records.results import EarlierResult
from pipelines.records.trends import Axis, LargerChange, ShownAs, UnitNote


@dataclass(frozen=True, slots=True)
class Trend:
    """Results and medications of one window on one time axis, each in time order.

    `erroneous` results count nowhere else; `doses` are given doses and rates of the chosen
    drugs as numbers. `shown`, `unit_notes`, `changes` and `axes` say how a result is drawn where
    that is not as its record has it, and which steps pass their reference change value.
    """

    facts: tuple[Fact, ...]
    medications: tuple[Medication, ...]
    window_from: Moment | None
    window_to: Moment | None
    as_of: Moment | None = None
    erroneous: tuple[Fact, ...] = ()
    doses: tuple[Fact, ...] = ()
    stays: tuple[Encounter, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    shown: tuple[ShownAs, ...] = ()
    unit_notes: tuple[UnitNote, ...] = ()
    changes: tuple[LargerChange, ...] = ()
    axes: tuple[Axis, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstQuestion:
    """A question to begin with: of which patient, and the name to show beside it."""

    patient_id: str
    name: str
    question: str


@dataclass(frozen=True, slots=True)
class ResultCard:
    """One analyte at a glance: its latest result, the one before, and the recent ones."""

    kind: ResultKind
    latest: Fact
    previous: Fact | None
    recent: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class SourceField:
    """One leaf of a resource: its path, its value, and whether the citation quotes it."""

    path: str
    value: str
    marked: bool


@dataclass(frozen=True, slots=True)
class SourceView:
    """One cited record, opened: a note with the cited slice, or the leaves of a resource.

    `verified` says that the quote was found again, just now, at the place the citation names;
    `earlier` is what a result said in the versions before this one, the newest first;
    `warnings` are the offsets of a note's sentences that talk to software.
    """

    resource: str
    kind: str
    title: str
    date: str | None
    author: str | None
    text: str | None
    mark_start: int | None
    mark_end: int | None
    fields: tuple[SourceField, ...]
    raw_json: str
    sha256: str
    version: int
    verified: bool
    earlier: tuple[EarlierResult, ...] = ()
    warnings: tuple[tuple[int, int], ...] = ()
