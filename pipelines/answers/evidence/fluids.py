"""Evidence of intake and output: the amounts of a stretch of time, shift by shift.

A shift belongs to the stretch in which it begins, a day's amount to the one that ends where it
was written. For "the 24 hours before the morning" the day's own amount is taken where there is
one; else the shifts that began in those hours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipelines.answers.evidence.items import result_item
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.question import ChartQuestion, Window
from pipelines.answers.question.fluids import counted, table
from pipelines.charts.encounters import encounters
from pipelines.charts.labs import results
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact

DAY_AMOUNT = "amount of a day"
MORNING = timedelta(hours=12)
CHANGE_OF_SHIFT = timedelta(hours=4)


def fluid_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The amounts of each thing that is named; those of a day are marked as that."""
    window = since(encounters(chart), question.window) if question.window else None
    if window is None:
        return []
    filed = {one["title"]: one["filed"] for one in table()["fluid"]}
    items: list[Evidence] = []
    for title in question.names:
        items += _of(chart, title, counted(chart, filed[title]), window)
    return items


def _of(
    chart: Chart, title: str, keys: tuple[tuple[str, bool], ...], window: Window
) -> list[Evidence]:
    up_to = "hours before" in window.words and window.end is not None
    days = [f for key, of_day in keys if of_day for f in results(chart, (key,))]
    shifts = [f for key, of_day in keys if not of_day for f in results(chart, (key,))]
    if up_to and window.end is not None and window.start is not None:
        late = Window(window.end - MORNING, window.end, window.words)
        own = [f for f in days if in_window(f.when, late)]
        if own:
            return [_item(f, title, DAY_AMOUNT) for f in own[-1:]]
        moved = CHANGE_OF_SHIFT if "morning" in window.words else timedelta(0)
        end = window.end - (MORNING if moved else timedelta(0)) + moved - timedelta(seconds=1)
        window = replace(window, start=window.start + moved, end=end)
    return [
        *(_item(f, title, f.kind) for f in shifts if in_window(f.when, window)),
        *(_item(f, title, DAY_AMOUNT) for f in days if in_window(f.when, window)),
    ]


def _item(fact: Fact, title: str, kind: str) -> Evidence:
    return replace(result_item(fact), kind=kind, title=title)
