"""What can be measured, given and written, read from `catalogue/*.toml`.

A measurement keeps its LOINC, unit and the reference range by sex. The flag of a value follows
from that range alone (`flag`), so that interpretation and range can never disagree.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "catalogue"
Number = int | float


@dataclass(frozen=True, slots=True)
class Measurement:
    """One analyte or sign; `show` is the unit as people read it, `unit` its UCUM code."""

    key: str
    loinc: str
    name: str
    long: str
    category: str = "laboratory"
    unit: str | None = None
    show: str | None = None
    low: Number | None = None
    high: Number | None = None
    critical: tuple[Number, Number] | None = None
    men: tuple[Number, Number] | None = None
    women: tuple[Number, Number] | None = None
    minutes: int = 48

    def for_sex(self, sex: str) -> Measurement:
        """The same measurement with the range of that sex, where there is one."""
        pair = {"male": self.men, "female": self.women}.get(sex)
        if pair is None:
            return self
        return replace(self, low=pair[0] or None, high=pair[1])

    def flag(self, value: Number, comparator: str | None = None) -> str:
        """LL, L, N, H or HH; `<` and `>` count as beyond a limit only when that is certain."""

        def below(limit: Number) -> bool:
            return value <= limit if comparator == "<" else value < limit

        def above(limit: Number) -> bool:
            return value >= limit if comparator == ">" else value > limit

        least, most = self.critical or (None, None)
        steps = (
            ("LL", least, below),
            ("HH", most, above),
            ("L", self.low, below),
            ("H", self.high, above),
        )
        for name, limit, beyond in steps:
            if limit is not None and beyond(limit):
                return name
        return "N"


@dataclass(frozen=True, slots=True)
class Sign:
    """One column of a vital-signs course; `wander` is a standard deviation in its unit."""

    key: str
    loinc: str
    name: str
    unit: str
    digits: int
    wander: float
    show: str | None = None
    also: tuple[str, ...] = ()
    low: Number | None = None
    high: Number | None = None
    least: Number = 0
    most: Number = 400
    every_hours: int = 1
    step: bool = False


def read(name: str) -> dict[str, Any]:
    """One catalogue file."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def tuples(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with its lists frozen."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


@lru_cache(maxsize=1)
def measurements() -> dict[str, Measurement]:
    """All measurements by key."""
    entries = read("results")
    defaults = entries.pop("defaults")
    return {key: Measurement(key, **tuples(defaults | entry)) for key, entry in entries.items()}


@lru_cache(maxsize=1)
def signs() -> dict[str, Sign]:
    """All columns of a vital-signs course by key."""
    return {key: Sign(key, **tuples(entry)) for key, entry in read("vitals").items()}


@lru_cache(maxsize=1)
def medicines() -> dict[str, Any]:
    """Drugs by key (RXCUI, name) and routes by abbreviation (SNOMED CT code, name)."""
    return read("medicines")


@lru_cache(maxsize=1)
def note_kinds() -> dict[str, list[str]]:
    """Kinds of notes by key (LOINC, display)."""
    kinds: dict[str, list[str]] = read("notes")["kinds"]
    return kinds
