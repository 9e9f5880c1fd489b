"""What stands in the place of an identifier, and how it is known again.

A replacement is a word in square brackets; a date keeps its year and nothing else, a birth date
that tells an age over 89 not even that. `PLACEHOLDER` matches exactly what is written here, so
that a text that was redacted once is never redacted again. No surrogates and no shifted dates yet.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

OLDEST_AGE_SHOWN = 89
"""45 CFR 164.514(b)(2)(i)(C): all ages over 89 become one category."""

BIRTH_DATE = "BIRTH_DATE"
_FOUR_DIGITS = re.compile(r"(?<!\d)(1[89]\d\d|2[0-2]\d\d)(?!\d{5,})")
_COMPACT = re.compile(r"(?<!\d)(1[89]\d\d|2[0-2]\d\d)[01]\d[0-3]\d")
_TWO_DIGITS = re.compile(r"(?:'|[/.-]|[A-Za-z] ?)(\d\d)$")


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    text = files("pipelines.privacy").joinpath("replacements.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def placeholder() -> re.Pattern[str]:
    """Matches what this room writes in the place of an identifier, and nothing else."""
    shown = sorted({kind["shown"] for kind in _table()["class"].values()})
    return re.compile("|".join([*map(re.escape, shown), r"\[DATE (?:1[89]|2[0-2])\d\d\]"]))


def class_of_stock(entity: str) -> str:
    """The class of one of Presidio's own entities; what is not mapped is a unique id."""
    return cast(str, _table()["stock"].get(entity, "UNIQUE_ID"))


def classes() -> tuple[str, ...]:
    """Every class of identifier that can be found."""
    return tuple(_table()["class"])


def replacement(kind: str, written: str, latest_year: int | None = None) -> str:
    """What stands in the place of `written`; of a date the year stays where Safe Harbor lets it."""
    if kind not in ("DATE_TIME", BIRTH_DATE):
        return cast(str, _table()["class"][kind]["shown"])
    year = year_of(written, two_digits=kind != BIRTH_DATE)
    if year is None or (kind == BIRTH_DATE and tells_age_over_89(year, latest_year)):
        return "[DATE]"
    return f"[DATE {year}]"


def tells_age_over_89(birth_year: int, latest_year: int | None = None) -> bool:
    """Whether somebody born then may be over 89 by the year of the export or of the chart's end."""
    return max(date.today().year, latest_year or 0) - birth_year > OLDEST_AGE_SHOWN


def year_of(written: str, *, two_digits: bool = True) -> int | None:
    """The year of a written date; two digits are read as the last year that they fit."""
    found = _COMPACT.search(written) or _FOUR_DIGITS.search(written)
    if found:
        return int(found[1])
    short = _TWO_DIGITS.search(written) if two_digits and _has_a_day_or_month(written) else None
    if short is None:
        return None
    this_year = date.today().year
    year = this_year - this_year % 100 + int(short[1])
    return year if year <= this_year else year - 100


def _has_a_day_or_month(written: str) -> bool:
    """True for 3/14/24, 8/79 and Aug 10, '23; false for 3/14 and March 14."""
    parts = re.split(r"[/.-]", written)
    if len(parts) == 3:
        return True
    if len(parts) == 2 and parts[1].isdigit():
        return int(parts[1]) > 31
    return "'" in written or bool(
        re.fullmatch(r"[A-Za-z]+[-\s]\d\d", written) and int(written[-2:]) > 31
    )
