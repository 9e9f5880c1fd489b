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
from pipelines.answers.verify.strangers import free_words

_PLACE = re.compile(r"\b(?:in|on|at|of|to|within|over|around)\b")
NOT_STATED = "the cited text does not state the cause (“{said}”)"
_NOT = re.compile(r"\bnot\s+(?:\w+ly\s+)?$")
_SHORT = re.compile(r"\s(?:from|for|2/2|d/t)(?=\s)|:(?=\s)")
_RISK = re.compile(r"\b(?:risk|reason|cause|etiology|due)\b[^,;.]*$")
_FIELD = re.compile(r"\breason: ([^;]*)")


def wrong_scope(sentence: Reading, item: Item, *, is_quoted: bool = False) -> str | None:
    """Why the sentence and the record disagree in scope; a quoted cause is the record's own."""
    free = is_refuted(sentence, item) or denies_cause(sentence, item)
    denied = None if free else _negation(sentence, item)
    denied = denied or _modifier(sentence, item)
    return denied or (None if is_quoted else _cause(sentence, item))


def _negation(sentence: Reading, item: Item) -> str | None:
    recorded: dict[str, set[bool]] = {}
    free = free_words(item)
    for term in item.reading.terms:
        recorded.setdefault(term.name, set()).add(term.negated)
    for term in sentence.terms:
        states = recorded.get(term.name)
        if term.name in free and states is None:
            continue
        if states is None and term.negated and not _is_place(term, sentence, recorded):
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
        told_of = rules.plan_also if is_plan else pattern
        added = pattern.search(sentence.plain) and not told_of.search(record.plain)
        if added and name in rules.two_way_modifiers:
            return "it adds a reservation that the cited text does not have"
    return None


def _cause(sentence: Reading, item: Item) -> str | None:
    found = language().causal.search(sentence.low)
    if found is None or _is_reason(sentence, found, item):
        return None
    denied = _is_denied(sentence.low, found.start())
    stated = [
        match
        for match in language().causal.finditer(item.reading.low)
        if _same_direction(match.group(), found.group())
        and _NOT.search(item.reading.low, 0, match.start()) is None
    ]
    if denied:
        return None if denies_cause(sentence, item) else NOT_STATED.format(said=found.group())
    if any(_same_sides(sentence, found.span(), item.reading, match.span()) for match in stated):
        return None
    if found.group() in allowed().causes["back"] and _in_short(sentence, found, item):
        return None
    return NOT_STATED.format(said=found.group())


def denies_cause(sentence: Reading, item: Item) -> bool:
    """Whether sentence and record deny one cause and not the thing: "not because of cough"."""
    found = language().causal.search(sentence.low)
    if found is None or not _is_denied(sentence.low, found.start()):
        return False
    return any(
        _same_sides(sentence, found.span(), item.reading, match.span())
        for match in language().causal.finditer(item.reading.low)
        if _NOT.search(item.reading.low, 0, match.start())
        and _same_direction(match.group(), found.group())
    )


def _is_denied(low: str, at: int) -> bool:
    """Whether a "not" before the cause belongs to it: "was not stopped because of …"."""
    return re.search(r"\bnot\b[^,;.]*$", low[:at]) is not None


def _in_short(sentence: Reading, found: re.Match[str], item: Item) -> bool:
    """Whether a note gives the cause in shorthand: "held for AKI", "ATN from sepsis"."""
    record = item.words
    if item.evidence.passage is None:
        return False
    after = _names(sentence, found.end(), len(sentence.low))
    for match in _SHORT.finditer(record.low):
        stop = re.search(r"[;.](?=\s|$)", record.low[match.end() :])
        end = match.end() + stop.start() if stop else len(record.low)
        start = max(record.low.rfind(mark, 0, match.start()) for mark in ("; ", ". ", "\n")) + 1
        first = record.low.rfind(", ", start, match.start()) + 1 or start
        before = _names(sentence, 0, found.start()) & record.names
        own = _names(record, first, match.start())
        if before and after and before <= own and after <= _names(record, match.end(), end):
            return _is_tied(match, record, after, end)
    return False


def _is_tied(match: re.Match[str], record: Reading, after: set[str], end: int) -> bool:
    """A word binds a list behind it ("from A, B and C"), a colon one behind a risk or reason."""
    if match.group().strip() != ":":
        return _names(record, match.end(), match.end() + 40) & after != set()
    return _RISK.search(record.low[: match.start()]) is not None and end > match.end()


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
    told = _names(sentence, cut[1], len(sentence.low))
    if "$" in record.text and told != {"cost"}:
        told -= {"cost"}  # "glargine cost $340" of one that "was $340"
    return before and told <= _names(record, record_cut[1], len(record.low))


def _names(reading: Reading, start: int, end: int) -> set[str]:
    return {term.name for term in reading.terms if start <= term.start < end}


_MODIFIED = {
    "family": "the cited text says it of a relative",
    "uncertain": "the cited text says it as a possibility",
    "past": "the cited text says it of the past",
    "planned": "the cited text says it as a plan or a condition",
}
