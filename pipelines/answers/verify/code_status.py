"""A code status, judged: repeated word for word, or concluded again from all that holds.

A statement of the code status carries nothing but its own line: a paraphrase of it is refused,
whoever wrote it, because "full code" may be the very words of a record that no longer holds; one
that tells no more than that this statement in force was made, with its day, is let through. A
yes, a no, a change or a contradiction is worked out again from what the cited records were read
as; where the record's own words are known ones, they must say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.lines import repeats
from pipelines.answers.verify.reading import Reading
from pipelines.charts.code_states import alike, contradict, is_known, state_of, verdict, worded
from pipelines.records.answers import Computation
from pipelines.records.consents import (
    CODE_STATUS,
    CODE_STATUS_KINDS,
    ENDED_CODE_STATUS,
)

OWN_LINE_ONLY = "a code status is shown in its record's own words alone"
NOT_ALL = "not every statement that holds is cited"
OTHERWISE = "the cited statements do not say that together"
_DENIES = re.compile(r"\b(?:no|not|never|without|nor|cancel\w*|revok\w*|rescind\w*|revers\w*)\b")
_DENIED = re.compile(r"\b(?:denied|denies|deny|refused)\b")
_RECORDING = frozenset(
    [
        "a",
        "an",
        "the",
        "to",
        "for",
        "of",
        "on",
        "at",
        "was",
        "were",
        "is",
        "has",
        "been",
        "had",
        "her",
        "his",
        "she",
        "he",
        "patient",
        "placed",
        "written",
        "entered",
        "recorded",
        "documented",
        "made",
        "given",
        "by",
        "dated",
        "there",
        "statement",
        "says",
        "denied",
        "refused",
    ]
)
# How the sentence of each result must begin.
BEGINS = {
    "yes": "yes: ",
    "no": "no: ",
    "none": "no such code status is in force: ",
    "changed": "yes: ",
    "unchanged": "no recorded change: ",
    "conflict": "the statements of the code status disagree",
    "ended": "no code status in force is recorded",
    "silent": "what holds says neither yes nor no: ",
}


def states_a_code_status(item: Item) -> bool:
    """Whether an item is a statement of the code status."""
    return item.evidence.kind in CODE_STATUS_KINDS


def recorded_so(sentence: Reading, item: Item) -> bool:
    """Whether the sentence only tells that this statement, still in force, was made on its day.

    "An order for DNR/DNI was placed on 2026-11-18": the line's own state, its kind of record and
    its date, and no word more; nothing is said of what holds now.
    """
    line, record = item.reading.low, item.reading
    state = line.rsplit(": ", maxsplit=1)[-1].strip(" .")
    denied = state.startswith("deny ")
    state = state.removeprefix("deny ")
    if item.evidence.kind != CODE_STATUS or not state or state not in sentence.low:
        return False
    if not sentence.dates or not all(any(d.fits(r) for r in item.dates) for d in sentence.dates):
        return False
    if _DENIES.search(sentence.low) or sentence.quantities:
        return False
    if (_DENIED.search(sentence.low) is not None) != denied:
        return False
    rest = set(re.findall(r"[a-z]+", sentence.plain.replace(state, " ")))
    own = set(re.findall(r"[a-z]+", record.plain))
    return rest <= _RECORDING | own | ({"ordered"} if "order" in own else set())


def broken_code_status(
    computation: Computation, sentence: Reading, items: Sequence[Item], case: Case
) -> str | None:
    """Why a conclusion about the code status does not follow from what is cited, or None."""
    result = str(computation.result)
    begins, rule = BEGINS.get(result), _RULES.get(result)
    if begins is None or rule is None or not sentence.low.startswith(begins):
        return "the sentence does not say the result"
    rest = sentence.text[len(begins) :]
    if begins.endswith(": ") and repeats(rest, items[0].evidence) is None:
        return OWN_LINE_ONLY
    if not all(states_a_code_status(item) and _reads_as_worded(item) for item in items):
        return "the cited record's own words say otherwise"
    return rule(computation, items, case)


def _states(items: Sequence[Item]) -> list[str]:
    facts = [item.fact for item in items if item.fact is not None]
    return [state for fact in facts if (state := state_of(fact.concept)) is not None]


def _reads_as_worded(item: Item) -> bool:
    """A consent is read by its codes; the words of anything else must not say another state."""
    fact = item.fact
    if fact is None or state_of(fact.concept) is None:
        return False
    said = worded(fact.value_text or fact.display)
    return fact.kind == "consent" or said is None or said == state_of(fact.concept)


def _of_kind(case: Case, *kinds: str) -> list[Item]:
    return [item for item in case.items.values() if item.evidence.kind in kinds]


def _yes_or_no(computation: Computation, items: Sequence[Item], case: Case) -> str | None:
    holding = {item.evidence.number for item in _of_kind(case, CODE_STATUS)}
    if {item.evidence.number for item in items} != holding:
        return NOT_ALL
    asked = (computation.unit or "").split("; ")
    states = _states(items)
    if computation.result == "silent" and (
        contradict(states) or not all(is_known(state) for state in states)
    ):
        return OTHERWISE
    said = verdict(states, asked)
    return None if said is _ANSWERS[str(computation.result)] else OTHERWISE


def _conflict(_computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    return None if contradict(_states(items)) else OTHERWISE


def _ended(_computation: Computation, items: Sequence[Item], case: Case) -> str | None:
    before = all(item.evidence.kind == ENDED_CODE_STATUS for item in items)
    return None if before and not _of_kind(case, CODE_STATUS) else OTHERWISE


def _changed(_computation: Computation, items: Sequence[Item], _case: Case) -> str | None:
    facts = [item.fact for item in items if item.fact is not None]
    one_kind = len({fact.kind for fact in facts}) == 1
    moments = {fact.when.instant if fact.when else None for fact in facts}
    apart = len(facts) == 2 and len(moments) == 2 and None not in moments
    states = _states(items)
    differ = all(is_known(state) for state in states) and not alike(states)
    return None if one_kind and apart and differ else OTHERWISE


def _unchanged(_computation: Computation, items: Sequence[Item], case: Case) -> str | None:
    every = _of_kind(case, *CODE_STATUS_KINDS)
    if len(items) != len(every):
        return NOT_ALL
    over = _of_kind(case, ENDED_CODE_STATUS)
    return None if not over and alike(_states(every)) else OTHERWISE


_ANSWERS = {"yes": True, "no": False, "none": False, "silent": None}
Rule = Callable[[Computation, Sequence[Item], Case], str | None]
_RULES: dict[str, Rule] = {
    "yes": _yes_or_no,
    "no": _yes_or_no,
    "none": _yes_or_no,
    "silent": _yes_or_no,
    "conflict": _conflict,
    "ended": _ended,
    "changed": _changed,
    "unchanged": _unchanged,
}
