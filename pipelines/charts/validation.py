"""The shape check by `fhir.resources` (R4B): every entry of an upload, a sample elsewhere.

A sample is the first of each resource type of a load, then 1 in 200 of that type. It is a check
of shape alone: the models do not know FHIR's status values, references or profiles. Types whose
R4 form differs from R4B are not judged by them. The models are imported when first needed, and
only those of the types that occur.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from pipelines.charts.json_text import PLAIN_KEY
from pipelines.charts.refusals import EntryRefused

Model: TypeAlias = Any
"""A class of fhir.resources, which ships no types."""

ONE_IN = 200
RESOURCE_TYPES = Path(__file__).with_name("resource_types.toml")
KINDS_OF_FAULT = {
    "missing": "is missing",
    "extra_forbidden": "is not an element of this resource in FHIR R4",
    "date_parsing": "is not a date",
    "datetime_parsing": "is not a date",
}


class Sample(NamedTuple):
    """An entry whose turn it is, for a check elsewhere."""

    number: int
    key: str
    patient: str | None
    sha256: bytes
    raw: bytes


class Validator:
    """Checks the entries of one load; `mode` is full, sample, off or collect.

    A reader process collects what it would check: the models are built once, by its parent.
    """

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.seen: Counter[str] = Counter()
        self.checked = 0
        self.collected: list[Sample] = []

    def is_turn(self, kind: str) -> bool:
        """Count one entry; whether it is one to check."""
        number = self.seen[kind]
        self.seen[kind] = number + 1
        if self.mode == "off" or (self.mode != "full" and number % ONE_IN):
            return False
        self.checked += 1
        return True

    def check(self, kind: str, resource: dict[str, Any]) -> None:
        """Check one entry; EntryRefused names the element."""
        reason = self.explain(kind, resource)
        if reason is not None:
            raise EntryRefused(reason)

    def explain(self, kind: str, resource: Mapping[str, Any]) -> str | None:
        """What the model finds wrong, by element and without its value; None for nothing."""
        if kind in _not_judged():
            return None
        from pydantic import ValidationError

        try:
            _model(kind).model_validate(resource)
        except ValidationError as error:
            faults = error.errors(include_input=False, include_url=False)
            # A wrong form is what a builder trips over; what is missing may be tolerated.
            return _sentence(min(faults, key=lambda fault: fault["type"] == "missing"))
        except (TypeError, AttributeError, KeyError, ValueError, RecursionError):
            return "An element has another form than FHIR gives it."
        return None


@lru_cache(maxsize=200)
def _model(kind: str) -> Model:
    from fhir.resources.R4B import get_fhir_model_class

    return get_fhir_model_class(kind)


@lru_cache(maxsize=1)
def _not_judged() -> frozenset[str]:
    table = tomllib.loads(RESOURCE_TYPES.read_text(encoding="utf-8"))
    return frozenset(table["not_judged_by_r4b"])


def _sentence(fault: Mapping[str, Any]) -> str:
    path = ""
    for step in fault["loc"]:
        if isinstance(step, int):
            path += f"[{step}]"
        elif PLAIN_KEY.fullmatch(step):
            path += f".{step}" if path else step
    said = KINDS_OF_FAULT.get(fault["type"], "has another form than FHIR gives it")
    return f"{path or 'An element'} {said}."
