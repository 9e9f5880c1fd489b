"""Sentences about the code status: what holds now comes first, then what was before it.

"Yes" and "no" are said only where everything that holds agrees and nothing that may say it was
refused; a contradiction is said to be one and no side is taken. Silence of the chart is "not
recorded", an abstention: it is no full code.
"""

from __future__ import annotations

from itertools import combinations

from pipelines.answers.evidence.code_status import NONE_BEFORE, REFUSED, STAY
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import abstained, computed, fact_of, stamp_of
from pipelines.charts.code_states import alike, contradict, is_known, state_of, verdict
from pipelines.records.answers import Draft, DraftSentence
from pipelines.records.consents import CODE_STATUS, ENDED_CODE_STATUS, REPLACED_CODE_STATUS
from pipelines.records.evidence import Evidence, EvidenceSet

OPERATION = "code status"
NOT_RECORDED = "No code status is recorded in this chart."
NOT_THEN = "No code status is recorded for the time that is asked about."
UNAVAILABLE = "The code status is unavailable: an entry that may state it was refused at load."
NO_STAY = "The stay that is asked for, or its end, is not in this chart."
NO_PERSON = "No record of the code status in this chart names who made or signed it."
NONE_EARLIER = "No earlier code status is recorded in this chart."
DISAGREE = "The statements of the code status disagree; none is chosen here."
ENDED = "No code status in force is recorded."
NONE_IN_FORCE = "No such code status is in force"
ONLY_NOTE = "No code status is recorded outside of notes."
Lead = tuple[list[DraftSentence], tuple[tuple[int, ...], ...]]
# What asks for a yes or no; who or when of a state that none says is answered no as well.
CONCLUDED = ("exists", "when", "who")
# What one statement can be silent on; "DNR/DNI" may be half answered.
UNDECIDED = ("DNR", "DNI")


def write_code_status(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """The code status as it is asked for."""
    holding = _of(evidence, CODE_STATUS)
    before = _of(evidence, REPLACED_CODE_STATUS, ENDED_CODE_STATUS)
    others = _of(evidence, STAY, NONE_BEFORE, REFUSED, "note")
    if not holding and not before:
        return _silent(question, evidence, others)
    if question.ask == "earlier":
        return _told([], [*before, *holding, *others]) if before else abstained(NONE_EARLIER)
    own = _who(question, [*holding, *before], others) if question.ask == "who" else None
    if question.ask == "when" and question.names and not _disagree(holding):
        own = _dated(question, [*holding, *before])
    if own is not None:
        return own
    lead, values = _lead(question, holding, before, others)
    return _told(lead, _rest(lead, [*holding, *before, *others]), values)


def _of(evidence: EvidenceSet, *kinds: str) -> list[Evidence]:
    return [one for one in evidence.items if one.kind in kinds]


def _silent(question: ChartQuestion, evidence: EvidenceSet, others: list[Evidence]) -> Draft:
    """A chart that states none: not recorded, or unavailable, or only a note says one."""
    if _of(evidence, REFUSED):
        return abstained(UNAVAILABLE)
    if (question.picks or question.stay is not None) and not _of(evidence, STAY):
        return abstained(NO_STAY)
    if _is_scoped(question):
        return abstained(NOT_THEN)
    patients = _of(evidence, "patient")
    notes = [one for one in others if one.kind == "note"]
    if not notes or not patients:
        return abstained(NOT_RECORDED)
    return _told([computed(ONLY_NOTE, patients[:1], "exists", 0)], notes)


def _lead(
    question: ChartQuestion, holding: list[Evidence], before: list[Evidence], others: list[Evidence]
) -> Lead:
    """The sentence that concludes, where one follows; and its row."""
    is_whole = not _has(others, REFUSED)
    changed = _changed(holding, before, others) if question.ask == "changed" else None
    if changed is not None:
        return changed
    if _disagree(holding):
        return [_concluded(DISAGREE, holding, "conflict")], ()
    if not holding:
        over = all(one.kind == ENDED_CODE_STATUS for one in before)
        told = over and is_whole and not _has(others, STAY)
        return ([_concluded(ENDED, before, "ended")] if told else []), ()
    # Where it changed in the very time that is asked about, no one word is the answer.
    moved = _is_scoped(question) and _disagree([*holding, *before])
    if question.names and question.ask in CONCLUDED and is_whole and not moved:
        return _answered(question, holding)
    return [], ()


def _answered(question: ChartQuestion, holding: list[Evidence]) -> Lead:
    """Yes, no, or neither, with the statement that decides."""
    answer = verdict(_states(holding), question.names)
    if answer is None:
        return _undecided(question, holding), ()
    if answer and not _is_of_source(question, holding):
        return [], ()
    deciding = _deciding(question, holding, answer)
    word = "yes" if answer else "no" if question.ask == "exists" else "none"
    ordered = [deciding, *(one for one in holding if one is not deciding)]
    said = NONE_IN_FORCE if word == "none" else word.capitalize()
    text = f"{said}: {deciding.line}"
    rows = ((int(answer),),) if question.ask == "exists" else ()
    return [_concluded(text, ordered, word, "; ".join(question.names))], rows


def _changed(
    holding: list[Evidence], before: list[Evidence], others: list[Evidence]
) -> Lead | None:
    """Two statements of one kind of record that differ are a change; nothing else is one."""
    every = [*holding, *before]
    for one, other in combinations(every, 2):
        same = fact_of(one).kind == fact_of(other).kind
        dated = bool(stamp_of(one) and stamp_of(other)) and stamp_of(one) != stamp_of(other)
        states = _states([one, other])
        if same and dated and all(map(is_known, states)) and not alike(states):
            return [_concluded(f"Yes: {one.line}", [one, other], "changed")], ((1,),)
    unsure = _has(others, REFUSED) or _has(others, NONE_BEFORE) or not alike(_states(every))
    if not holding or unsure or any(one.kind == ENDED_CODE_STATUS for one in before):
        return None
    text = f"No recorded change: {holding[0].line}"
    return [_concluded(text, every, "unchanged")], ((0,),)


def _undecided(question: ChartQuestion, holding: list[Evidence]) -> list[DraftSentence]:
    """What holds tells nothing of what is asked: DNR alone is silent on intubation."""
    known = all(is_known(state) for state in _states(holding))
    plain_ask = question.attribute is None and len(question.names) == 1
    if not known or not plain_ask or question.names[0] not in UNDECIDED:
        return []
    text = f"What holds says neither yes nor no: {holding[0].line}"
    return [_concluded(text, holding, "silent", "; ".join(question.names))]


def _is_of_source(question: ChartQuestion, holding: list[Evidence]) -> bool:
    """Where an order, a form or a flag is asked for, a yes needs one of that kind."""
    if question.attribute is None:
        return True
    kinds = [fact_of(one).kind for one in holding if _answers(question, one, answer=True)]
    return question.attribute in kinds


def _deciding(question: ChartQuestion, holding: list[Evidence], answer: bool) -> Evidence:
    """The newest statement that answers by itself, of the kind that is asked for."""
    own = [one for one in holding if _answers(question, one, answer)]
    of_kind = [one for one in own if fact_of(one).kind == question.attribute]
    return (of_kind or own or holding)[0]


def _answers(question: ChartQuestion, one: Evidence, answer: bool) -> bool:
    return verdict(_states([one]), question.names) is answer


def _dated(question: ChartQuestion, every: list[Evidence]) -> Draft | None:
    """The statements that say what is asked, the oldest first, each with its date."""
    own = sorted((o for o in every if _answers(question, o, answer=True)), key=_when)
    rows = tuple((stamp_of(one),) for one in own)
    return _told([], own, rows) if own else None


def _when(one: Evidence) -> str:
    fact = fact_of(one)
    return fact.when.instant.isoformat() if fact.when is not None else ""


def _who(question: ChartQuestion, every: list[Evidence], others: list[Evidence]) -> Draft | None:
    """The statements that are meant, with everyone whom they name; None where none is meant."""
    named = [one for one in every if not question.names or _answers(question, one, answer=True)]
    named = [one for one in named if fact_of(one).kind == question.attribute] or named
    people = [one for one in named if fact_of(one).quote in one.line.partition("): ")[0]]
    if not named:
        return None
    if not people:
        return abstained(NO_PERSON)
    return _told([], [*people, *(one for one in others if one.kind != "note")])


def _rest(lead: list[DraftSentence], items: list[Evidence]) -> list[Evidence]:
    """What the leading sentence has not told in full already."""
    return [one for one in items if not any(said.text.endswith(one.line) for said in lead)]


def _told(
    lead: list[DraftSentence],
    items: list[Evidence],
    values: tuple[tuple[str | float | int, ...], ...] = (),
) -> Draft:
    told = tuple(DraftSentence(one.line, (one.number,)) for one in items)
    return Draft(True, (*lead, *told), values)


def _concluded(
    text: str, items: list[Evidence], result: str, asked: str | None = None
) -> DraftSentence:
    return computed(text, items, OPERATION, result, asked)


def _states(items: list[Evidence]) -> list[str]:
    return [state for one in items if (state := state_of(fact_of(one).concept)) is not None]


def _is_scoped(question: ChartQuestion) -> bool:
    return question.stay is not None or question.window is not None or bool(question.picks)


def _disagree(holding: list[Evidence]) -> bool:
    return contradict(_states(holding))


def _has(items: list[Evidence], kind: str) -> bool:
    return any(one.kind == kind for one in items)
