"""How one measured thing went: what was before, each value of the window, the latest with its mark.

A course is told as "2.4 → 2.8 → 3.1": the value before the window, then those of the window, the
last few where there are many. What a reader asks next stands behind it: what it was before this
stay, the first value of the stay, and the worst one where none that is shown is worse. Every
number stands in a cited record, and the judge works out again that the deciding value is the
highest or the lowest of all that are cited. Nothing is compared across units, and a value with
`<` or `>` has no course.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from pipelines.briefing import wording
from pipelines.briefing.importance import DEFAULT_WEIGHT, moved, weight
from pipelines.briefing.line import Line
from pipelines.records.answers import Computation
from pipelines.records.facts import Fact
from pipelines.records.reports import Specimen

SEVERITY = {"HH": 0, "LL": 0, "AA": 0, "H": 1, "L": 1, "A": 1}
UNFLAGGED = 9
LOW_FLAGS = ("L", "LL")
VALUES_SHOWN = 4
RECENT = timedelta(days=366)
"""In a hospital stay a value older than a year stands behind the course, not at its beginning."""
DOUBTS_SHOWN = 3
FAR_WIDTHS = 0.5
"""From so many widths of its range a value of before differs enough to be told: house judgement."""


@dataclass(frozen=True, slots=True)
class Series:
    """One thing's results in time order: those of the window and all before it.

    `stay_start` is when the present hospital stay began (naive UTC), None outside of one;
    `specimens` are those of which the laboratory wrote the condition, by reference.
    """

    window: tuple[Fact, ...]
    earlier: tuple[Fact, ...]
    stay_start: datetime | None
    specimens: Mapping[str, Specimen] = field(default_factory=dict)


def severity(fact: Fact) -> int:
    """0 critical, 1 out of range or abnormal, 9 neither."""
    return SEVERITY.get(fact.flag or "", UNFLAGGED)


def course(series: Series, *, with_history: bool = True) -> Line:
    """The line of a series whose window has at least one result."""
    latest = series.window[-1]
    worst = worst_of(series.window)
    shown = _shown(series)
    if len(shown) == 1:
        first = _single(latest)
    elif len(shown) == 2:
        first = _two(shown[0], latest, in_window=shown[0] in series.window)
    else:
        first = _sequence(shown, worst)
    clauses = []
    if severity(worst) < severity(latest) and worst not in first.facts:
        clauses.append(_aside(worst, "before that", wording.mark(worst)))
    clauses += _other_end(series.window, (*first.facts, worst))
    clauses += _other_unit(series, latest)
    if with_history:
        clauses += _history(series, shown, (*first.facts, worst))
    said = (*first.facts, *(fact for clause in clauses for fact in clause.facts))
    clauses += _doubts(said, latest, series.specimens)
    urgency = severity(worst)
    return replace(first, urgency=urgency, clauses=tuple(clauses))


def _doubts(said: Sequence[Fact], latest: Fact, specimens: Mapping[str, Specimen]) -> list[Line]:
    """What was written beside a value that is told or of its specimen, and which may still change.

    A number taken over without it ("hemolyzed", "corrected") would be believed.
    """
    found = []
    for fact in dict.fromkeys(said):
        taken = specimens.get(fact.specimen or "")
        if taken is not None:
            which = f"specimen of {wording.clock(fact.when)}"
            condition = wording.plain(", ".join(taken.conditions))
            found.append(Line(f"{which}: {condition}", (taken.fact,)))
        note = f"“{wording.plain(fact.note)}”" if fact.note else ""
        status = fact.status_word if fact is not latest and fact.status_word else ""
        words = ", ".join(filter(None, (status, note)))
        if words:
            which = f"the {wording.numbers([fact])[0]}" if fact.value is not None else "the result"
            text = f"of {which} of {wording.clock(fact.when)}: {words}"
            found.append(Line(text, (fact,)))
    return found[:DOUBTS_SHOWN]


def doubted(fact: Fact) -> bool:
    """Whether something must be said beside the value."""
    return bool(fact.note or fact.status_word)


def _other_end(window: Sequence[Fact], told: Sequence[Fact]) -> list[Line]:
    """The worst on the other side of the range, where the window went over both of its limits."""
    low = worst_of(window).flag in LOW_FLAGS
    other = [fact for fact in window if fact.flag and (fact.flag in LOW_FLAGS) != low]
    plain = [fact for fact in other if fact.value is not None and not fact.comparator]
    if not plain or worst_of(window).flag is None:
        return []
    extreme = worst_of(plain)
    side = "highest" if low else "lowest"
    return [] if extreme in told else [_aside(extreme, side, wording.mark(extreme))]


def _other_unit(series: Series, latest: Fact) -> list[Line]:
    """The value right before, in another unit: it has no place in a course."""
    before = series.earlier[-1] if series.earlier else None
    if before is None or before.value is None or before.unit == latest.unit:
        return []
    value = f"{wording.numbers([before])[0]}{wording.unit(before)}"
    text = f"before that {value} ({wording.clock(before.when)}): the unit differs"
    return [Line(text, (before,))]


def worst_of(facts: Sequence[Fact]) -> Fact:
    """The most severe; of several the farthest out on the side of the newest, then the newest."""
    least = min(severity(fact) for fact in facts)
    worst = [fact for fact in facts if severity(fact) == least]
    low = worst[-1].flag in LOW_FLAGS
    same_side = [f for f in worst if (f.flag in LOW_FLAGS) == low and f.value is not None]
    if not same_side or least == UNFLAGGED:
        return worst[-1]
    return max(reversed(same_side), key=lambda f: -(f.value or 0.0) if low else (f.value or 0.0))


def short_course(latest: Fact, before: Fact | None, name: str) -> Line:
    """“name 4.4 → 4.9 mmol/L” without dates or flags, for a list of one moment."""
    if before is None or not comparable(before, latest):
        value = wording.numbers([latest])[0]
        return Line(f"{name} {value}{wording.unit(latest)}", (latest,))
    old, new = wording.numbers([before, latest])
    text = f"{name} {old} → {new}{wording.unit(latest)}"
    return Line(text, (latest, before), decided([latest, before]))


def comparable(one: Fact, other: Fact) -> bool:
    """Whether both are plain numbers of one unit."""
    plain = all(fact.value is not None and not fact.comparator for fact in (one, other))
    return plain and one.unit == other.unit


def decided(facts: Sequence[Fact]) -> Computation | None:
    """That the first fact is the highest, or else the lowest, of all; None where it is neither."""
    first = facts[0].value
    values = [fact.value for fact in facts if fact.value is not None]
    if first is None:
        return None
    if first == max(values):
        return Computation("maximum", first, facts[0].unit)
    return Computation("minimum", first, facts[0].unit) if first == min(values) else None


def _shown(series: Series) -> tuple[Fact, ...]:
    """The value before the window and those of it that make up a course with the latest."""
    latest = series.window[-1]
    before = [fact for fact in series.earlier if comparable(fact, latest)][-1:]
    if series.stay_start is not None:
        before = [fact for fact in before if _is_recent(fact, latest)]
    inside = [fact for fact in series.window if comparable(fact, latest)]
    if latest not in inside:
        return (latest,)
    kept: list[Fact] = []
    for fact in (*before, *inside):
        # A result filed twice is not its own predecessor.
        if kept and fact.when and kept[-1].when and fact.when.instant == kept[-1].when.instant:
            kept[-1] = fact
        else:
            kept.append(fact)
    return tuple(kept[-VALUES_SHOWN:])


def _is_recent(fact: Fact, latest: Fact) -> bool:
    """Whether a value of before is near enough to go from it to the latest with an arrow."""
    if fact.when is None or latest.when is None:
        return False
    return latest.when.instant - fact.when.instant <= RECENT


def _single(fact: Fact) -> Line:
    value = wording.numbers([fact])[0]
    text = f"{wording.name(fact)} {value}{wording.unit(fact)}{wording.bracketed(fact)}"
    return Line(f"{text}, {wording.clock(fact.when)}", (fact,))


def _two(earlier: Fact, latest: Fact, *, in_window: bool) -> Line:
    """From one value to the next; an earlier one of the window that was worse has its own mark."""
    old, new = wording.numbers([earlier, latest])
    signed = _signed(earlier, latest, (old, new))
    was_worse = in_window and severity(earlier) < severity(latest)
    mark = f" ({wording.mark(earlier)})" if was_worse else ""
    text = (
        f"{wording.name(latest)} {old}{mark} → {new}{wording.unit(latest)} "
        f"({wording.mark(latest)}), {_span(earlier, latest)}, change {signed}"
    )
    facts = (earlier, latest) if was_worse else (latest, earlier)
    return Line(text, facts, Computation("difference", float(signed), latest.unit))


def _sequence(shown: Sequence[Fact], worst: Fact) -> Line:
    """Three or more values in order; the extreme is named where the latest is none."""
    latest = shown[-1]
    texts = wording.numbers(shown)
    text = (
        f"{wording.name(latest)} {' → '.join(texts)}{wording.unit(latest)} "
        f"({wording.mark(latest)}), {_span(shown[0], latest)}"
    )
    told = (latest, *shown[-2::-1])
    computation = decided(told)
    if computation is not None and worst in shown and severity(worst) >= severity(latest):
        return Line(text, told, computation)
    low = worst.flag in LOW_FLAGS
    every = [*told, *([worst] if worst not in told and comparable(worst, latest) else [])]
    extreme = (min if low else max)(every, key=lambda fact: fact.value or 0.0)
    number = wording.numbers([extreme, *every])[0]
    mark = f" ({wording.mark(extreme)})" if severity(extreme) < severity(latest) else ""
    text += f", {'lowest' if low else 'highest'} {number}{mark} {wording.clock(extreme.when)}"
    facts = (extreme, *(fact for fact in told if fact is not extreme))
    operation = "minimum" if low else "maximum"
    return Line(text, facts, Computation(operation, extreme.value or 0.0, latest.unit))


def _history(series: Series, shown: Sequence[Fact], said: Sequence[Fact]) -> tuple[Line, ...]:
    """Before this stay, first of this stay, worst of this stay: what the course does not show."""
    latest, start = shown[-1], series.stay_start
    if start is None or latest.value is None or latest.comparator:
        return ()
    fit = [fact for fact in series.earlier if fact.when and comparable(fact, latest)]
    before = [fact for fact in fit if fact.when and fact.when.instant < start]
    inside = [fact for fact in fit if fact.when and fact.when.instant >= start]
    clauses = []
    told = [*said]
    every = [fact for fact in series.earlier if fact.when and fact.when.instant >= start]
    if inside and inside[0] is every[0] and _tells(inside[0], latest, told):
        clauses.append(_aside(inside[0], "first of this stay"))
        told.append(inside[0])
    extreme = worst_of((*inside, *series.window))
    if extreme.flag and extreme.value is not None and _tells(extreme, latest, told):
        side = "lowest" if extreme.flag in LOW_FLAGS else "highest"
        clauses.append(_aside(extreme, f"{side} of this stay"))
    if before and _tells(before[-1], latest, told):
        clauses.append(_aside(before[-1], "before this stay"))
    return tuple(clauses)


def _tells(fact: Fact, latest: Fact, told: Sequence[Fact]) -> bool:
    """Whether a value of before says more: far from the latest one, and not said already."""
    if fact in told or weight(latest) < DEFAULT_WEIGHT:
        return False
    return latest.reference_range is None or moved(latest, fact) >= FAR_WIDTHS


def _aside(fact: Fact, what: str, mark: str = "") -> Line:
    value = wording.numbers([fact])[0]
    details = ", ".join(filter(None, (mark, wording.clock(fact.when))))
    return Line(f"{what} {value} ({details})", (fact,))


def _span(first: Fact, last: Fact) -> str:
    return f"{wording.clock(first.when)} → {wording.clock_after(last.when, first.when)}"


def _signed(earlier: Fact, latest: Fact, shown: Sequence[str]) -> str:
    """The change with as many decimals as the two values that are shown."""
    change = Decimal(str(latest.value)) - Decimal(str(earlier.value))
    decimals = max(len(text.partition(".")[2]) for text in shown)
    text = f"{change:.{decimals}f}"
    if Decimal(text) == 0:
        return text.removeprefix("-")
    return f"+{text}" if change > 0 else text
