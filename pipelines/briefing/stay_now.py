"""The hospital stay that a briefing stands in: what "on arrival" and "this stay" mean in its lines.

A stay counts while it lasts and on the day it ends. Intensive care inside a hospital stay begins
no stay of its own. Outside of one there is no arrival, and nothing is called so.
"""

from __future__ import annotations

from pipelines.briefing.window import Window
from pipelines.charts import encounters
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter


def stay_now(chart: Chart, window: Window) -> Encounter | None:
    """The latest hospital stay that reaches into the window, else None."""
    return next(iter(reversed(_stays(chart, window, icu=False) or _stays(chart, window))), None)


def _stays(chart: Chart, window: Window, *, icu: bool = True) -> list[Encounter]:
    begin = window.start or window.end.instant
    return [
        visit
        for visit in encounters.encounters(chart)
        if visit.start is not None
        and (visit.is_hospital or (icu and visit.is_icu))
        and not (visit.is_icu and not icu)
        and (visit.end is None or visit.end.instant >= begin)
    ]
