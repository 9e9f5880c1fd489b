"""Vital signs: one line a sign, those out of range first, with the window's lowest and highest.

Sixty readings of a heart rate are one line. Where there are too many to cite each (a whole ICU
stay), the worst and the latest reading stand by themselves and no range is claimed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipelines.briefing import wording
from pipelines.briefing.bedside import is_elsewhere, is_fever, is_score, without_parts
from pipelines.briefing.courses import LOW_FLAGS, UNFLAGGED, severity, worst_of
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.oxygen import oxygen
from pipelines.charts import labs
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact
from pipelines.terms.limits import judged, rank

NAME = "Vital signs"
MOST_CITED = 120
PRESSURES = ("systolic_bp", "diastolic_bp")


def vitals(
    chart: Chart, facts: Sequence[Fact], age_years: int | None, earlier: Sequence[Fact] = ()
) -> Part:
    """The section, from the window's results of all kinds; oxygen also from those before."""
    groups: dict[tuple[str | None, str], list[Fact]] = defaultdict(list)
    for fact in without_parts(facts):
        is_sign = (fact.kind == "vital" or is_score(fact)) and not is_elsewhere(fact)
        if is_sign and fact.when is not None:
            # An arterial line and a cuff share a code; their readings are not one series.
            groups[fact.code_key, fact.display].append(judged(fact, age_years))
    ordered = sorted(groups.values(), key=lambda group: (severity(worst_of(group)), rank(group[0])))
    lines = [line for group in ordered for line in _lines(group)]
    lines = sorted([*_pressures(lines), *oxygen(facts, earlier)], key=lambda line: line.urgency)
    return part(NAME, lines, bool(lines) or any(k.kind == "vital" for k in labs.kinds(chart)))


def _lines(group: Sequence[Fact]) -> list[Line]:
    latest, worst = group[-1], worst_of(group)
    plain = all(fact.value is not None and not fact.comparator for fact in group)
    if not plain or len({fact.unit for fact in group}) > 1 or len(group) > MOST_CITED:
        found = [_single(worst)] if severity(worst) < severity(latest) else []
        return [*found, _single(latest)]
    line = _single(latest) if len(group) == 1 else _range(group, worst, latest)
    fever = any(is_fever(fact) for fact in group)
    return [replace(line, text=f"Fever: {line.text}") if fever else line]


def _pressures(lines: Sequence[Line]) -> list[Line]:
    """The diastolic pressure goes on behind the systolic one of the same series of readings."""
    made: list[Line] = []
    for line in lines:
        concept = line.facts[0].concept
        partner = next((n for n, one in enumerate(made) if _is_pair(one, line)), None)
        if partner is None or concept not in PRESSURES:
            made.append(line)
            continue
        one, other = made[partner], line
        if one.facts[0].concept != PRESSURES[0]:
            one, other = other, one
        urgency = min(one.urgency, other.urgency)
        made[partner] = replace(one, clauses=(replace(other, clauses=()),), urgency=urgency)
    return made


def _is_pair(one: Line, other: Line) -> bool:
    """Whether two lines are the systolic and the diastolic pressure of the same readings."""
    first, second = one.facts[0], other.facts[0]
    if {first.concept, second.concept} != set(PRESSURES) or one.clauses:
        return False
    return {f.when for f in one.facts} == {f.when for f in other.facts}


def _single(fact: Fact) -> Line:
    value = wording.numbers([fact])[0]
    text = f"{wording.name(fact)} {value}{wording.unit(fact)}{wording.bracketed(fact)}"
    return Line(f"{text}, {wording.clock(fact.when)}", (fact,), urgency=severity(fact))


def _range(group: Sequence[Fact], worst: Fact, latest: Fact) -> Line:
    """Lowest to highest of the window, the extreme that matters, and the last reading."""
    low_side = worst.flag in LOW_FLAGS
    ends = sorted(group, key=lambda fact: fact.value or 0)
    extreme = ends[0] if low_side else ends[-1]
    if severity(worst) < UNFLAGGED and worst.value == extreme.value:
        extreme = worst
    low, high, last, peak, *_all = wording.numbers([ends[0], ends[-1], latest, extreme, *group])
    if low == high:
        text = f"{wording.name(latest)} {last}{wording.unit(latest)} in all {len(group)} readings"
        text += f" ({wording.mark(latest)}), last {wording.clock(latest.when)}"
        others = tuple(fact for fact in reversed(group) if fact is not latest)
        computation = Computation("maximum", latest.value or 0.0, latest.unit)
        return Line(text, (latest, *others), computation, urgency=severity(worst))
    span = f"{low}\u2013{high}"
    text = f"{wording.name(latest)} {span}{wording.unit(latest)} in {len(group)} readings"
    # The judge wants the day of the extreme beside it; a range without a day says little anyway.
    when, after = wording.clock(extreme.when), wording.clock_after(latest.when, extreme.when)
    if severity(worst) < UNFLAGGED:
        side = "lowest" if low_side else "highest"
        text += f", {side} {peak} ({wording.mark(extreme)}) {when}, last {last} {after}"
    else:
        text += f", highest {when}, last {last} ({wording.mark(latest)}) {after}"
    others = tuple(fact for fact in reversed(group) if fact is not extreme)
    operation = "minimum" if low_side else "maximum"
    value = extreme.value if extreme.value is not None else 0.0
    computation = Computation(operation, value, latest.unit)
    return Line(text, (extreme, *others), computation, urgency=severity(worst))
