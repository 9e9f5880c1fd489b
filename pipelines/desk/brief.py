"""The pre-round briefing: made from the record, logged, then shown."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.desk import contract
from pipelines.desk.access import open_chart
from pipelines.errors import ChartroomError
from pipelines.records.answers import Briefing

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader


def brief(
    house: House, reader: Reader, patient_id: str, hours: int = 24, as_of: str | None = None
) -> Briefing:
    """What happened in the last `hours` hours before `as_of` (the chart's own last entry)."""
    from pipelines.briefing import brief as briefing

    if hours < 0:
        raise ChartroomError("The number of hours must be a whole number.")
    started = time.perf_counter()
    chart = open_chart(house, reader, patient_id, "briefing", as_of)
    made = replace(briefing.brief(chart, hours), seconds=time.perf_counter() - started)
    entry = house.ledger.append(
        reader=reader,
        patient=patient_id,
        action="briefing",
        payload={**contract.briefing_json(made), "log_id": None, "hours": hours},
    )
    return replace(made, log_id=entry.entry_id)


def as_markdown(briefing: Briefing) -> str:
    """The briefing as Markdown, not redacted: for the screen and print, not for export."""
    from pipelines.briefing import render

    return render.as_markdown(briefing)
