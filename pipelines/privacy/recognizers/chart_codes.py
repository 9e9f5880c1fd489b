"""Ids, telephone numbers, e-mail addresses, zips and serial numbers of a chart, by characters.

A code is the same with any separators: the letters and digits of the text are compared without what
stands between them, as long as no more than three signs, blanks or one line break do. A telephone
number is also found without its country or area code. Codes of fewer than four characters are left
to the rules (a reference, a label): they would take doses with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.privacy.hits import Hit
from pipelines.privacy.reading import folded
from pipelines.records.exports import ChartIdentifier

SHORTEST = 4
_PREFIX = 4
_GAP = re.compile(r"[\W_]{0,3}|\s*\n\s*")
_CLASS = {
    "PHONE": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
    "URL": "URL",
    "DEVICE": "DEVICE_ID",
    "ZIP": "ZIP",
}


@dataclass(frozen=True, slots=True)
class _Code:
    characters: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class CodeFinder:
    """Codes by their first characters, so that thousands of them cost one look a word."""

    by_prefix: dict[str, tuple[_Code, ...]]

    @classmethod
    def of(cls, identifiers: Iterable[ChartIdentifier]) -> CodeFinder:
        """The finder of these identifiers."""
        grouped: dict[str, dict[str, _Code]] = {}
        for item in identifiers:
            for code in _codes(item):
                grouped.setdefault(code.characters[:_PREFIX], {}).setdefault(code.characters, code)
        ordered = {
            prefix: tuple(sorted(codes.values(), key=lambda code: -len(code.characters)))
            for prefix, codes in grouped.items()
        }
        return cls(ordered)

    def find(self, text: str) -> Iterator[Hit]:
        """Every code of the chart in a reading, whatever stands between its characters."""
        if not self.by_prefix:
            return
        places = [match.start() for match in re.finditer(r"[^\W_]", text)]
        packed = "".join(text[place] for place in places).lower()
        if len(packed) != len(places):  # a letter that lower() makes two of: compare as it is
            packed = "".join(text[place] for place in places)
        for index, place in enumerate(places):
            if not _begins(text, place):
                continue
            for code in self.by_prefix.get(packed[index : index + _PREFIX], ()):
                last = index + len(code.characters) - 1
                if packed.startswith(code.characters, index) and _whole(text, places, index, last):
                    start = place - 1 if _opens(text, place, places[last]) else place
                    yield Hit(start, places[last] + 1, code.kind, code.reason, 1.0)
                    break


def _begins(text: str, place: int) -> bool:
    """A code begins at a word's start, or at a digit after letters (MRN123456)."""
    before = text[place - 1] if place else " "
    return not before.isalnum() or (text[place].isdigit() and before.isalpha())


def _opens(text: str, place: int, last: int) -> bool:
    """A sign before a code that belongs to it: +1, #12, and a bracket that closes inside."""
    sign = text[place - 1 : place]
    return sign in ("+", "#") or (sign == "(" and ")" in text[place:last])


def _whole(text: str, places: list[int], first: int, last: int) -> bool:
    after = text[places[last] + 1 : places[last] + 2]
    if after.isalnum() and after.isdigit() == text[places[last]].isdigit():
        return False
    return all(
        places[i + 1] - places[i] == 1 or _GAP.fullmatch(text[places[i] + 1 : places[i + 1]])
        for i in range(first, last)
    )


def _codes(item: ChartIdentifier) -> Iterator[_Code]:
    kind = _CLASS.get(item.kind, "UNIQUE_ID")
    value = folded(item.value)
    plain = re.sub(r"[\W_]", "", value).lower()
    for characters in {plain, *_variants(item.kind, plain, value)}:
        if len(characters) >= SHORTEST and _identifies(characters, item):
            yield _Code(characters, _social(item, kind, plain), f"chart: {item.path}")


def _identifies(characters: str, item: ChartIdentifier) -> bool:
    """Letters alone are a word, unless they are an address or a long id with separators."""
    if any(c.isdigit() for c in characters) or item.kind in ("EMAIL", "URL"):
        return True
    return len(characters) >= 8 and bool(re.search(r"\w[-_.]\w", item.value))


def _social(item: ChartIdentifier, kind: str, plain: str) -> str:
    """A social security number by its nine digits in three groups."""
    grouped = re.fullmatch(r"\d{3}-\d{2}-\d{4}", item.value.strip())
    return "US_SSN" if kind == "UNIQUE_ID" and grouped and len(plain) == 9 else kind


def _variants(kind: str, plain: str, value: str) -> Iterator[str]:
    digits = re.sub(r"\D", "", plain)
    if kind == "PHONE" and len(digits) >= 7:
        number = re.sub(r"(?i)(?:ext|extension|x)\.?\s*\d+\s*$", "", value)
        digits = re.sub(r"\D", "", number)
        yield digits
        yield digits[-10:]
        yield digits[-7:]
        yield "1" + digits[-10:]
    if kind in ("ID", "DEVICE"):
        if len(digits) >= 5:
            yield digits
            yield digits.lstrip("0")
        last_part = re.split(r"[|/:]", value)[-1]
        yield re.sub(r"[\W_]", "", last_part).lower()
    if kind == "ZIP":
        yield digits[:5]
    if kind == "EMAIL":
        local = value.partition("@")[0]
        if len(local) >= 5:
            yield re.sub(r"[\W_]", "", local).lower()
