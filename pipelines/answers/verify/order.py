"""Which of two things comes first, is more, or takes the other's place, in a note.

Promises: where a sentence sets two things that the note names in an order ("X changed to Y",
"before", "larger than"), the note has them in that order, or the other way round behind the
opposite word. Other relations are not compared here.
"""

from __future__ import annotations

import re

from pipelines.answers.verify.items import Item
from pipelines.answers.verify.note_words import note_words
from pipelines.answers.verify.reading import Reading

OTHER_ORDER = "the cited text has these two things the other way round"
_THAN = re.compile(r"\bthan\b|>")


def wrong_order(sentence: Reading, item: Item) -> str | None:
    """Why two things of the sentence stand the wrong way round, or None."""
    if item.evidence.passage is None:
        return None
    rules, record = note_words(), item.words
    for found in rules.same_order.finditer(sentence.plain):
        sides = _sides(sentence, *found.span(), record)
        if sides is not None and not _follows(*sides, record):
            return OTHER_ORDER
    for found in _THAN.finditer(sentence.plain):
        sides = _sides(sentence, *found.span(), record)
        turned = _is_less(sentence) != _is_less(record)
        if sides is not None and not _follows(*(sides[::-1] if turned else sides), record):
            return OTHER_ORDER
    return _wrong_time(sentence, record) or _opposite(sentence, record)


def _wrong_time(sentence: Reading, record: Reading) -> str | None:
    """“X before Y” where the note has Y before X, or X after Y."""
    rules = note_words()
    for own, other in ((rules.before, rules.after), (rules.after, rules.before)):
        for found in own.finditer(sentence.plain):
            sides = _sides(sentence, *found.span(), record)
            turned = own.search(record.plain) is None and other.search(record.plain) is not None
            if sides is not None and not _follows(*(sides[::-1] if turned else sides), record):
                return OTHER_ORDER
    return None


def _opposite(sentence: Reading, record: Reading) -> str | None:
    """“Under” where the note says “over”."""
    for one, other in note_words().opposites:
        if _says(sentence, one, other) and _says(record, other, one):
            return OTHER_ORDER
    return None


def _says(reading: Reading, one: str, other: str) -> bool:
    """Whether a text has the one word and not its opposite."""
    has = [re.search(rf"\b{word}\b", reading.plain) is not None for word in (one, other)]
    return has == [True, False]


def _sides(sentence: Reading, start: int, end: int, record: Reading) -> tuple[str, str] | None:
    """The nearest term of the record on either side of the words."""
    held = [t for t in sentence.terms if t.name in record.names]
    left = [t.name for t in held if t.start < start]
    right = [t.name for t in held if t.start >= end]
    return (left[-1], right[0]) if left and right and left[-1] != right[0] else None


def _follows(first: str, second: str, record: Reading) -> bool:
    ones = [t.start for t in record.terms if t.name == first]
    others = [t.start for t in record.terms if t.name == second]
    return min(ones) < max(others)


def _is_less(reading: Reading) -> bool:
    rules = note_words()
    return rules.less.search(reading.plain) is not None and not rules.more.search(reading.plain)
