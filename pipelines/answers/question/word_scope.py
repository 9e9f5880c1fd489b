"""Records cut to the stretch of time and to the stay that a question names."""

from __future__ import annotations

from pipelines.answers.evidence.stays import chosen, in_window, since, within_stay
from pipelines.answers.question import Window
from pipelines.answers.question.scope import PlacedStay
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.plain import PlainRecord


def in_scope(
    chart: Chart,
    records: list[PlainRecord],
    window: Window | None,
    stays: tuple[PlacedStay, ...],
) -> list[PlainRecord]:
    """Those that began in the window and belong to the stay; all where neither is named."""
    if window is None and not stays:
        return records
    every = encounters(chart)
    if window is not None:
        within = since(every, window)
        records = [r for r in records if within is not None and in_window(r.begun, within)]
    # "The March stay": the month says which stay it was.
    if stays and (window is None or stays[0].stay.position != -1):
        stay = chosen(every, stays[0].stay)
        records = [r for r in records if stay is not None and within_stay(r.fact, stay, every)]
    return records
