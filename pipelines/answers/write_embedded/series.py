"""Results over time: the trend of one thing, and one number for each day, month or year.

Days are days as written. Each group is a computation of its own over the results of that group;
a trend says where it began, where it ended and how far apart these are, then its extremes.
"""

from __future__ import annotations

from datetime import timedelta

from pipelines.answers.evidence.items import marks, name_of, shown_unit, shown_value
from pipelines.answers.evidence.units import common_unit, in_unit
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import (
    cell_of,
    computed,
    exact,
    fact_of,
    flag_clock,
    sentence_of,
    shown_number,
    stamp_of,
)
from pipelines.records.answers import Cell, DraftSentence
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact

Part = tuple[list[DraftSentence], list[tuple[Cell, ...]]]
RECENT = timedelta(days=30)
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
    """First to last with their difference, the extremes between, and every value as a row.

    Results under several names (two equations of one estimate) are a course each, the one that
    goes on longest first; between two methods nothing is subtracted.
    """
    items = [i for i in items if fact_of(i).when is not None] or items
    if not items:
        return None
    rows: list[tuple[Cell, ...]] = [(stamp_of(i), cell_of(fact_of(i))) for i in items]
    courses: dict[str, list[Evidence]] = {}
    for item in reversed(items):
        courses.setdefault(fact_of(item).display, []).insert(0, item)
    return [sentence for own in courses.values() for sentence in _course(own)], rows


def _course(items: list[Evidence]) -> list[DraftSentence]:
    if any(fact_of(i).value is None for i in items) or len(items) < 2:
        return [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in items]
    ends = (items[0], items[-1])
    if any(fact_of(i).comparator for i in ends):
        told = [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in ends]
    else:
        told = [_from_to(items)]
    return [*told, *_extremes(items)]


def write_direction(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """Which way the last two results went, and how they stand to the highest of the last month.

    Whether a direction is better is not said: that depends on the analyte and the patient.
    """
    dated = [i for i in items if fact_of(i).when is not None and fact_of(i).value is not None]
    if not dated:
        return None
    last = fact_of(dated[-1])
    own = [i for i in dated if fact_of(i).display == last.display]
    if len(own) < 2 or any(fact_of(i).comparator for i in own[-2:]):
        return [DraftSentence(sentence_of(fact_of(i)), (i.number,)) for i in own[-2:]], []
    before = fact_of(own[-2])
    change = (last.value or 0.0) - (in_unit(before, last.unit) or 0.0)
    asked = question.attribute
    holds = (change > 0 and asked == "rising") or (change < 0 and asked == "falling")
    rows: list[tuple[Cell, ...]] = [(int(holds),)] if asked in ("rising", "falling") else []
    lead = ("Yes: " if holds else "No: ") if rows else ""
    way = "higher than" if change > 0 else "lower than" if change < 0 else "the same as"
    truth = way.partition(" ")[0] if change else "same"
    text = (
        f"{lead}{name_of(last)} {shown_value(last)} ({flag_clock(last)}) is {way} the one "
        f"before, {shown_value(before)} ({flag_clock(before)})."
    )
    told = [computed(text, (own[-1], own[-2]), "compare", truth, last.unit)]
    return [*told, *_extremes([i for i in own if _recent(fact_of(i), last)])], rows


def _recent(fact: Fact, last: Fact) -> bool:
    if fact.when is None or last.when is None:
        return False
    return last.when.instant - fact.when.instant <= RECENT


def _from_to(items: list[Evidence]) -> DraftSentence:
    first, last = fact_of(items[0]), fact_of(items[-1])
    change = exact((last.value or 0.0) - (in_unit(first, last.unit) or 0.0))
    name, unit = name_of(last), shown_unit(last.unit)
    verb = "rose by" if change > 0 else "fell by" if change < 0 else "changed by"
    text = (
        f"{name} {verb} {shown_number(abs(change))}{unit}, from {shown_value(first)} "
        f"({flag_clock(first)}) to {shown_value(last)} ({flag_clock(last)})."
    )
    return computed(text, (items[-1], items[0]), "difference", abs(change), last.unit)


def _extremes(items: list[Evidence]) -> list[DraftSentence]:
    """The highest and the lowest, where no `>` or `<` leaves open which it is."""
    if len(items) < 3:
        return []
    unit = common_unit(fact_of(i) for i in items)
    made = []
    for operation, word, sign in (("maximum", "Highest", -1), ("minimum", "Lowest", 1)):
        ordered = sorted(items, key=lambda i: sign * (in_unit(fact_of(i), unit) or 0.0))
        best = fact_of(ordered[0])
        open_side = ">" if sign < 0 else "<"
        if best.comparator or any((fact_of(i).comparator or "")[:1] == open_side for i in items):
            continue
        when = f" on {best.when.clock}" if best.when is not None else ""
        text = f"{word} of these: {name_of(best)} {shown_value(best)}{marks(best)}{when}."
        made.append(computed(text, ordered, operation, best.value or 0.0, best.unit))
    return made
