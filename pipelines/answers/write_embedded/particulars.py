"""Sentences about particulars, topics of results, and amounts of intake and output.

Particulars and topics are each record's own words, one sentence a record. Amounts of shifts are
added up thing by thing; an amount that the chart itself states for a day is told as it stands.
"""

from __future__ import annotations

from pipelines.answers.evidence.fluids import DAY_AMOUNT
from pipelines.answers.evidence.items import shown_unit
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import (
    abstained,
    cell_of,
    computed,
    exact,
    fact_of,
    lines,
    shown_number,
    stamp_of,
)
from pipelines.records.answers import Cell, Draft, DraftSentence
from pipelines.records.evidence import Evidence, EvidenceSet

NOT_TOLD = "The records of what is asked do not say that."
NO_RESULT = "No such result is recorded for what is asked."


def write_particulars(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """What the records say at the element, or how many say it; nothing where none does."""
    if not evidence.items:
        return abstained(NOT_TOLD)
    if question.ask == "count":
        many = len(evidence.items)
        noun = "such entry is" if many == 1 else "such entries are"
        counted = computed(f"{many} {noun} recorded.", evidence.items, "count", many)
        return Draft(True, (counted, *lines(evidence.items).sentences), ((many,),))
    if question.ask == "when":
        return lines(evidence.items, tuple((stamp_of(i),) for i in evidence.items))
    return lines(evidence.items, tuple((fact_of(i).quote.lower(),) for i in evidence.items))


def write_topic(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Results of a topic with their days."""
    if not evidence.items:
        return abstained(NO_RESULT)
    if question.ask == "when":
        return lines(evidence.items, tuple((stamp_of(i),) for i in evidence.items))
    return lines(evidence.items, tuple((cell_of(fact_of(i)),) for i in evidence.items))


def write_told(_question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Each record in its own words, without a row: what it means is not concluded."""
    return lines(evidence.items) if evidence.items else abstained(NO_RESULT)


def write_fluids(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """The amount of each thing: the sum of its shifts, or what the chart says of a day."""
    if not evidence.items:
        return abstained(NO_RESULT)
    sentences: list[DraftSentence] = []
    rows: list[tuple[Cell, ...]] = []
    for title in question.names:
        own = [i for i in evidence.items if i.title == title]
        shifts = [i for i in own if i.kind != DAY_AMOUNT]
        whole = _total(title, shifts) if len(shifts) > 1 else None
        if whole is not None:
            sentences.append(whole[0])
            rows.append((whole[1],))
        elif own:
            rows.append((cell_of(fact_of(own[0])),))
        told = [i for i in own if whole is None or i not in shifts]
        sentences += [DraftSentence(i.line, (i.number,)) for i in told]
    return Draft(True, tuple(sentences), tuple(rows))


def _total(title: str, shifts: list[Evidence]) -> tuple[DraftSentence, float] | None:
    """The sum of amounts in one unit with how many there are, or None where they have no sum."""
    facts = [fact_of(i) for i in shifts]
    units = {f.unit for f in facts}
    numbers = [f.value for f in facts if f.value is not None and not f.comparator]
    if len(units) != 1 or len(numbers) != len(facts):
        return None
    total, unit = exact(sum(numbers)), next(iter(units))
    times = sorted(f.when.clock for f in facts if f.when is not None)
    span = f", beginning {times[0]} to {times[-1]}" if times else ""
    counted = unit is not None and unit.startswith("{")
    shown = f"{shown_number(total)}{'' if counted else shown_unit(unit)}"
    text = f"{title}: {shown} in {len(shifts)} shift entries{span}."
    return computed(text, shifts, "sum", total, unit), total
