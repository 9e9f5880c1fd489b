"""Words that a record bears out without having them: its time of day, its function, its way.

Promises: "in the morning" holds by the clock of the record itself, "kidney function" of a result
that tells of it, "transfused" and "injected" of a line whose thing is given so, "hold if" of one
that says "hold for". Each is looked up in `verify_allowed.toml`; anything else stays foreign.
"""

from __future__ import annotations

import re

from pipelines.answers.verify.allowed import allowed
from pipelines.answers.verify.course import course_spans
from pipelines.answers.verify.items import Item
from pipelines.answers.verify.reading import Reading, read

_IF = re.compile(r"\b(?:should|is to) be held(?: if| when)?\b|\bhold (?:it |this )?(?:if|when)\b")
_HOLD_FOR = re.compile(r"\bhold (?:for|if|when)\b")
_MONEY = re.compile(r"\$\s?\d")
_COST = re.compile(r"\bcosts?\b")


def implied_words(sentence: Reading, item: Item) -> frozenset[int]:
    """Where such words stand in the sentence, when the record bears them out."""
    spots: set[int] = set()
    told = (*_hours(sentence, item), *_functions(sentence, item), *_ways(sentence, item))
    for start, end in (*told, *course_spans(sentence, item)):
        spots.update(range(start, end))
    if _HOLD_FOR.search(item.reading.low):
        spots.update(i for m in _IF.finditer(sentence.low) for i in range(*m.span()))
    if _MONEY.search(item.words.text):
        spots.update(i for m in _COST.finditer(sentence.low) for i in range(*m.span()))
    return frozenset(spots)


def _hours(sentence: Reading, item: Item) -> list[tuple[int, int]]:
    when = item.fact.when if item.fact is not None else None
    if when is None or not when.has_time:
        return []
    hour = int(when.clock[11:13])
    found = []
    for name, (first, last) in allowed().hours.items():
        inside = first <= hour < last if first < last else hour >= first or hour < last
        if inside:
            found += [m.span() for m in re.finditer(rf"\b{name}\b", sentence.low)]
    return found


def _functions(sentence: Reading, item: Item) -> list[tuple[int, int]]:
    fact = item.fact
    if fact is None or not item.is_measured:
        return []
    return [
        match.span()
        for name, pattern in allowed().functions.items()
        if pattern.search(fact.display.lower())
        for match in re.finditer(rf"\b{name}\b", sentence.low)
    ]


def _ways(sentence: Reading, item: Item) -> list[tuple[int, int]]:
    if item.fact is None or item.fact.kind != "medication":
        return []
    terms = {
        name
        for word, pattern in allowed().by_kind
        if pattern.search(item.reading.low)
        for name in read(word, frozenset()).names
    }
    return [
        (t.start, t.start + len(sentence.word_at(t))) for t in sentence.terms if t.name in terms
    ]
