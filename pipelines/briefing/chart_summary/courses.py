"""The course of a result over the years: first → worst → latest, with their days.

All results of one analyte in one unit are one course. Its worst value (by the side that
`problem_families.toml` names) is computed over every one of them, and every one is cited; the
flags are the record's own. A course that the judge could not compute (an open value such as
`>60` that may lie beyond) is told by its latest result alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipelines.briefing import wording
from pipelines.briefing.chart_summary.families import Family
from pipelines.briefing.line import Line
from pipelines.charts import labs
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact
from pipelines.terms.units import canonical

Series = dict[str, list[Fact]]
MOST_CITED = 1_500
_FLAGS = wording.FLAG_WORDS


def series_of(chart: Chart, wanted: frozenset[str]) -> Series:
    """The dated numeric results of these concepts, in time order, by concept."""
    keys = [k.code_key for k in labs.kinds(chart) if k.concept in wanted and k.numeric_count]
    found: Series = defaultdict(list)
    for fact in labs.results(chart, keys) if keys else ():
        if fact.concept in wanted and fact.value is not None and fact.when is not None:
            found[fact.concept].append(fact)
    return found


def course_lines(family: Family, series: Series, told: set[str], most: int) -> list[Line]:
    """The courses of this family that no earlier problem has told, as many as fit."""
    lines: list[Line] = []
    for concept, side in family.results:
        if concept in series and concept not in told and len(lines) < most:
            told.add(concept)
            lines.append(_course(series[concept], side))
    return lines


def _course(facts: Sequence[Fact], side: str) -> Line:
    """The course in the unit that most of its results have."""
    units: dict[str | None, list[Fact]] = defaultdict(list)
    for fact in facts:
        units[canonical(fact.unit)].append(fact)
    group = max(units.values(), key=len)
    latest = group[-1]
    worst = _worst(group, side)
    if len(group) == 1 or worst is None or len(group) > MOST_CITED:
        return _latest(latest)
    text = f"{wording.name(latest)}: {_steps(group, worst, side)}; {len(group)} results"
    others = tuple(fact for fact in reversed(group) if fact is not worst)
    operation = "maximum" if side == "high" else "minimum"
    value = worst.value if worst.value is not None else 0.0
    return Line(text, (worst, *others), Computation(operation, value, latest.unit))


def _steps(group: Sequence[Fact], worst: Fact, side: str) -> str:
    """`first 6.1 % (day) → highest 9.2 (day) → latest 7.0 (day)`; two that are one are said so."""
    word = "highest" if side == "high" else "lowest"
    ends = {"first": group[0], word: worst, "latest": group[-1]}
    if worst is group[0]:
        ends = {f"first and {word}": worst, "latest": group[-1]}
    elif worst is group[-1]:
        ends = {"first": group[0], f"latest and {word}": worst}
    facts = list(ends.values())
    texts, days = wording.numbers(facts), _days(*facts)
    unit = wording.unit(group[-1])
    shown = []
    for (what, fact), text, day in zip(ends.items(), texts, days, strict=True):
        # Only the latest value's flag stands in brackets: it is the one that a reader's eye needs.
        is_latest, flag = fact is group[-1], _marked(fact)
        told = f" ({f'{flag}, ' if flag else ''}{day})" if is_latest else f" {flag} ({day})"
        shown.append(f"{what} {text}{unit}{told.replace('  ', ' ')}")
        unit = ""
    return " → ".join(shown)


def _worst(group: Sequence[Fact], side: str) -> Fact | None:
    """The latest or the first where it is the worst, else the newest of the worst.

    None where an open value (`>60`) may lie beyond it.
    """
    sign = 1 if side == "high" else -1
    worst = max(
        (group[-1], group[0], *reversed(group)), key=lambda fact: sign * (fact.value or 0.0)
    )
    beyond = ">" if side == "high" else "<"
    is_open = any((f.comparator or "").startswith(beyond) for f in group)
    return None if is_open and not (worst.comparator or "").startswith(beyond) else worst


def _days(*facts: Fact) -> list[str]:
    """Days; where two of them share one, times of day as well."""
    days = [fact.when.day if fact.when else "undated" for fact in facts]
    clocks = [wording.clock(fact.when) for fact in facts]
    shared = len({(d, f.resource) for d, f in zip(days, facts, strict=True)}) > len(set(days))
    return clocks if shared else days


def _latest(fact: Fact) -> Line:
    flag = f" ({_marked(fact)})" if _marked(fact) else ""
    value = f"{wording.numbers([fact])[0]}{wording.unit(fact)}"
    return Line(f"{wording.name(fact)} {value}{flag}, {wording.clock(fact.when)}", (fact,))


def _marked(fact: Fact) -> str:
    """The record's flag and status as words in the sentence, none where there is neither."""
    said = [word for word in (_FLAGS.get(fact.flag or ""), fact.status_word) if word]
    return ", ".join(said)
