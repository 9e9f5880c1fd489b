"""What must survive: clinical words written like names, measured values written like ids.

Every layer but the chart's exact hits asks here before it calls something an identifier. The lists
are data (`guard.toml`); a word that is missing there costs a clinical word in an export, never an
identifier, because the guard alone decides about capitalised words and unlabelled numbers.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*\d*")
_ADDRESS = re.compile(r"(?i)^(?:https?:|ftp:|www\.)|[a-z0-9-]+\.[a-z]{2,}(?:[/?#:]\S*)?$")
_SHORT_ENDING = re.compile(r"(?i)\b[a-z]{1,9}\.[a-z]{2}$")


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    text = files("pipelines.privacy.recognizers").joinpath("guard.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def not_names() -> frozenset[str]:
    """Lower-case words that are no part of a name or place when a rule alone says so."""
    return frozenset(word.lower() for word in _data()["not_names"])


def is_no_name(word: str) -> bool:
    """True for a word of notes, and for clinical capital letters written as such."""
    return word.lower() in not_names() or word in abbreviations()


@lru_cache(maxsize=1)
def eponyms() -> frozenset[str]:
    """Lower-case names of people that stand for a disease, a sign or a device."""
    return frozenset(word.lower() for word in _data()["eponyms"])


@lru_cache(maxsize=1)
def abbreviations() -> frozenset[str]:
    """Capital letters that are clinical."""
    return frozenset(_data()["abbreviations"])


@lru_cache(maxsize=1)
def _named_after() -> re.Pattern[str]:
    things = "|".join(_data()["eponym_of"])
    return re.compile(rf"(?i)^(?:'s|s')?(?:[- ](?:[a-z]+-)?[a-z]+){{0,2}}?[- ](?:{things})\b")


@lru_cache(maxsize=32)
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the data file by its name there."""
    return re.compile(cast(str, _data()[name]))


@lru_cache(maxsize=32)
def words(name: str) -> frozenset[str]:
    """A list of words of the data file by its name there, as written."""
    return frozenset(cast(str, _data()[name]).split())


def names_a_thing(text: str, start: int, end: int) -> bool:
    """True for Parkinson in "Parkinson's disease" and for Foley alone."""
    first = WORD.match(text, start)
    known = first is not None and first[0].lower().removesuffix("'s") in eponyms()
    return known or bool(_named_after().match(text[end : end + 60]))


def is_clinical_number(text: str, start: int, end: int) -> bool:
    """True for an amount with a unit, a measured value and a code of a vocabulary."""
    before, after = text[max(0, start - 60) : start], text[end : end + 24]
    return bool(
        pattern("coded").search(before)
        or pattern("units").match(after)
        or (pattern("measured").search(before) and _amount(text[start:end]))
    )


def _amount(written: str) -> bool:
    return bool(re.fullmatch(r"\d[\d.,]*(?:\s*-\s*\d[\d.,]*)?", written))


def looks_like_address(written: str) -> bool:
    """False for `robert.th` and `5.Ad`, which Presidio takes for web addresses."""
    return bool(_ADDRESS.search(written)) and not _SHORT_ENDING.fullmatch(written)
