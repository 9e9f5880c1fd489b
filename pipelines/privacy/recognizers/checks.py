"""Second looks at what a rule's pattern matched: trim it, or let it stay in the text.

A check gets the reading and the offsets of the match and gives back the part that is an identifier,
or nothing. Patterns say where a name or number may stand; checks know what is no name and no number
of a person (`guard.toml`). Every check and exception is called by its name in the rule files.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.privacy.recognizers import guard
from pipelines.privacy.recognizers.rule_files import words as rule_words
from pipelines.privacy.replacements import tells_age_over_89

Part = tuple[int, int] | None
Check = Callable[[str, int, int], Part]

_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|['.-](?=[^\W\d_]))*\.?|\d+")
_TITLE = re.compile(
    r"(?i)(?:drs?|mr|mrs|ms|mx|miss|prof|rev|fr|sr|sgt|capt|lt|col|hon|atty|doctor|professor"
    r"|nurse|sister|reverend|father|pastor|rabbi|judge|officer|madam|sir|uncle|aunt|auntie"
    r"|grandma|grandpa)\b\.?\s*"
)
_FACILITY_WORD = re.compile(
    r"(?i)\b(?:hospital|hosp|clinic|center|health|medical|med|university|institute|office"
    r"|facility|practice|campus|branch)\b"
)
_GENERAL_NAMES = ("general", "university", "community", "city", "county", "memorial", "regional")
_LINKS = ("of", "and", "the", "for", "at", "in", "de", "la", "del")


def name(text: str, start: int, end: int) -> Part:
    """Cut before the first word that is no name; nothing left is no name."""
    return None if guard.names_a_thing(text, start, end) else _trimmed(text, start, end)


def titled(text: str, start: int, end: int) -> Part:
    """After a title even an eponym is a person; the title goes with the name."""
    title = _TITLE.match(text, start, end)
    part = _trimmed(text, title.end() if title else start, end)
    return (start, part[1]) if part else None


def _trimmed(text: str, start: int, end: int) -> Part:
    kept: list[tuple[int, int]] = []
    for word in _WORDS.finditer(text, start, end):
        plain = word[0].rstrip(".").removesuffix("'s")
        if guard.is_no_name(plain) and not (len(plain) == 1 and kept):
            break
        kept.append(word.span())
    small = text[start:end].islower()
    while kept and not small and text[slice(*kept[-1])].islower():
        kept.pop()
    if not kept:
        return None
    first, stop = kept[0][0], kept[-1][1]
    if text[stop - 1] == "." and not re.search(r"\b[A-Z]\.$", text[first:stop]):
        stop -= 1
    return (first, stop) if any(c.isalpha() for c in text[first:stop]) else None


def place(text: str, start: int, end: int) -> Part:
    """A place: not a ward, a region, a body of guidelines or a thing named after somebody."""
    written = text[start:end]
    if guard.pattern("regions").fullmatch(written) or _is_state(written):
        return None
    if written.split()[0] in guard.words("public_bodies"):
        return None
    if not _FACILITY_WORD.search(written) and guard.names_a_thing(text, start, end):
        return None
    words = list(_WORDS.finditer(text, start, end))
    while words and _is_no_place(words[0][0]):
        words.pop(0)
    if not words or (len(words[0][0]) < 3 and not words[1:]):
        return None
    last = _first_word_of_notes(words)
    if not any(_is_own_name(word[0]) for word in words[:last]):
        return None
    return words[0].start(), end if last == len(words) else words[last - 1].end()


def _is_state(written: str) -> bool:
    """A whole state may stay (45 CFR 164.514(b)(2)(i)(B)); New York is a city as well."""
    return written != "New York" and bool(re.fullmatch(rule_words()["STATE_NAME"], written))


def _first_word_of_notes(words: list[re.Match[str]]) -> int:
    last = len(words)
    for position, word in enumerate(words):
        plain = word[0].rstrip(".")
        if guard.is_no_name(plain) and not _FACILITY_WORD.fullmatch(plain) and plain not in _LINKS:
            last = position
            break
    while last and words[last - 1][0] in _LINKS:
        last -= 1
    return last


def _is_no_place(word: str) -> bool:
    plain = word.rstrip(".").removesuffix("'s")
    return guard.is_no_name(plain) or plain.lower() in guard.words("wards") or plain in _LINKS


def _is_own_name(word: str) -> bool:
    return not _is_no_place(word) and not _FACILITY_WORD.fullmatch(word.rstrip("."))


def facility(text: str, start: int, end: int) -> Part:
    """A facility with a name of its own: "Wound Clinic" and "the Heart Center" have none."""
    words = [word[0] for word in _WORDS.finditer(text, start, end)]
    of_care = re.search(r"(?i)hosp|clinic", text[start:end])
    if words[0] in guard.words("public_bodies") and not of_care:
        return None
    general = len(words) > 1 and words[0].lower() in _GENERAL_NAMES
    return (start, end) if general or any(map(_is_own_name, words)) else None


def named_after(text: str, start: int, end: int) -> Part:
    """The University of Springfield; not a School of Medicine or a Center for Disease Control."""
    last = text[start:end].split()[2:]
    return None if all(_is_no_place(word) for word in last) else (start, end)


def number(text: str, start: int, end: int) -> Part:
    """A number that is no amount, no measured value and no code of a vocabulary."""
    return None if guard.is_clinical_number(text, start, end) else (start, end)


def value(text: str, start: int, end: int) -> Part:
    """The value after a label: not a count, a dose, a year, a ratio or a ward's number."""
    written = text[start:end].lstrip("# ")
    if guard.pattern("no_value").fullmatch(written) or not any(c.isdigit() for c in written):
        return None
    amount = not re.search(r"[A-Za-z-]", written) and guard.is_clinical_number(text, start, end)
    return None if amount else (start, end)


def phone(text: str, start: int, end: int) -> Part:
    """The number after "phone" or "pager": four digits or more that are no amount and no time."""
    written = text[start:end]
    digits = sum(c.isdigit() for c in written)
    if digits < 4 or re.fullmatch(r"(?:19|20)\d\d", written):
        return None
    return (start, end) if digits >= 10 else number(text, start, end)


def fraction(text: str, start: int, end: int) -> Part:
    """Day and month, not a murmur's grade, a strength, a pain score or half a tablet."""
    before, after = text[max(0, start - 40) : start], text[end : end + 40]
    if guard.pattern("fraction_after").match(after):
        return None
    if guard.pattern("fraction_before").search(before):
        return None
    first, _, second = text[start:end].partition("/")
    full_marks = first.strip().lstrip("0") == second.strip().lstrip("0")
    dated = re.search(r"(?i)(?:on|since|date|dated|by|until)[: ]+\(?$", before)
    return None if full_marks and not dated else (start, end)


def old_year(text: str, start: int, end: int) -> Part:
    """A birth year, where it tells an age over 89."""
    return (start, end) if tells_age_over_89(int(text[start:end])) else None


CHECKS: dict[str, Check] = {
    "name": name,
    "titled": titled,
    "label": _trimmed,
    "place": place,
    "named after a place": named_after,
    "facility": facility,
    "number": number,
    "value": value,
    "phone": phone,
    "fraction": fraction,
    "old year": old_year,
}
