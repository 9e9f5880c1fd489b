"""Sentences about the patient and about visits and stays.

Days of a stay are elapsed time between its two recorded ends, not calendar days; less than a day
is told in hours. An age is in
completed years at the admission asked for, or at the chart's as-of, and says which.
"""

from __future__ import annotations

from pipelines.answers.evidence.patient import meaning
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.elapsed import told_in
from pipelines.answers.write_embedded.parts import (
    abstained,
    computed,
    fact_of,
    lines,
    shown_number,
    stamp_of,
)
from pipelines.charts.ages import age_years
from pipelines.records.answers import Cell, Draft, DraftSentence
from pipelines.records.evidence import Evidence, EvidenceSet

SEX_CELLS = {"female": "f", "male": "m"}
NOT_RECORDED = "This is not recorded in the chart."
NO_SUCH_STAY = "The chart has no such visit or stay."
NO_ALIVE = "The chart records no death; whether the patient is alive is not recorded."


def write_patient(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """One demographic field."""
    items = evidence.items
    if question.attribute == "age":
        return _age(items)
    if question.attribute == "death":
        return _death(question, items)
    if not items:
        return abstained(NOT_RECORDED)
    quote = fact_of(items[0]).quote
    cell = SEX_CELLS.get(quote, quote) if question.attribute == "sex" else quote.lower()
    if question.attribute in ("marital", "language"):
        cell = meaning(question.attribute, quote)
    if question.attribute == "name":
        cell = items[0].line.removeprefix("Name recorded as ").rstrip(".").lower()
    return lines(items[:1], ((cell,),))


def _death(question: ChartQuestion, items: tuple[Evidence, ...]) -> Draft:
    recorded = [i for i in items if fact_of(i).path.startswith("deceased")]
    if not recorded:
        return abstained(NO_ALIVE)
    quote = fact_of(recorded[0]).quote
    if question.ask == "when":
        told = quote[:4].isdigit()
        stamp = quote[:19].replace("T", " ")
        return lines(recorded, ((stamp,),)) if told else abstained(NOT_RECORDED)
    dead = int(quote != "false")
    return lines(recorded, ((1 - dead if question.ask == "alive" else dead,),))


def _age(items: tuple[Evidence, ...]) -> Draft:
    if len(items) < 2:
        return abstained(NO_SUCH_STAY if not items else NOT_RECORDED)
    born, at = fact_of(items[0]), fact_of(items[1])
    day = at.when.day if at.when is not None else None
    years = age_years(born.quote, day)
    if years is None:
        return abstained("The recorded birth date is not precise enough to tell the age.")
    where = "at the visit of" if at.kind == "encounter" else "on"
    text = f"Age {where} {day}: {years} years (born {born.quote})."
    return Draft(True, (computed(text, items[:2], "elapsed", years, "years"),), ((years,),))


def write_visits(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Visits: how many, when, how long, and one field of them."""
    visits = [i for i in evidence.items if i.kind == "encounter"]
    if question.ask == "count":
        return _count(question, visits, evidence)
    if question.ask == "exists":
        return _exists(question, visits, evidence)
    if not visits:
        return abstained(NO_SUCH_STAY)
    if question.ask == "length":
        return _length(question, visits)
    if question.ask == "value":
        return lines(visits, tuple((fact_of(i).quote.lower(),) for i in visits))
    return lines(visits, tuple((stamp_of(i),) for i in visits))


def _exists(question: ChartQuestion, visits: list[Evidence], evidence: EvidenceSet) -> Draft:
    if not evidence.items:
        return abstained(NO_SUCH_STAY)
    if not visits:
        text = f"No {_noun(question)} is recorded."
        return Draft(True, (computed(text, evidence.items[:1], "exists", 0),), ((0,),))
    ordered = [visits[-1], *visits[:-1]]
    text = f"Yes: {visits[-1].line}"
    return Draft(True, (computed(text, ordered, "exists", 1),), ((1,),))


def _count(question: ChartQuestion, visits: list[Evidence], evidence: EvidenceSet) -> Draft:
    noun = _noun(question)
    if not visits:
        if not evidence.items:
            return abstained(f"No {noun} is recorded as an encounter in this chart.")
        text = f"No {noun} is recorded."
        return Draft(True, (computed(text, evidence.items[:1], "count", 0),), ((0,),))
    verb = f"{noun} is" if len(visits) == 1 else f"{noun}s are"
    text = f"{len(visits)} {verb} recorded."
    return Draft(True, (computed(text, visits, "count", len(visits)),), ((len(visits),),))


def _noun(question: ChartQuestion) -> str:
    kind = question.relation or (question.stay.kind if question.stay else "any")
    names = {"icu": "ICU stay", "hospital": "hospital stay", "emergency": "emergency visit"}
    return names.get(kind, "visit")


def _length(question: ChartQuestion, items: list[Evidence]) -> Draft:
    sentences: list[DraftSentence] = []
    rows: list[tuple[Cell, ...]] = []
    for end, start in zip(items[::2], items[1::2], strict=False):
        left, came = fact_of(end).when, fact_of(start).when
        if left is None or came is None:
            continue
        seconds = (left.instant - came.instant).total_seconds()
        length, unit, cell = told_in(seconds, question.unit)
        until = "to" if fact_of(end).path == "period.end" else "to the chart's last entry at"
        told = f"{end.title} of {shown_number(length)} {unit}"
        text = f"{told}, from {came.clock} {until} {left.clock}."
        sentences.append(computed(text, (end, start), "elapsed", length, unit))
        rows.append((cell,))
    return Draft(True, tuple(sentences), tuple(rows)) if rows else abstained(NO_SUCH_STAY)
