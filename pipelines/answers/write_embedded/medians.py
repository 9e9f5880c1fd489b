"""The median of results: the middle one of them in order of size, or half way between two.

In: results of one thing in scope. Out: one sentence with how many went in, and the number; None
where one of them is no plain number of one unit, since `<0.5` has no place in an order.
"""

from __future__ import annotations

from statistics import median

from pipelines.answers.evidence.items import name_of, shown_unit
from pipelines.answers.evidence.units import common_unit, in_unit
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import (
    computed,
    exact,
    fact_of,
    lowered,
    shown_number,
)
from pipelines.records.answers import Cell, DraftSentence
from pipelines.records.evidence import Evidence

Part = tuple[list[DraftSentence], list[tuple[Cell, ...]]]


def write_median(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """The median of all of them, with their number; not of each day, month or year."""
    if question.group is not None:
        return None
    facts = [fact_of(i) for i in items]
    main = common_unit(facts)
    numbers = [number for f in facts if (number := in_unit(f, main)) is not None]
    if len(numbers) < len(facts) or any(f.comparator for f in facts):
        return None
    result = exact(median(numbers))
    over = f" over {len(facts)} results" if len(facts) > 1 else ""
    name = lowered(name_of(facts[0]))
    text = f"The median {name} was {shown_number(result)}{shown_unit(main)}{over}."
    return [computed(text, items, "median", result, main)], [(result,)]
