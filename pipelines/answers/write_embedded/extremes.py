"""Results told by two numbers or by days: the lowest and the highest at once, and which days.

Each extreme is a computation of its own over every result in scope, and both stand in one row in
the order asked. Days are told by the first result of each; where they are too many for a sentence
each, by their number, with every day in the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipelines.answers.evidence.items import marks, name_of, shown_value
from pipelines.answers.evidence.units import common_unit, in_unit
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import (
    cell_of,
    computed,
    fact_of,
    lowered,
    sentence_of,
    was,
)
from pipelines.records.answers import Cell, DraftSentence
from pipelines.records.evidence import Evidence
from pipelines.terms.units import convert, same

Part = tuple[list[DraftSentence], list[tuple[Cell, ...]]]
One = Callable[[ChartQuestion, list[Evidence]], Part | None]
MOST_DAYS = 25
OTHER_UNIT = "The record gives {thing} in {unit}, not in {asked}."


def write_both(question: ChartQuestion, items: list[Evidence], one: One) -> Part | None:
    """A sentence for each extreme and one row of both."""
    sentences: list[DraftSentence] = []
    row: list[Cell] = []
    for extreme in (question.extreme or "").split(" and "):
        part = one(replace(question, extreme=extreme), _best_first(items, extreme))
        if part is None:
            return None
        sentences += part[0]
        row += part[1][0]
    return sentences, [tuple(row)]


def _best_first(items: list[Evidence], extreme: str) -> list[Evidence]:
    """The items with the first that reached the extreme before the others."""
    unit = common_unit(fact_of(i) for i in items)
    pairs = [(number, i) for i in items if (number := in_unit(fact_of(i), unit)) is not None]
    bound = (max if extreme == "maximum" else min)(number for number, _ in pairs)
    reached = [i for number, i in pairs if number == bound]
    best = min(reached, key=_moment)
    return [best, *(i for i in items if i is not best)]


def _moment(item: Evidence) -> float:
    when = fact_of(item).when
    return when.instant.timestamp() if when is not None else float("inf")


def write_dates(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """The days on which such a result was, each once; a result without a day leaves them open."""
    days: dict[str, Evidence] = {}
    for item in items:
        when = fact_of(item).when
        if when is None:
            return None
        days.setdefault(when.day, item)
    rows: list[tuple[Cell, ...]] = [(day,) for day in sorted(days)]
    if len(days) <= MOST_DAYS:
        first = [days[day] for day in sorted(days)]
        return [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in first], rows
    name = lowered(name_of(fact_of(items[0])))
    which = " within the bound asked for" if question.threshold else ""
    text = f"On {len(days)} days a {name} result{which} is recorded."
    return [computed(text, items, "days", len(days))], rows


def in_another_unit(question: ChartQuestion, items: list[Evidence], title: str) -> str | None:
    """That the record has another unit than the value was asked in, or None."""
    asked = question.shown_in
    for item in items:
        fact = fact_of(item)
        if asked is None or fact.value is None or not fact.unit or same(asked, fact.unit):
            continue
        if convert(1.0, fact.unit, asked, fact.concept) != 1.0:
            return OTHER_UNIT.format(thing=title, unit=fact.unit, asked=asked)
    return None


def write_extreme(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """The highest or the lowest, or both; None where a result may lie beyond it."""
    if " and " in (question.extreme or ""):
        return write_both(question, items, write_extreme)
    best = fact_of(items[0])
    if best.value is None:
        return None
    if best.comparator:
        return [DraftSentence(sentence_of(best), (items[0].number,))], [(cell_of(best),)]
    beyond = ">" if question.extreme == "maximum" else "<"
    if any((fact_of(i).comparator or "").startswith(beyond) for i in items):
        return None  # `>500` may lie above a plain 542
    word = "highest" if question.extreme == "maximum" else "lowest"
    when = f" on {best.when.clock}" if best.when is not None else ""
    name = lowered(name_of(best))
    text = f"The {word} {name} {was(name)} {shown_value(best)}{marks(best)}{when}."
    operation = question.extreme or "maximum"
    return [computed(text, items, operation, best.value, best.unit)], [(best.value,)]
