"""Results over time: the trend of one thing, and one number for each day, month or year.

Days are days as written. Each group is a computation of its own over the results of that group;
a trend says where it began, where it ended and how far apart these are, then its extremes.
"""

from __future__ import annotations

from pipelines.answers.evidence_items import name_of, shown_unit, shown_value
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded_parts import (
    cell_of,
    computed,
    exact,
    fact_of,
    sentence_of,
    shown_number,
    stamp_of,
)
from pipelines.records.answers import Cell, DraftSentence
from pipelines.records.evidence import Evidence

Part = tuple[list[DraftSentence], list[tuple[Cell, ...]]]
WIDTH = {"day": 10, "month": 7, "year": 4}
WORDS = {
    "maximum": "highest",
    "minimum": "lowest",
    "mean": "average",
    "sum": "sum of",
    "count": "number of",
}


def write_groups(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """One sentence and one row a day, month or year, in time order."""
    width = WIDTH[question.group or "day"]
    groups: dict[str, list[Evidence]] = {}
    for item in items:
        when = fact_of(item).when
        if when is not None and len(when.day) >= width:
            groups.setdefault(when.day[:width], []).append(item)
    if not groups:
        return None
    operation = question.extreme or question.ask
    sentences: list[DraftSentence] = []
    rows: list[tuple[Cell, ...]] = []
    for label in sorted(groups):
        made = _group(operation, label, groups[label])
        if made is None:
            return None
        sentences.append(made[0])
        rows.append((made[1],))
    return sentences, rows


def _group(operation: str, label: str, items: list[Evidence]) -> tuple[DraftSentence, Cell] | None:
    facts = [fact_of(i) for i in items]
    name, unit = name_of(facts[0]), facts[0].unit
    if operation == "list":
        last = items[-1]
        return DraftSentence(sentence_of(facts[-1]), (last.number,)), cell_of(facts[-1])
    if operation == "count":
        text = f"{_when(label)} {len(items)} {name} results are recorded."
        return computed(text, items, "count", len(items)), len(items)
    numbers = [f.value for f in facts if f.value is not None and not f.comparator]
    if len(numbers) < len(facts):
        return None
    if operation in ("maximum", "minimum"):
        result = max(numbers) if operation == "maximum" else min(numbers)
        first = numbers.index(result)
        items = [items[first], *items[:first], *items[first + 1 :]]
        shown = shown_value(fact_of(items[0]))
    else:
        result = exact(sum(numbers) / len(numbers) if operation == "mean" else sum(numbers))
        shown = f"{shown_number(result)}{shown_unit(unit)}"
    text = f"{_when(label)} the {WORDS[operation]} {name} was {shown}."
    return computed(text, items, operation, result, unit), result


def _when(label: str) -> str:
    return f"{'On' if len(label) == WIDTH['day'] else 'In'} {label}"


def write_trend(_question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """First to last with their difference, the extremes between, and every value as a row."""
    if any(fact_of(i).when is None for i in items):
        items = [i for i in items if fact_of(i).when is not None]
    if not items:
        return None
    rows: list[tuple[Cell, ...]] = [(stamp_of(i), cell_of(fact_of(i))) for i in items]
    numbers = [i for i in items if fact_of(i).value is not None and not fact_of(i).comparator]
    if len(numbers) < 2 or len(numbers) < len(items):
        return [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in items], rows
    return [_from_to(numbers), *_extremes(numbers)], rows


def _from_to(items: list[Evidence]) -> DraftSentence:
    first, last = fact_of(items[0]), fact_of(items[-1])
    change = exact((last.value or 0.0) - (first.value or 0.0))
    name, unit = name_of(first), shown_unit(first.unit)
    verb = "rose by" if change > 0 else "fell by" if change < 0 else "changed by"
    text = (
        f"{name} {verb} {shown_number(abs(change))}{unit}, from {shown_value(first)} "
        f"({first.when.clock if first.when else ''}) to {shown_value(last)} "
        f"({last.when.clock if last.when else ''})."
    )
    return computed(text, (items[-1], items[0]), "difference", abs(change), first.unit)


def _extremes(items: list[Evidence]) -> list[DraftSentence]:
    if len(items) < 3:
        return []
    made = []
    for operation, word, sign in (("maximum", "Highest", -1), ("minimum", "Lowest", 1)):
        ordered = sorted(items, key=lambda i: sign * (fact_of(i).value or 0.0))
        best = fact_of(ordered[0])
        when = f" on {best.when.clock}" if best.when is not None else ""
        text = f"{word} of these: {name_of(best)} {shown_value(best)}{when}."
        made.append(computed(text, ordered, operation, best.value or 0.0, best.unit))
    return made
