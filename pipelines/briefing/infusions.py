"""Infusions: the rate now with the first and the highest, since when stopped, when paused.

A rate is an administration whose amount is per time. Rates of one drug in one stay are one course.
"Running" is said only of a period that reaches beyond the window's end; where a record gives no
ends (ICU flowsheets), the last rate is told with its time and nothing is called running. A pause
is a gap between two periods, longer than `PAUSE`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from pipelines.briefing import wording
from pipelines.briefing.line import Line
from pipelines.briefing.rates import is_rate, rate_of
from pipelines.briefing.window import Window
from pipelines.records.facts import Medication

CHANGED, KNOWN = 1, 5
PAUSE = timedelta(minutes=15)


def infusions(
    given: Iterable[Medication], window: Window, stay_start: datetime | None
) -> list[tuple[Medication, Line]]:
    """A line for each drug infused in the window, the newest change first."""
    drugs: dict[str, list[Medication]] = defaultdict(list)
    for dose in given:
        recent = stay_start is None or (dose.start and dose.start.instant >= stay_start)
        if is_rate(dose) and dose.start is not None and recent:
            drugs[dose.fact.code_key or dose.name].append(dose)
    found = [
        (rates[-1], _line(rates, window)) for rates in drugs.values()
        if any(_is_in(rate, window) for rate in rates)
    ]  # fmt: skip
    return sorted(found, key=lambda item: item[0].start or window.end, reverse=True)


def _is_in(rate: Medication, window: Window) -> bool:
    """Whether a rate ran in the window."""
    if rate.end is None or window.start is None:
        return window.holds(rate.start)
    return rate.end.instant >= window.start


def _line(rates: Sequence[Medication], window: Window) -> Line:
    last = rates[-1]
    rate = (rate_of(last) or (0.0, ""))[0]
    drug = wording.plain(last.name)
    ended = last.end is not None and window.knows(last.end)
    if rate == 0 or last.status == "stopped" or ended:
        when = last.end if ended else last.start
        shown = [one for one in rates if (rate_of(one) or (0.0, ""))[0]]
        running = f", last rate {_rate(last)}" if rate else ""
        word = "stopped" if rate == 0 or last.status == "stopped" else "ended"
        text = f"Infusion {word}: {drug}{running}, {wording.clock(when)}"
        clauses = _asides(shown, last if rate else None)
        in_window = window.start is not None and window.holds(when)
        return Line(text, (last.fact,), urgency=CHANGED if in_window else KNOWN, clauses=clauses)
    word = "Running" if last.end is not None else "Infusion given"
    since = "since " if last.end is not None else "last rate "
    text = f"{word}: {drug} {_rate(last)}, {since}{wording.clock(last.start)}"
    return Line(text, (last.fact,), urgency=CHANGED, clauses=_asides(rates, last))


def _asides(rates: Sequence[Medication], last: Medication | None) -> tuple[Line, ...]:
    """When it was begun and paused, and the highest rate; what the line itself says is left out."""
    if not rates:
        return ()
    first, clauses = rates[0], []
    unit = (rate_of(rates[-1]) or (0.0, ""))[1]
    same = [one for one in rates if (rate_of(one) or (0.0, ""))[1] == unit]
    if first is not last:
        text = f"begun {wording.clock(first.start)} at {_rate(first)}"
        clauses.append(Line(text, (first.fact,)))
    highest = max(same, key=lambda one: (rate_of(one) or (0.0, ""))[0])
    told = [rate_of(one) for one in (first, last) if one is not None]
    if rate_of(highest) not in told:
        text = f"highest {_rate(highest)} ({wording.clock(highest.start)})"
        clauses.append(Line(text, (highest.fact,)))
    return (*clauses, *_pauses(rates))


def _pauses(rates: Sequence[Medication]) -> list[Line]:
    found = []
    for before, after in pairwise(rates):
        if before.end is None or after.start is None:
            continue
        if after.start.instant - before.end.instant > PAUSE:
            found.append(
                (
                    Line(f"ended {wording.clock(before.end)}", (before.fact,)),
                    Line(f"resumed {wording.clock(after.start)} at {_rate(after)}", (after.fact,)),
                )
            )
    return [line for pair in found[-2:] for line in pair]


def _rate(dose: Medication) -> str:
    value, unit = rate_of(dose) or (0.0, "")
    word = wording.UNIT_WORDS.get(unit, wording.plain(unit)).replace("[iU]", "units")
    return f"{wording.short(f'{value:g}')} {word}".rstrip()
