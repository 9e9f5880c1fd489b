"""Whether a sentence says a thing the way its record does: negated, of a relative, as possible.

Promises: what the record denies is not affirmed and what it affirms is not denied, clause by
clause; a finding of a relative, a suspicion, a plan or the past is not passed on as plain fact;
a cause is stated only where the cited text states it between the same things. English trigger
lists stand behind it: a negation it does not know is not seen.
"""

from __future__ import annotations

import re
from decimal import Decimal

from pipelines.answers.verify.allowed import allowed
from pipelines.answers.verify.bound import reach
from pipelines.answers.verify.items import Item
from pipelines.answers.verify.language import language
from pipelines.answers.verify.reading import Reading, Term, denials, negation_scopes
from pipelines.answers.verify.standing import is_refuted

_PLACE = re.compile(r"\b(?:in|on|at|of|to|within|over|around)\b")
_FIELD = re.compile(r"\breason: ([^;]*)")


def wrong_scope(sentence: Reading, item: Item, *, is_quoted: bool = False) -> str | None:
    """Why the sentence and the record disagree in scope; a quoted cause is the record's own."""
    denied = None if is_refuted(sentence, item) else _negation(sentence, item)
    denied = denied or _modifier(sentence, item)
    return denied or (None if is_quoted else _cause(sentence, item))


def _negation(sentence: Reading, item: Item) -> str | None:
    recorded: dict[str, set[bool]] = {}
    for term in item.reading.terms:
        recorded.setdefault(term.name, set()).add(term.negated)
    for term in sentence.terms:
        states = recorded.get(term.name)
        if states is None and term.negated:
            return "it denies what the cited text does not deny"
        turned = states is not None and term.negated not in states
        if turned and not _is_place(term, sentence, recorded):
            return "the cited text says the opposite (negation)"
    if denials(sentence.plain) > denials(item.reading.plain):
        return "it denies what the cited text does not deny"
    if _denied_numbers(sentence) - _denied_numbers(item.reading):
        return "the cited text says the opposite (negation)"
    return None


def _is_place(term: Term, sentence: Reading, recorded: dict[str, set[bool]]) -> bool:
    """Whether a denied term is only where the denied thing is not: “no defect in the arteries”."""
    before = [t for t in sentence.terms if t.negated and t.start < term.start]
    denied = [t for t in before if recorded.get(t.name) == {True}]
    if not term.negated or not denied:
        return False
    return _PLACE.search(sentence.plain, denied[-1].start, term.start) is not None


def _denied_numbers(reading: Reading) -> set[Decimal]:
    scopes = negation_scopes(reading.plain)
    return {
        quantity.value
        for quantity in reading.quantities
        if any(start <= quantity.start < end for start, end in scopes)
    }


def _modifier(sentence: Reading, item: Item) -> str | None:
    if item.evidence.passage is None:
        return None
    rules, record = language(), item.words
    clause, own = reach(sentence, item)
    for name, pattern in rules.modifiers.items():
        if name == "family":
            continue  # see relatives.py
        is_plan = name == "planned"
        said = rules.plan_said if is_plan else pattern
        in_sentence = said.search(sentence.plain) is not None
        in_record = pattern.search(clause) or (is_plan and rules.plan_told.search(own))
        if in_record and not in_sentence:
            return _MODIFIED[name]
        told_of = rules.plan_told if is_plan else pattern
        added = pattern.search(sentence.plain) and not told_of.search(record.plain)
        if added and name in rules.two_way_modifiers:
            return "it adds a reservation that the cited text does not have"
    return None


def _cause(sentence: Reading, item: Item) -> str | None:
    found = language().causal.search(sentence.low)
    if found is None or _is_reason(sentence, found, item):
        return None
    stated = [
        match
        for match in language().causal.finditer(item.reading.low)
        if _same_direction(match.group(), found.group())
    ]
    if any(_same_sides(sentence, found.span(), item.reading, match.span()) for match in stated):
        return None
    return f"the cited text does not state the cause (“{found.group()}”)"


def _same_direction(one: str, other: str) -> bool:
    return one == other or any({one, other} <= row for row in allowed().causes.values())


def _is_reason(sentence: Reading, found: re.Match[str], item: Item) -> bool:
    """Whether the record's own field gives it: "reason: dry cough", a reaction to a substance."""
    fact = item.fact
    if fact is None:
        return False
    if fact.kind == "allergy" and found.group() in allowed().causes["forward"]:
        return True
    field = _FIELD.search(item.reading.low)
    if field is None or found.group() not in allowed().causes["back"]:
        return False
    return _names(sentence, found.end(), len(sentence.low)) <= _names(
        item.reading, *field.span(1)
    ) and bool(_names(sentence, found.end(), len(sentence.low)))


def _same_sides(
    sentence: Reading, cut: tuple[int, int], record: Reading, record_cut: tuple[int, int]
) -> bool:
    before = _names(sentence, 0, cut[0]) <= _names(record, 0, record_cut[0])
    after = _names(sentence, cut[1], len(sentence.low)) <= _names(
        record, record_cut[1], len(record.low)
    )
    return before and after


def _names(reading: Reading, start: int, end: int) -> set[str]:
    return {term.name for term in reading.terms if start <= term.start < end}


_MODIFIED = {
    "family": "the cited text says it of a relative",
    "uncertain": "the cited text says it as a possibility",
    "past": "the cited text says it of the past",
    "planned": "the cited text says it as a plan or a condition",
}
