"""Sentences about elapsed time: between two edges of stays, and between two results.

The time is told in the unit that was asked for; without one in days, or in hours below a day.
The row holds what the sentence says, save that a time without a unit is days in the row.
"""

from __future__ import annotations

from pipelines.answers.evidence.items import name_of
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import (
    abstained,
    computed,
    exact,
    fact_of,
    shown_number,
)
from pipelines.records.answers import Cell, Draft, DraftSentence
from pipelines.records.evidence import Evidence, EvidenceSet

SECONDS = {"minutes": 60, "hours": 3_600, "days": 86_400, "weeks": 604_800}
NO_SUCH_STAY = "The chart does not record both of these moments."


def told_in(seconds: float, unit: str | None) -> tuple[float, str, Cell]:
    """The number and unit of the sentence, and the cell of the row."""
    days = exact(seconds / SECONDS["days"])
    shown = unit or ("days" if days >= 1 else "hours")
    number = exact(seconds / SECONDS[shown])
    return number, shown if number != 1 else shown.removesuffix("s"), number if unit else days


def write_interval(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """The time between two edges of stays."""
    made = _between(question, list(evidence.items))
    if made is None:
        return abstained(NO_SUCH_STAY)
    sentence, cell = made
    return Draft(True, (sentence,), ((cell,),))


def _between(question: ChartQuestion, items: list[Evidence]) -> tuple[DraftSentence, Cell] | None:
    if len(items) < 2:
        return None
    later, earlier = items[0], items[1]
    ended, began = fact_of(later).when, fact_of(earlier).when
    if ended is None or began is None:
        return None
    number, unit, cell = told_in((ended.instant - began.instant).total_seconds(), question.unit)
    told = f"{earlier.line.rstrip('.')}; {later.line.rstrip('.')}"
    text = f"{shown_number(number)} {unit} lie between: {told}."
    return computed(text, (later, earlier), "elapsed", number, unit), cell


def write_elapsed(
    question: ChartQuestion, items: list[Evidence]
) -> tuple[list[DraftSentence], list[tuple[Cell, ...]]] | None:
    """The time between two results of one thing."""
    if len(items) < 2:
        return None
    ordered = sorted(items[:2], key=_instant, reverse=True)
    ended, began = fact_of(ordered[0]).when, fact_of(ordered[1]).when
    if ended is None or began is None or not (ended.has_time and began.has_time):
        return None
    number, unit, cell = told_in((ended.instant - began.instant).total_seconds(), question.unit)
    name = name_of(fact_of(items[0]))
    text = f"{name}: {shown_number(number)} {unit} from {began.clock} to {ended.clock}."
    return [computed(text, ordered, "elapsed", number, unit)], [(cell,)]


def _instant(item: Evidence) -> float:
    when = fact_of(item).when
    return when.instant.timestamp() if when is not None else 0.0
