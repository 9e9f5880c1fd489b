"""What a rule must leave alone although its pattern and its check agree.

Each is called by its name as `also_not` in the rule files and says whether the stretch is a
clinical word after all: a drug after "treated with", an organism after an initial, a trial's
number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.privacy.recognizers import guard

_WORD = re.compile(r"[^\W\d_]{5,}")


def is_drug(text: str, start: int, end: int) -> bool:
    """A word with the ending of a drug or of a disease among the first two."""
    words = _WORD.findall(text, start, end)[:2]
    spared = guard.words("names_like_drugs")
    return any(guard.pattern("drug_endings").search(w) and w not in spared for w in words)


def is_organism(text: str, start: int, end: int) -> bool:
    """E. coli and its kin."""
    return bool(guard.pattern("organisms").search(text[start:end]))


def is_auxiliary_may(text: str, start: int, end: int) -> bool:
    """The verb, or "May 2 tablets be given"; and small letters that are words ("mar", "dec")."""
    small = re.match(r"(?:may|mar|dec|sep)\b", text[start:end])
    dose = re.match(r"(?i:may)\s+\d{1,2}\s+(?:tab|pill|dose|cap|mg|ml)", text[start : end + 12])
    return bool(small or dose)


def is_wort(text: str, start: int, end: int) -> bool:  # noqa: ARG001 - all have one shape
    """St. John's wort."""
    return text[end : end + 8].lstrip("'s ").startswith("wort")


def is_classification(text: str, start: int, end: int) -> bool:  # noqa: ARG001 - as above
    """Stanford type A."""
    return bool(guard.pattern("classification_after").match(text[end : end + 20]))


def is_abbreviation(text: str, start: int, end: int) -> bool:
    """Clinical capitals with a slash or colon between them."""
    parts = re.split(r"[/:]", text[start:end])
    return any(part in guard.abbreviations() or len(part) < 2 for part in parts)


def is_impersonal_code(text: str, start: int, end: int) -> bool:
    """A trial, a publication, a standard, or a dose written without a blank."""
    written = text[start:end]
    impersonal = guard.pattern("impersonal_codes").match(written)
    return bool(impersonal or guard.pattern("dose_ending").search(written))


def is_pair_of_words(text: str, start: int, end: int) -> bool:
    """ "Medication/dose" is two words, "Medication/abc-1" a reference."""
    return text[start:end].partition("/")[2].lower() in guard.words("reference_prose")


EXCEPTIONS: dict[str, Callable[[str, int, int], bool]] = {
    "drug": is_drug,
    "organism": is_organism,
    "may": is_auxiliary_may,
    "wort": is_wort,
    "classification": is_classification,
    "abbreviation": is_abbreviation,
    "trial": is_impersonal_code,
    "pair of words": is_pair_of_words,
}
