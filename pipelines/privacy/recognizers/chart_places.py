"""Addresses, cities and organizations of a chart, word by word.

An address is found by its number and street however the street's kind is shortened, a street also
without its number; an organization by its name, without its legal form, and by its initials where
those are no clinical abbreviation. States and countries may stay (45 CFR 164.514(b)(2)(i)(B)).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.privacy.hits import Hit
from pipelines.privacy.reading import folded
from pipelines.privacy.recognizers import guard
from pipelines.privacy.recognizers.chart_names import common_words
from pipelines.privacy.recognizers.name_parts import listed, shortened
from pipelines.privacy.recognizers.rule_files import words as rule_words
from pipelines.records.exports import ChartIdentifier

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


@dataclass(frozen=True, slots=True)
class _Phrase:
    words: tuple[str, ...]
    kind: str
    reason: str
    capital: bool


@dataclass(frozen=True, slots=True)
class PlaceFinder:
    """Phrases by their first word, and the initials of organizations."""

    by_first: dict[str, tuple[_Phrase, ...]]
    initials: dict[str, str]

    @classmethod
    def of(cls, identifiers: Iterable[ChartIdentifier], clinical: frozenset[str]) -> PlaceFinder:
        """The finder of these addresses, cities and organizations."""
        grouped: dict[str, list[_Phrase]] = {}
        initials: dict[str, str] = {}
        for item in identifiers:
            for phrase in _phrases(item, clinical):
                grouped.setdefault(phrase.words[0], []).append(phrase)
            if item.kind == "ORGANIZATION":
                letters = _initials(item.value)
                if letters and letters.lower() not in clinical:
                    initials.setdefault(letters, item.path)
        ordered = {
            first: tuple(sorted(set(found), key=lambda phrase: (-len(phrase.words), phrase.reason)))
            for first, found in grouped.items()
        }
        return cls(ordered, initials)

    def find(self, text: str) -> Iterator[Hit]:
        """Every place and organization of the chart in a reading."""
        if not self.by_first:
            return
        found = list(_WORD.finditer(text))
        keys = [_key(match[0]) for match in found]
        for index, key in enumerate(keys):
            for phrase in self.by_first.get(key, ()):
                last = index + len(phrase.words)
                if tuple(keys[index:last]) == phrase.words and (
                    not phrase.capital or found[index][0][0].isupper()
                ):
                    yield Hit(
                        found[index].start(), found[last - 1].end(), phrase.kind, phrase.reason, 1.0
                    )
                    break
            path = self.initials.get(found[index][0])
            if path:
                yield Hit(*found[index].span(), "ORGANIZATION", f"chart: {path}, initials", 1.0)


def _key(word: str) -> str:
    plain = re.sub(r"'s?$|'", "", word.lower())
    return shortened(plain)


def _keys(written: str) -> tuple[str, ...]:
    return tuple(_key(word) for word in _WORD.findall(folded(written)))


def _phrases(item: ChartIdentifier, clinical: frozenset[str]) -> Iterator[_Phrase]:
    reason = f"chart: {item.path}"
    if item.kind == "CITY":
        yield from _cities(item.value, reason, clinical)
    elif item.kind == "ORGANIZATION":
        yield from _organizations(item.value, reason)
    else:
        for line in re.split(r"[,;\n]", item.value):
            yield from _address_lines(line, reason)


def _cities(value: str, reason: str, clinical: frozenset[str]) -> Iterator[_Phrase]:
    keys = _keys(value)
    if keys and not _is_state(value):
        plain = " ".join(keys)
        ordinary = len(keys) == 1 and (plain in common_words() or plain in clinical)
        yield _Phrase(keys, "LOCATION", reason, ordinary or len(plain) < 5)


def _organizations(value: str, reason: str) -> Iterator[_Phrase]:
    keys = _keys(value)
    if not keys:
        return
    own = [key for key in keys if key not in listed("general") and key not in listed("legal_forms")]
    if not own and len(keys) < 2:
        return
    yield _Phrase(keys, "ORGANIZATION", reason, not own)
    for shorter in (
        _stripped(keys, listed("legal_forms")),
        _stripped(keys, listed("legal_forms") | listed("general")),
    ):
        distinct = [key for key in shorter if key not in common_words() and not key.isdigit()]
        if (
            shorter
            and shorter != keys
            and ((len(shorter) > 1 and distinct) or any(len(k) > 4 for k in distinct))
        ):
            yield _Phrase(shorter, "ORGANIZATION", reason, True)


def _stripped(keys: tuple[str, ...], ends: frozenset[str]) -> tuple[str, ...]:
    first, last = 0, len(keys)
    while last > first and keys[last - 1] in ends:
        last -= 1
    while first < last and keys[first] in ("the",):
        first += 1
    return keys[first:last]


def _address_lines(line: str, reason: str) -> Iterator[_Phrase]:
    keys = _keys(line)
    if not keys or _is_state(line):
        return
    yield _Phrase(keys, "LOCATION", reason, len(keys) == 1 and not keys[0].isdigit())
    if not keys[0].isdigit():
        return
    street = keys[1:]
    unit = next(
        (i for i, key in enumerate(street) if key in ("apt", "ste", "bldg", "fl", "#")), len(street)
    )
    for written in {(keys[0], *street[:unit]), (keys[0], *street[: max(unit - 1, 1)])}:
        if len(written) > 1:
            yield _Phrase(written, "LOCATION", reason, False)
    if unit >= 2:
        yield _Phrase(street[:unit], "LOCATION", reason, False)
    if unit < len(street):
        yield _Phrase(street[unit:], "LOCATION", reason, False)


def _is_state(written: str) -> bool:
    plain = written.strip()
    return bool(
        re.fullmatch(
            rf"{rule_words()['STATE']}|US|USA|United States(?: of America)?", plain, re.IGNORECASE
        )
    )


def _initials(value: str) -> str | None:
    found = [
        word
        for word in _WORD.findall(folded(value))
        if word.lower() not in ("of", "the", "and", "for", "at")
    ]
    letters = "".join(
        word[0] for word in found if word[0].isalpha() and word.lower() not in listed("legal_forms")
    ).upper()
    return letters if 3 <= len(letters) <= 6 and letters not in guard.abbreviations() else None
