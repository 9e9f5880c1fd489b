"""The names of a chart in every form they are written in, misspelt ones included.

Parts, nicknames, initials, maiden names, LAST,FIRST, possessives, names with and without Synthea's
digits, joined as in a user name, broken by a line's end. A misspelling counts within a Damerau
distance of 1 (2 from 8 letters), with the same first letter, capitalised, and never when it is a
clinical word of this chart or a common one. Names that are also words count only when capitalised.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files

from pipelines.privacy.hits import Hit
from pipelines.privacy.reading import folded
from pipelines.privacy.recognizers import guard
from pipelines.privacy.recognizers.name_parts import listed, nicknames, person, plain
from pipelines.records.exports import ChartIdentifier

_WORD = re.compile(r"[^\W_](?:[^\W_]|'(?=[^\W\d_]))*")
_BROKEN = re.compile(r"([^\W_]+)-?[ \t]*\n[ \t]*([^\W_]+)")
_LINK = re.compile(
    r"(?:[ \t]*[,.&/-]?[ \t]*\n?[ \t]*)(?:(?:[^\W\d_]\.?|[^\W\d_]{2,3}\.?)[ \t]+){0,2}"
)
_INITIAL_BEFORE = re.compile(r"(?<![^\W_])((?:[^\W\d_]\.?[ \t-]{0,2}){1,3})$")
_INITIAL_AFTER = re.compile(r"^(?:,?[ \t]+|\n|,)((?:[^\W\d_](?:\.|(?![^\W_]))[ \t]?){1,3})")
_CHAIN = re.compile(r"(?<![^\W_])(?:[A-Z]\.[ \t]?){2,4}|(?<![^\W_.])[A-Z]{2,4}(?![^\W_])")
_CHAIN_AFTER = re.compile(
    r"(?i)^(?: (?:signed|agrees|notified|aware|reviewed)\b|/[a-z]{2,3}\b|[ \t]*(?:\n|$))"
)
_HANDLE = re.compile(r"(?<![^\W_])([^\W\d_]+)[._-]([^\W\d_]+)(?![^\W\d_])")
_PARTICLES_BEFORE = re.compile(
    r"(?i)\b(?:(?:de|del|la|le|van|von|der|den|di|da|dos|du|al|el|bin|ibn|st)[ \t]+)+$"
)
_HANDLE_BEFORE = re.compile(r"(?<![^\W_])[^\W\d_][._-]$")
_CHAIN_BEFORE = re.compile(
    r"(?i)(?:\b(?:pt|patient|initials|signed|by|author|typed|from|mr|mrs|ms|miss|dr|named|dictated"
    r"|of)\b[.:]?|--?|/|^|\n|\()[ \t]*$"
)
_MIDDLE = re.compile(r"[ \t]+([^\W\d_]+'?[^\W\d_]*\d*\.?)[ \t]+")
LONG_NAME = 8
SHORTEST_MISSPELT = 4


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Words of everyday notes: as a misspelling never a name, in small letters never a name."""
    text = (
        files("pipelines.privacy.recognizers")
        .joinpath("common_words.txt")
        .read_text(encoding="utf-8")
    )
    return frozenset(text.split()) | guard.not_names()


@dataclass(frozen=True, slots=True)
class NameFinder:
    """The words of a chart's names and where each stands in the record."""

    words: dict[str, str]
    joined: dict[str, str]
    initials: dict[str, str]
    by_letter: dict[str, tuple[str, ...]]
    spared: frozenset[str]

    @classmethod
    def of(cls, identifiers: Iterable[ChartIdentifier], clinical: frozenset[str]) -> NameFinder:
        """The finder of these names; `clinical` words are never misspellings of one."""
        words: dict[str, str] = {}
        joined: dict[str, str] = {}
        initials: dict[str, str] = {}
        for item in identifiers:
            named = person(item.value)
            for form in named.joined:
                joined.setdefault(form, item.path)
            if len(named.initials) > 1:
                initials.setdefault(named.initials, item.path)
            for part in (*named.parts, *named.compounds):
                words.setdefault(part, item.path)
                for other in nicknames(part):
                    words.setdefault(other, item.path)
        by_letter: dict[str, list[str]] = {}
        for word in words:
            if len(word) >= SHORTEST_MISSPELT:
                by_letter.setdefault(word[0], []).append(word)
        letters = {letter: tuple(found) for letter, found in by_letter.items()}
        spared = frozenset(plain(folded(word)) for word in clinical) | common_words()
        return cls(words, joined, initials, letters, spared)

    def find(self, text: str) -> list[Hit]:
        """Every name of the chart in a reading, neighbouring parts as one."""
        if not self.words:
            return []
        hits = [*self._single_words(text), *self._broken_words(text), *self._handles(text)]
        grown = [self._with_initials(hit, text) for hit in hits]
        return [*_neighbours_joined(grown, text, self.spared), *self._initial_chains(text)]

    def _single_words(self, text: str) -> Iterator[Hit]:
        for match in _WORD.finditer(text):
            path = self._path_of(match[0])
            if path:
                end = match.end() - 2 if match[0].endswith(("'s", "'S")) else match.end()
                yield _hit(match.start(), end, path)

    def _path_of(self, written: str) -> str | None:
        word = plain(re.sub(r"'[sS]$", "", written))
        capital = written[:1].isupper()
        path = self.words.get(word)
        if path:
            return path if capital or self._is_only_a_name(word) else None
        return self.joined.get(word) or (self._misspelt(word) if capital else None)

    def _is_only_a_name(self, word: str) -> bool:
        return len(word) > 3 and not self._is_spared(word) and word not in listed("particles")

    def _is_spared(self, word: str) -> bool:
        """A clinical or common word, or a form of one."""
        return any(stem in self.spared for stem in (word, *_stems(word)))

    def _misspelt(self, word: str) -> str | None:
        near = self.by_letter.get(word[:1], ())
        if not near or len(word) < SHORTEST_MISSPELT - 1 or self._is_spared(word):
            return None
        from rapidfuzz.distance import DamerauLevenshtein

        for name in near:
            allowed = 2 if len(name) >= LONG_NAME else 1
            if DamerauLevenshtein.distance(word, name, score_cutoff=allowed) <= allowed:
                return f"{self.words[name]}, near spelling"
        return None

    def _broken_words(self, text: str) -> Iterator[Hit]:
        position = 0
        while match := _BROKEN.search(text, position):
            position = match.start(2)
            word = plain(match[1] + match[2])
            path = self.words.get(word) or self.joined.get(word)
            halves = (plain(match[1]), plain(match[2]))
            if path and len(word) > 3 and not all(half in self.words for half in halves):
                yield _hit(match.start(), match.end(), path)

    def _handles(self, text: str) -> Iterator[Hit]:
        for match in _HANDLE.finditer(text):
            path = self.words.get(plain(match[1]))
            if path and plain(match[2]) in self.words:
                yield _hit(match.start(), match.end(), path)

    def _with_initials(self, hit: Hit, text: str) -> Hit:
        letters = {letter for chain in self.initials for letter in chain}
        particles = _PARTICLES_BEFORE.search(text[max(0, hit.start - 20) : hit.start])
        if particles:
            hit = replace(hit, start=hit.start - len(particles[0]))
        before = _INITIAL_BEFORE.search(text[max(0, hit.start - 12) : hit.start])
        if before and _all_in(before[1], letters):
            hit = replace(hit, start=hit.start - len(before[1]))
        elif _HANDLE_BEFORE.search(text[max(0, hit.start - 3) : hit.start]):
            hit = replace(hit, start=hit.start - 2)
        after = _INITIAL_AFTER.match(text[hit.end : hit.end + 12])
        if after and _all_in(after[1], letters):
            hit = replace(hit, end=hit.end + len(after[0].rstrip()))
        return hit

    def _initial_chains(self, text: str) -> Iterator[Hit]:
        for match in _CHAIN.finditer(text):
            letters = re.sub(r"[^A-Z]", "", match[0]).lower()
            path = self._path_of_initials(letters)
            if not path:
                continue
            dotted = "." in match[0]
            bare = letters.upper() not in guard.abbreviations() and len(letters) >= 2
            around = _CHAIN_BEFORE.search(text[max(0, match.start() - 14) : match.start()]) or (
                _CHAIN_AFTER.match(text[match.end() : match.end() + 12])
            )
            if dotted or (bare and around):
                yield _hit(
                    match.start(), match.start() + len(match[0].rstrip()), f"{path}, initials"
                )

    def _path_of_initials(self, letters: str) -> str | None:
        """The first initial and others after it in order: compound names are shortened freely."""
        for chain, path in self.initials.items():
            rest = iter(chain[1:])
            if letters[0] == chain[0] and len(letters) > 1 and all(c in rest for c in letters[1:]):
                return path
        return None


def _stems(word: str) -> Iterator[str]:
    for ending in ("s", "es", "ed", "ing", "ly", "er"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            yield word[: -len(ending)]
            yield word[: -len(ending)] + "e"


def _all_in(written: str, letters: set[str]) -> bool:
    found = re.findall(r"[^\W\d_]", written)
    return bool(found) and all(c.isupper() and c.lower() in letters for c in found)


def _hit(start: int, end: int, path: str) -> Hit:
    return Hit(start, end, "PERSON", f"chart: {path}", 1.0)


def _neighbours_joined(hits: list[Hit], text: str, spared: frozenset[str]) -> Iterator[Hit]:
    """Parts of one name as one hit, with a middle name that the chart lacks: Keeling, Bob J."""
    current: Hit | None = None
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.end)):
        if current is None:
            current = hit
        elif hit.start <= current.end or _belongs(text[current.end : hit.start], spared):
            current = replace(current, end=max(current.end, hit.end))
        else:
            yield current
            current = hit
    if current is not None:
        yield current


def _belongs(between: str, spared: frozenset[str]) -> bool:
    if re.fullmatch(r"[ \t]*[,.-]?[ \t]*\n?[ \t]*", between) and between:
        return True
    middle = _MIDDLE.fullmatch(between)
    if middle is None:
        return False
    word = plain(middle[1])
    return word in listed("particles") or (middle[1][0].isupper() and word not in spared)
