"""Shares, time in range and slopes of results: each a number, how it was made, and over what.

The share of readings counts results, the share of time the days between them; a reader must see
which one it is, since a sign that is measured when it is bad makes the two differ. A slope is
that of a straight line and says so. Each cites every result that went in. Results with `<` or
`>` that could lie on either side of the bound leave the question unanswered.
"""

from __future__ import annotations

from pipelines.answers.bounds import limits_of, meets, no_result_meets
from pipelines.answers.evidence.items import name_of, shown_unit
from pipelines.answers.evidence.units import common_unit, in_unit
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import bound_words, exact, fact_of, shown_number
from pipelines.records.answers import Cell, Computation, DraftSentence
from pipelines.records.evidence import Evidence
from pipelines.terms import series

Part = tuple[list[DraftSentence], list[tuple[Cell, ...]]]


def write_share(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """How many of the results keep to the bound, in percent; a row of percent, how many, of all."""
    bound = question.threshold
    if bound is None:
        return None
    facts = [fact_of(i) for i in items]
    met = [f for f in facts if meets(f, bound)]
    if not no_result_meets([f for f in facts if f not in met], bound):
        return None
    percent = exact(100 * len(met) / len(facts))
    noun = "result was" if len(facts) == 1 else "results were"
    text = (
        f"{len(met)} of {len(facts)} {name_of(facts[0])} {noun}"
        f" {bound_words(bound, common_unit(facts))} ({shown_number(percent)} %)."
    )
    row: tuple[Cell, ...] = (percent, len(met), len(facts))
    return [_computed(text, items, Computation("share", percent, "%", bound))], [row]


def write_time_share(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """For which part of the time between results the bound was kept, in percent."""
    bound = question.threshold
    plain = _plain(items)
    if bound is None or plain is None:
        return None
    facts = [fact_of(i) for i in items]
    first = facts[0]
    limits = limits_of(bound, common_unit(facts), first.concept)
    if limits is None:
        return None
    gap = series.longest_gap_days(first.concept, first.kind)
    within, counted = series.time_within(plain, *limits, gap)
    if counted == 0:
        return None
    percent = exact(100 * within / counted)
    text = (
        f"{name_of(first)} was {bound_words(bound, common_unit(facts))} for"
        f" {shown_number(percent)} % of the {_length(counted)} between {len(items)} results"
        f" (straight line from one to the next, gaps over {shown_number(gap)}"
        f" {'day' if gap == 1 else 'days'} left out)."
    )
    return [_computed(text, items, Computation("time share", percent, "%", bound))], [(percent,)]


def write_slope(_question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """How fast the results rise or fall: the slope of a straight line through them, a day."""
    plain = _plain(items)
    slope = series.slope_a_day(plain) if plain is not None else None
    if plain is None or slope is None:
        return None
    facts = [fact_of(i) for i in items]
    unit = common_unit(facts)
    made = exact(slope)
    verb = "rose" if made > 0 else "fell" if made < 0 else "changed"
    first, last = (f.when.day for f in (facts[0], facts[-1]) if f.when is not None)
    text = (
        f"{name_of(facts[0])} {verb} by {shown_number(abs(made))}{shown_unit(unit)} a day (straight"
        f" line through {len(items)} results, {first} to {last})."
    )
    return [_computed(text, items, Computation("slope", made, unit))], [(made,)]


def _plain(items: list[Evidence]) -> list[series.Point] | None:
    """The results as numbers in one unit in time order; None where one is none."""
    facts = [fact_of(i) for i in items]
    unit = common_unit(facts)
    points = []
    for fact in facts:
        number = in_unit(fact, unit)
        if number is None or fact.comparator or fact.when is None:
            return None
        points.append((fact.when.instant, number))
    return points


def _length(days: float) -> str:
    if days < 2:
        return f"{shown_number(exact(24 * days))} hours"
    return f"{shown_number(exact(days))} days"


def _computed(text: str, items: list[Evidence], made: Computation) -> DraftSentence:
    return DraftSentence(text, tuple(i.number for i in items), made)
