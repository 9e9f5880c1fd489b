"""Where the patient is: admissions, transfers and discharges of the window, for the first lines.

An end that lies after the as-of is not known yet and is not told. Without any event the current
stay, or else the last visit, stands ready to fill a quiet summary.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.briefing import wording
from pipelines.briefing.line import Line
from pipelines.briefing.window import Window
from pipelines.charts import encounters
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter

EVENT, BACKGROUND = 1, 9
ADMITTED = "Admitted to "


def stays(chart: Chart, window: Window, told: Encounter | None = None) -> tuple[Line, ...]:
    """Events of the window, the newest first; without any, one line on the latest stay or visit.

    Of the stay that the first line already tells (`told`) neither its beginning nor that it
    goes on is told again.
    """
    known = [visit for visit in encounters.encounters(chart) if visit.start is not None]
    inpatient = [visit for visit in known if visit.is_hospital or visit.is_icu]
    events: list[Line] = []
    if window.start is not None:
        for visit in reversed(inpatient):
            events += [
                line for line in _events(visit, window)
                if visit is not told or not line.text.startswith(ADMITTED)
            ]  # fmt: skip
    if told is not None and not events:
        return ()
    return tuple(events or _latest(inpatient or known, window))


def _events(visit: Encounter, window: Window) -> list[Line]:
    place = "intensive care" if visit.is_icu else "hospital"
    found = []
    if visit.end and window.holds(visit.end):
        to = None if visit.is_icu else visit.discharge_disposition
        where = f", to {wording.plain(to)}" if to else ""
        word = "Left intensive care" if visit.is_icu else "Discharged"
        found.append(_line(f"{word} {wording.clock(visit.end)}{where}", visit, EVENT))
    if window.holds(visit.start):
        found.append(_line(f"{ADMITTED}{place} {_begun(visit)}", visit, EVENT))
    return found


def _latest(visits: Sequence[Encounter], window: Window) -> list[Line]:
    if not visits:
        return []
    visit = visits[-1]
    ended = visit.end is not None and visit.end.instant <= window.end.instant
    if not (visit.is_hospital or visit.is_icu):
        text = f"Last visit: {wording.plain(visit.fact.display)}, {wording.clock(visit.start)}"
    elif ended:
        span = f"{wording.clock(visit.start)} → {wording.clock_after(visit.end, visit.start)}"
        text = f"Last stay: {span}{_why(visit)}"
    else:
        text = f"In {'intensive care' if visit.is_icu else 'hospital'} since {_begun(visit)}"
    return [_line(text, visit, BACKGROUND)]


def _begun(visit: Encounter) -> str:
    return wording.clock(visit.start) + _why(visit)


def _why(visit: Encounter) -> str:
    """How and why it began, where that is recorded."""
    details = [wording.plain(text) for text in (visit.admission_type, visit.reason) if text]
    return f" ({', '.join(details)})" if details else ""


def _line(text: str, visit: Encounter, urgency: int) -> Line:
    return Line(text, (visit.fact,), urgency=urgency)
