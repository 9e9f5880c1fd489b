"""Shares, time in range and slopes, done again from the cited results alone.

The judge reads the bound from the computation, counts or measures again, and names the numbers
that a sentence about it may hold beside the result, each once: how many of how many, the bound
itself, how long it was looked at, the longest gap. Any other number withholds the sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipelines.answers.bounds import limits_of, meets
from pipelines.answers.verify.items import Item
from pipelines.answers.verify.reading import Reading
from pipelines.records.answers import Computation
from pipelines.records.facts import Fact
from pipelines.terms import series
from pipelines.terms.units import convert, same

Again = tuple[Decimal, tuple[Decimal, ...]]
HOURS_A_DAY = 24


def share_again(computation: Computation, items: Sequence[Item]) -> Again | None:
    """Percent of the cited results within the bound, and the numbers that may be told with it."""
    bound, facts = computation.bound, _facts(items)
    if bound is None or not facts:
        return None
    met = sum(meets(fact, bound) for fact in facts)
    told = (Decimal(met), Decimal(len(facts)), *bound_numbers(computation))
    return Decimal(100) * met / len(facts), told


def time_share_again(computation: Computation, items: Sequence[Item]) -> Again | None:
    """Percent of the time between the cited results within the bound."""
    bound, facts = computation.bound, _facts(items)
    if bound is None or not facts:
        return None
    unit, concept = facts[0].unit, facts[0].concept
    points, limits = _points(facts, unit), limits_of(bound, unit, concept)
    if points is None or limits is None:
        return None
    gap = series.longest_gap_days(concept, facts[0].kind)
    within, counted = series.time_within(points, *limits, gap)
    if counted == 0:
        return None
    told = map(_number, (gap, counted, HOURS_A_DAY * counted, len(facts)))
    return _number(100 * within / counted), (*told, *bound_numbers(computation))


def slope_again(computation: Computation, items: Sequence[Item]) -> Again | None:
    """The slope of the line through the cited results, a day, in the stated unit."""
    facts = _facts(items)
    points = _points(facts, computation.unit) if facts else None
    slope = series.slope_a_day(points) if points is not None else None
    return None if slope is None else (_number(slope), (Decimal(len(facts)),))


def said_else(sentence: Reading, result: Decimal, told: tuple[Decimal, ...]) -> str | None:
    """Whether the sentence says the result and, each once, no number but those that belong to it.

    A fall may be told as an amount. "3 of 4 were 2 to 3" holds one 3 too many where 2 of 4 were.
    """
    left = [abs(result), *told]
    for stated in (abs(quantity.value) for quantity in sentence.quantities):
        mine = next((number for number in left if _rounds_to(number, stated)), None)
        if mine is None:
            return f"the number {stated.normalize():f} is none of this arithmetic"
        left.remove(mine)
    return "the sentence does not say the result" if left[:1] == [abs(result)] else None


def _rounds_to(number: Decimal, stated: Decimal) -> bool:
    exponent = stated.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return abs(number - stated) <= Decimal(5) * Decimal(10) ** (-digits - 1)


AGAIN = {"share": share_again, "time share": time_share_again, "slope": slope_again}


def _facts(items: Sequence[Item]) -> list[Fact]:
    facts = [item.fact for item in items if item.fact is not None and item.fact.kind != "patient"]
    return sorted(facts, key=lambda fact: fact.when.instant.timestamp() if fact.when else 0.0)


def _points(facts: Sequence[Fact], unit: str | None) -> list[series.Point] | None:
    points = []
    for fact in facts:
        value = fact.value
        if value is not None and unit and fact.unit and not same(unit, fact.unit):
            value = convert(value, fact.unit, unit, fact.concept)
        if value is None or fact.comparator or fact.when is None:
            return None
        points.append((fact.when.instant, value))
    return points


def bound_numbers(computation: Computation) -> tuple[Decimal, ...]:
    """The numbers of the bound itself, which a sentence may tell."""
    bound = computation.bound
    if bound is None:
        return ()
    return tuple(_number(value) for value in (bound.value, bound.upper) if value is not None)


def _number(value: float) -> Decimal:
    return Decimal(str(value))
