"""Follow-ups due: what is booked, what is ordered for a day to come, what was missed, which goals.

A visit that was missed or called off is told with whether a later one of the same kind is on file;
"no later appointment on file" is what can be seen, not that none was made by telephone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.briefing import wording
from pipelines.briefing.line import Line, Part, joined, part
from pipelines.briefing.pending import last_done, last_line, waiting, words
from pipelines.briefing.window import Window
from pipelines.charts import immunizations, procedures
from pipelines.charts.appointments import KEPT_OR_MISSED, appointments, maybe_upcoming, upcoming
from pipelines.charts.care import goals
from pipelines.charts.orders import orders
from pipelines.records.care import Goal
from pipelines.records.chart import Chart
from pipelines.records.facts import Immunization
from pipelines.records.orders import Appointment

NAME = "Follow-ups due"
TABLE = Path(__file__).with_name("follow_ups.toml")
DUE, BACKGROUND = 2, 9
STATUS = {"noshow": "Missed", "cancelled": "Cancelled"}


def follow_ups(chart: Chart, window: Window) -> Part:
    """The section: overdue and missed first, then what is to come in its order."""
    before = appointments(chart)
    to_come = sorted((*upcoming(chart), *maybe_upcoming(chart)), key=_start)
    aims, written = goals(chart), orders(chart)
    vaccines = immunizations.immunizations(chart)
    lines = [
        *_ordered(chart, window),
        *_missed(before, to_come, window),
        *[_booked(one) for one in to_come],
        *_vaccines(vaccines, window),
        *_goals(aims),
    ]
    known = bool(before or to_come or aims or written or vaccines)
    return part(NAME, lines[: _table()["most"]], known)


def _ordered(chart: Chart, window: Window) -> list[Line]:
    """Open orders with a day on which they are due, the overdue ones first."""
    done = procedures.procedures(chart)
    found = [one for one in waiting(chart, orders(chart)) if one.occurrence is not None]
    found.sort(key=lambda one: one.occurrence.instant if one.occurrence else window.end.instant)
    lines = []
    for one in found:
        due = one.occurrence_end or one.occurrence
        late = due is not None and due.instant < window.end.instant and due.day != window.end.day
        last = last_done(one, done)
        text = (
            f"{'Overdue' if late else 'Due'} {wording.clock(due)}: "
            f"{wording.plain(one.fact.display)}, ordered {wording.clock(one.authored)}"
        )
        lines.append(joined([Line(text, (one.fact,)), *last_line(last)], urgency=DUE))
    return lines


def _missed(
    before: Sequence[Appointment], to_come: Sequence[Appointment], window: Window
) -> list[Line]:
    """Missed and cancelled visits, the newest of each kind, with the next of that kind."""
    oldest = window.end.instant - timedelta(days=_table()["missed_days"])
    lines, told = [], set()
    for one in reversed(before):
        start = one.start
        if one.fact.status not in _table()["missed"] or start is None or start.instant < oldest:
            continue
        kind = _kind(one)
        if kind in told or _was_kept_later(one, before, window):
            continue
        told.add(kind)
        later = [next_one for next_one in to_come if kind & _kind(next_one)]
        lines.append(_missed_line(one, later[0] if later else None))
    return lines


def _missed_line(one: Appointment, later: Appointment | None) -> Line:
    why = one.cancelation or (one.reason if one.fact.status == "cancelled" else None)
    reason = f" ({wording.plain(why)})" if why else ""
    next_one = "" if later else "; no later appointment on file"
    text = (
        f"{STATUS[one.fact.status or 'noshow']}: {wording.plain(one.fact.display)}, "
        f"{wording.clock(one.start)}{reason}{next_one}"
    )
    after = (
        [Line(f"the next is booked for {wording.clock(later.start)}", (later.fact,))]
        if later
        else []
    )
    return joined([Line(text, (one.fact,)), *after], urgency=DUE)


def _was_kept_later(one: Appointment, before: Sequence[Appointment], window: Window) -> bool:
    """Whether such a visit was kept since, before this window: then it is old news."""
    return any(
        other.start is not None
        and one.start is not None
        and other.start.instant > one.start.instant
        and other.fact.status in _table()["kept"]
        and not window.holds(other.start)
        and _kind(one) & _kind(other)
        for other in before
    )


def _kind(one: Appointment) -> frozenset[str]:
    found = words(one.fact.display) - frozenset(_table()["empty"])
    return found or words(one.fact.display) or frozenset({one.fact.display.lower()})


def _start(one: Appointment) -> str:
    return one.start.written if one.start else ""


def _booked(one: Appointment) -> Line:
    # What it came to lies after this briefing's end: at that time it was booked.
    is_plain = one.fact.status in ("booked", *KEPT_OR_MISSED)
    status = "" if is_plain else f" ({one.fact.status})"
    if one.created is None:
        status += ", the record does not say when it was made"
    text = f"Appointment {wording.clock(one.start)}: {wording.plain(one.fact.display)}{status}"
    return Line(text, (one.fact,), urgency=BACKGROUND)


def _vaccines(vaccines: Sequence[Immunization], window: Window) -> list[Line]:
    """Vaccines that were not given, of which none of that name was given since."""
    oldest = window.end.instant - timedelta(days=_table()["vaccine_days"])
    lines = []
    for number, one in enumerate(vaccines):
        if one.status != "not-done" or one.occurred is None or one.occurred.instant < oldest:
            continue
        given = any(
            later.status == "completed" and _against(later) & _against(one)
            for later in vaccines[number + 1 :]
        )
        if not given:
            why = f" ({wording.plain(one.status_reason)})" if one.status_reason else ""
            name = wording.plain(one.fact.display)
            text = f"Vaccine not given: {name}, {wording.clock(one.occurred)}{why}"
            lines.append(Line(text, (one.fact,), urgency=BACKGROUND))
    return lines


def _against(one: Immunization) -> frozenset[str]:
    return words(one.fact.display) - frozenset(_table()["generic_vaccine"])


def _goals(aims: Sequence[Goal]) -> list[Line]:
    """Open goals that are not reached, with what the record says of them and by when."""
    lines = []
    for one in reversed(aims):
        if (
            one.fact.status not in _table()["goal_open"]
            or one.achievement in _table()["goal_reached"]
        ):
            continue
        due = [target.due for target in one.targets if target.due is not None]
        by = f", due {wording.clock(due[0])}" if due else ""
        said = f" ({one.achievement})" if one.achievement else ""
        text = f"Goal: {wording.plain(one.fact.display)}{said}{by}"
        lines.append(Line(text, (one.fact,), urgency=BACKGROUND))
    return lines[: _table()["goals"]]


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
