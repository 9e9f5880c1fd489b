"""High, low or normal: what the record itself says about a result.

The laboratory's interpretation decides; without one, the reference range that the result
carries. Where there is neither the answer is "cannot tell" (no flag and no source), never
"normal". A censored value (`<0.5`) is judged only where the whole of what it can mean lies on
one side. No range from elsewhere is ever used.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("flags.toml")
CANNOT_TELL: tuple[None, None] = (None, None)

Flag = tuple[str | None, str | None]


def flag(
    interpretation: str | None,
    value: float | None,
    comparator: str | None,
    low: float | None,
    high: float | None,
) -> Flag:
    """The mark (None: not abnormal, or unknown) and where it comes from (None: cannot tell)."""
    if interpretation is not None:
        told = _interpreted(interpretation)
        if told is not CANNOT_TELL:
            return told
    if value is None or (low is None and high is None):
        return CANNOT_TELL
    return _by_range(value, comparator or "", low, high)


def leading(interpretations: Sequence[str]) -> str | None:
    """Of several interpretations the one that decides: the worst that the table knows.

    One that the table calls normal comes after those that it marks; where it knows none of
    them, the first counts.
    """

    def weight(interpretation: str) -> int:
        told = _interpreted(interpretation)
        return 99 if told is CANNOT_TELL else severity(told[0])

    return min(interpretations, key=weight, default=None)


def severity(mark: str | None) -> int:
    """0 for critical, 1 for high and low, 2 for abnormal; larger for none of them."""
    return _tables()[1].get(mark or "", 9)


def normal_words() -> frozenset[str]:
    """The interpretations that call a result normal, in upper case, for a statement's filter."""
    return frozenset(word.upper() for word, mark in _tables()[0].items() if not mark)


def _by_range(value: float, comparator: str, low: float | None, high: float | None) -> Flag:
    """The least and the greatest value that the result can mean, against its range."""
    least = float("-inf") if comparator.startswith("<") else value
    greatest = float("inf") if comparator.startswith(">") else value
    if low is not None and (greatest < low or (comparator == "<" and greatest == low)):
        return "L", "range"
    if high is not None and (least > high or (comparator == ">" and least == high)):
        return "H", "range"
    if (low is None or least >= low) and (high is None or greatest <= high):
        return None, "range"
    return CANNOT_TELL


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, str], dict[str, int]]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {**table["codes"], **table["words"]}, table["order"]


@lru_cache(maxsize=1_000)
def _interpreted(interpretation: str) -> Flag:
    known = _tables()[0]
    for written in (interpretation.strip().upper(), interpretation.strip().lower()):
        if written in known:
            return known[written] or None, "interpretation"
    return CANNOT_TELL
