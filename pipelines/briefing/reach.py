"""How far back a quiet window reaches: in a clinic to the last visit, on a ward to its own start.

Twenty-four hours before a visit are empty for most outpatients; what came since they were last
seen is what the visit is about. In a hospital stay the window stands as asked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipelines.briefing.window import Window
from pipelines.charts import encounters
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter

LONGEST = timedelta(days=800)


def reach(chart: Chart, window: Window) -> Window:
    """The window, for an outpatient begun at the visit before it."""
    start = window.start
    if start is None:
        return window
    known = [one for one in encounters.encounters(chart) if one.start is not None]
    if any(_is_here(one, window) for one in known):
        return window
    before = [
        one.start
        for one in known
        if one.start is not None and start - LONGEST <= one.start.instant < start
    ]
    if not before:
        return window
    return replace(window, start=before[-1].instant, start_written=before[-1].written)


def _is_here(one: Encounter, window: Window) -> bool:
    """Whether this is a hospital stay that the window touches."""
    if not (one.is_hospital or one.is_icu) or window.start is None or one.start is None:
        return False
    if one.start.instant > window.end.instant:
        return False
    return one.end is None or one.end.instant >= window.start
