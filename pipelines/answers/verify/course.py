"""Two numbers of one thing in one note, the newer and the older: "2.4 from 1.1", "20 -> 40".

Promises: "up from", "down from", "increased from … to …", "compared with" of a sentence hold
where the note has the same two numbers side by side, the same one as the older, and the newer is
more or less as is said. A number's unit is compared elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from pipelines.answers.verify.items import Item
from pipelines.answers.verify.note_words import note_words
from pipelines.answers.verify.reading import Reading

Pair = tuple[Decimal, Decimal]
_NEWER_FIRST = re.compile(
    r"[\s,]*(?:\(|(?:(?:was|were|from|previously|prior|vs\.?|yesterday) ?)+)[\s(]*"
)
_OLDER_FIRST = re.compile(r"\s*(?:-+>|\u2192|to)\s*")
_SAID_FROM = re.compile(r"\b(?:from|than|compared (?:with|to)|versus|vs|against)\b[^,;]*$")
_ASIDE = re.compile(r"\s*\([a-z' ]+\)")
_BEHIND = re.compile(r"(?: (?:from|to|by|with))?")
_FROM = re.compile(r"\bfrom\s*$")


def course_spans(sentence: Reading, item: Item) -> tuple[tuple[int, int], ...]:
    """Where the sentence tells a course that the note's own two numbers bear out."""
    if item.evidence.passage is None:
        return ()
    rules = note_words()
    told = list(_told(sentence))
    if not told or not set(told) <= set(_recorded(item.words)):
        return ()
    newer, older = told[0]
    found = [m.span() for m in rules.neither.finditer(sentence.plain)]
    if newer > older:
        found += [m.span() for m in rules.up.finditer(sentence.plain)]
    if newer < older:
        found += [m.span() for m in rules.down.finditer(sentence.plain)]
    wrong = rules.down if newer > older else rules.up
    if wrong.search(sentence.plain):
        return ()
    return tuple((a, _end(sentence.plain, b)) for a, b in found)


def _end(plain: str, at: int) -> int:
    """The end of a word of course with the "from" or "to" behind it."""
    behind = _BEHIND.match(plain, at)
    return behind.end() if behind is not None else at


def _told(sentence: Reading) -> Iterator[Pair]:
    """The newer and the older number, where the sentence sets them against each other."""
    for one, other in pairwise(sentence.quantities):
        between = sentence.low[one.end : other.start]
        if _FROM.search(sentence.low[: one.start]) and re.search(r"\bto\s*$", between):
            yield other.value, one.value
        elif _SAID_FROM.search(between):
            yield one.value, other.value


def _recorded(record: Reading) -> Iterator[Pair]:
    for one, other in pairwise(record.quantities):
        between = _ASIDE.sub("", record.low[one.end : other.start])
        if _OLDER_FIRST.fullmatch(between):
            yield other.value, one.value
        elif _NEWER_FIRST.fullmatch(between):
            yield one.value, other.value
