"""Sentences about records that were found by their words: a row a record, a cell an element."""

from __future__ import annotations

from pipelines.answers.evidence.by_words import SILENT
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import abstained, computed, fact_of, lines
from pipelines.records.answers import Cell, Draft
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.plain import ACTIVE

NOTHING = "No such entry is recorded for what is asked."
NOT_SAID = "The records of what is asked do not say that."


def write_by_words(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """How many, whether, which, or the elements that were asked for."""
    items = list(evidence.items)
    if not items:
        return abstained(NOTHING)
    if question.ask == "count":
        noun = "such entry is" if len(items) == 1 else "such entries are"
        text = f"{len(items)} {noun} recorded."
        counted = computed(text, items, "count", len(items))
        return Draft(True, (counted, *lines(items).sentences), ((len(items),),))
    if question.ask == "exists":
        return _exists(question, items)
    if question.ask == "list":
        return lines(items, tuple((fact_of(i).display.lower(),) for i in items))
    return _told(question, items)


def _exists(question: ChartQuestion, items: list[Evidence]) -> Draft:
    """Yes with the entry; asked whether it is active, what its status says."""
    if question.attribute == "status":
        active = [i for i in items if fact_of(i).status in ACTIVE]
        return lines(active or items, ((int(bool(active)),),))
    yes = computed(f"Yes: {items[-1].line}", [items[-1], *items[:-1]], "exists", 1)
    return Draft(True, (yes,), ((1,),))


def _told(question: ChartQuestion, items: list[Evidence]) -> Draft:
    """The elements, those of one record in one row; the same row once."""
    said = [i for i in items if i.kind != SILENT]
    if not said:
        return abstained(NOT_SAID)
    elements = (question.attribute or "").split()
    rows: dict[str, list[Cell]] = {}
    for one in said:
        rows.setdefault(one.title, []).append(_cell(one))
    if "activity" in elements or "who" in elements:
        return lines(items, tuple((cell,) for row in rows.values() for cell in row))
    once = dict.fromkeys(tuple(row) for row in rows.values())
    return lines(items, tuple(once))


def _cell(one: Evidence) -> Cell:
    fact = fact_of(one)
    if fact.value is not None:
        return fact.value
    if fact.when is not None and fact.quote == fact.when.written:
        return fact.when.stamp
    return (fact.value_text or fact.quote).lower()
