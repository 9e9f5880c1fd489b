"""The chart layer: the identifiers of one patient's chart in every form they may be written in.

Built from values, one a patient, in milliseconds; it knows no chart. Four parts look for names,
codes (ids, telephone numbers, serial numbers), places and organizations, and dates. Every hit says
the FHIR path that the identifier stands at, and ranks above every rule and pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Protocol

from pipelines.privacy.hits import Hit
from pipelines.privacy.recognizers.chart_codes import CodeFinder
from pipelines.privacy.recognizers.chart_dates import DateFinder
from pipelines.privacy.recognizers.chart_names import NameFinder
from pipelines.privacy.recognizers.chart_places import PlaceFinder
from pipelines.records.exports import ChartIdentifier, ChartIdentifiers

CODES = ("ID", "PHONE", "EMAIL", "URL", "DEVICE", "ZIP")
PLACES = ("ADDRESS", "CITY", "ORGANIZATION")


class _Finder(Protocol):
    def find(self, text: str) -> Iterable[Hit]:
        """Hits of one kind of identifier in a reading."""
        ...


@lru_cache(maxsize=8)
def finder(identifiers: ChartIdentifiers) -> Callable[[str], list[Hit]]:
    """The chart layer of one patient: reading in, hits out."""
    parts: tuple[_Finder, ...] = (
        NameFinder.of(_of(identifiers, ("NAME",)), identifiers.clinical_words),
        CodeFinder.of(_of(identifiers, CODES)),
        PlaceFinder.of(_of(identifiers, PLACES), identifiers.clinical_words),
        DateFinder.of(_of(identifiers, ("DATE",))),
    )

    def find(text: str) -> list[Hit]:
        return [hit for part in parts for hit in part.find(text)]

    return find


def _of(identifiers: ChartIdentifiers, kinds: Iterable[str]) -> tuple[ChartIdentifier, ...]:
    return tuple(item for item in identifiers.identifiers if item.kind in kinds)
