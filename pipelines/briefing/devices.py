"""Lines, drains, airways and other devices: what is in and since when, what came out.

Only a statement of use has a time: what is in is what was begun by the window's end and had not
ended then. The day is counted as wards count it, the day of insertion is day 1. A device without a
statement of use is not called in place.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipelines.briefing import wording
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.charts.devices import devices
from pipelines.records.chart import Chart
from pipelines.records.devices import Device
from pipelines.records.moments import Moment

NAME = "Lines and devices"
CHANGED, BACKGROUND = 2, 9
LISTED = 12
NOT_IN_USE = ("intended", "not-used")


def devices_in_use(chart: Chart, window: Window) -> Part:
    """The section: what came out or went in during the window, then what else is in."""
    every = devices(chart)
    uses = [one for one in every if one.form == "use" and one.fact.status not in NOT_IN_USE]
    out = [one for one in uses if window.start is not None and window.holds(one.used_end)]
    kept = [one for one in uses if one.used_end is None or not window.knows(one.used_end)]
    new = [one for one in kept if window.start is not None and window.holds(one.used)]
    old = [one for one in kept if one not in new]
    lines = [_out(one) for one in reversed(out)]
    lines += [_in(one, window, CHANGED) for one in reversed(new)]
    lines += _together(list(reversed(old))[:LISTED], window)
    return part(NAME, lines, bool(every))


def _out(one: Device) -> Line:
    since = f" (was in since {wording.clock(one.used)})" if one.used else ""
    text = f"Out {wording.clock(one.used_end)}: {_name(one)}{since}"
    return Line(text, (one.fact,), urgency=CHANGED)


def _in(one: Device, window: Window, urgency: int) -> Line:
    reason = f", for {wording.plain(one.reason)}" if one.reason else ""
    since = f", since {wording.clock(one.used)}{_day(one.used, window.end)}" if one.used else ""
    return Line(f"In: {_name(one)}{reason}{since}", (one.fact,), urgency=urgency)


def _together(old: Sequence[Device], window: Window) -> list[Line]:
    """What has been in since before the window, on one line."""
    if not old:
        return []
    lines = [_in(one, window, BACKGROUND) for one in old]
    clauses = tuple(Line(line.text.removeprefix("In: "), line.facts) for line in lines[1:])
    text = f"Still in: {lines[0].text.removeprefix('In: ')}"
    return [Line(text, lines[0].facts, urgency=BACKGROUND, clauses=clauses)]


def _name(one: Device) -> str:
    site = f", {wording.plain(one.body_site)}" if one.body_site else ""
    return f"{wording.plain(one.fact.display)}{site}"


def _day(begun: Moment, end: Moment) -> str:
    """The day of use at the window's end, by the days as written."""
    if len(begun.day) < 10 or len(end.day) < 10:
        return ""
    days = (date.fromisoformat(end.day) - date.fromisoformat(begun.day)).days + 1
    return f", day {days}" if 1 <= days <= 99 else ""
