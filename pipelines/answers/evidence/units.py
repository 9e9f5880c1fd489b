"""Results of one thing in one unit: what can be compared, and what has to stay out.

The unit is the one that most of the results have. A result in another unit is compared by the
known factor of that analyte; without one it stays out of arithmetic and is marked, so that the
answer can say so. Nothing recorded is rewritten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact
from pipelines.terms.units import convert, same

OTHER_UNIT = "context: other unit"


def common_unit(facts: Iterable[Fact]) -> str | None:
    """The unit that most of these results are recorded in."""
    counted = Counter(f.unit for f in facts if f.unit and f.value is not None)
    return counted.most_common(1)[0][0] if counted else None


def in_unit(fact: Fact, unit: str | None) -> float | None:
    """The result's number in this unit, or None where no factor is known."""
    if fact.value is None or fact.unit == unit or not unit or not fact.unit:
        return fact.value
    if same(fact.unit, unit):
        return fact.value
    return convert(fact.value, fact.unit, unit, fact.concept)


def marked(items: Sequence[Evidence]) -> list[Evidence]:
    """The items, those with a number that fits no other's unit under a kind of their own."""
    facts = [i.fact for i in items if i.fact is not None]
    unit = common_unit(facts)
    return [
        replace(i, kind=OTHER_UNIT)
        if i.fact is not None and i.fact.value is not None and in_unit(i.fact, unit) is None
        else i
        for i in items
    ]
