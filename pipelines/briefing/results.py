"""New and abnormal results: each with what it was before, the critical ones first.

A result counts as new when it was taken in the window. An analyte has one line: from the value
before to the latest, or, where the worst value of the window has since got better, from the worst
to the latest. Flagged ones are all listed; of the others as many as fit, then their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from pipelines.briefing import wording
from pipelines.briefing.importance import importance
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.charts import labs
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact
from pipelines.terms.limits import judged

NAME = "New and abnormal results"
UNFLAGGED_LISTED = 8
BEFORE_LISTED = 2
SEVERITY = {"HH": 0, "LL": 0, "AA": 0, "H": 1, "L": 1, "A": 1}
UNFLAGGED = 9


def results(chart: Chart, window: Window, facts: Sequence[Fact], age_years: int | None) -> Part:
    """The section, from the window's results of all kinds."""
    mine = [judged(fact, age_years) for fact in facts if _is_result(fact)]
    groups = _by_kind(mine)
    before = _before(chart, window, groups, age_years)
    lines = [_line(group, before.get(key)) for key, group in groups.items()]
    lines.sort(key=_order)
    listed = [line for line in lines if line.urgency < UNFLAGGED]
    quiet = [line for line in lines if line.urgency == UNFLAGGED]
    listed += quiet[:UNFLAGGED_LISTED] + _rest(quiet[UNFLAGGED_LISTED:])
    return part(NAME, listed, bool(listed) or any(k.kind != "vital" for k in labs.kinds(chart)))


def before_window(chart: Chart, window: Window, age_years: int | None) -> tuple[Line, ...]:
    """The worst of the last laboratory results before a window that has none of its own."""
    last = [kind.last for kind in labs.kinds(chart) if kind.kind == "lab" and kind.last]
    newest = max(last, default=None)
    if newest is None or window.holds(newest):
        return ()
    found = labs.results(chart, start=newest.instant, end=newest.instant)
    mine = sorted((judged(f, age_years) for f in found if f.kind == "lab"), key=severity)
    return tuple(
        replace(line, text=f"Before this window: {line.text}", urgency=UNFLAGGED)
        for line in (_step(None, fact) for fact in mine[:BEFORE_LISTED])
    )


def severity(fact: Fact) -> int:
    """0 critical, 1 out of range or abnormal, 9 neither."""
    return SEVERITY.get(fact.flag or "", UNFLAGGED)


def _is_result(fact: Fact) -> bool:
    """Laboratory results; other observations (surveys, smoking) only where they are flagged."""
    return fact.kind == "lab" or (fact.kind == "observation" and fact.flag is not None)


def _by_kind(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    groups: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.when is not None:
            groups[fact.code_key or fact.display].append(fact)
    return groups


def _before(
    chart: Chart, window: Window, groups: Mapping[str, list[Fact]], age_years: int | None
) -> dict[str, Fact]:
    """The last result of each analyte before the window."""
    if window.start is None or not groups:
        return {}
    earlier = labs.results(chart, tuple(groups), end=window.start)
    last = {fact.code_key or fact.display: fact for fact in earlier if fact.when is not None}
    return {
        key: judged(fact, age_years)
        for key, fact in last.items()
        if fact.when is not None and fact.when.instant < window.start
    }


def _line(group: Sequence[Fact], before: Fact | None) -> Line:
    latest = group[-1]
    worst = min(group, key=severity)
    if severity(worst) < severity(latest):
        return _better(worst, latest)
    # A result filed twice is not its own predecessor.
    older = [fact for fact in group if fact.when and latest.when and fact.when < latest.when]
    return _step(older[-1] if older else before, latest)


def _step(earlier: Fact | None, latest: Fact) -> Line:
    """From the value before to the latest one."""
    change = None if earlier is None else _change(earlier, latest)
    if earlier is None or change is None:
        value = wording.numbers([latest])[0]
        text = f"{wording.name(latest)} {value}{wording.unit(latest)} ({wording.mark(latest)})"
        return Line(f"{text}, {wording.clock(latest.when)}", (latest,), urgency=severity(latest))
    old, new = wording.numbers([earlier, latest])
    signed = _signed(change, (old, new))
    text = (
        f"{wording.name(latest)} {old} → {new}{wording.unit(latest)} ({wording.mark(latest)}), "
        f"{wording.clock(earlier.when)} → {wording.clock_after(latest.when, earlier.when)}, "
        f"change {signed}"
    )
    return Line(text, (latest, earlier), _difference(signed, latest), urgency=severity(latest))


def _better(worst: Fact, latest: Fact) -> Line:
    """From the worst value of the window to the latest, which is less far out."""
    change = _change(worst, latest)
    if change is None:
        return _step(None, worst)
    old, new = wording.numbers([worst, latest])
    signed = _signed(change, (old, new))
    text = (
        f"{wording.name(latest)} {old} ({wording.mark(worst)}) → {new}{wording.unit(latest)} "
        f"({wording.mark(latest)}), {wording.clock(worst.when)} → "
        f"{wording.clock_after(latest.when, worst.when)}, change {signed}"
    )
    return Line(text, (worst, latest), _difference(signed, latest), urgency=severity(worst))


def _change(earlier: Fact, latest: Fact) -> Decimal | None:
    """The difference of two plain numbers of one unit, else None."""
    if earlier.value is None or latest.value is None or earlier.unit != latest.unit:
        return None
    if earlier.comparator or latest.comparator:
        return None
    return Decimal(str(latest.value)) - Decimal(str(earlier.value))


def _difference(change: str, latest: Fact) -> Computation:
    return Computation("difference", float(change), latest.unit)


def _signed(change: Decimal, shown: Sequence[str]) -> str:
    """The change with as many decimals as the two values that are shown."""
    decimals = max(len(text.partition(".")[2]) for text in shown)
    text = f"{change:.{decimals}f}"
    if Decimal(text) == 0:
        return text.removeprefix("-")
    return f"+{text}" if change > 0 else text


def _rest(lines: Sequence[Line]) -> list[Line]:
    """How many unflagged results are not listed, with all of them behind it."""
    facts = tuple(line.facts[0] for line in lines)
    if not facts:
        return []
    noun = "result" if len(facts) == 1 else "results"
    text = f"{len(facts)} more {noun} of this window without a flag"
    return [Line(text, facts, Computation("count", len(facts)))]


def _order(line: Line) -> tuple[object, ...]:
    """Critical first, then the newest day, then what weighs most, then by name."""
    newest = max(fact.when.instant for fact in line.facts if fact.when is not None)
    return (line.urgency, -newest.toordinal(), -importance(line.facts), line.text)
