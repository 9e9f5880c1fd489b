"""The chart summary: made from the whole record, logged, then shown or printed."""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.desk import contract
from pipelines.desk.access import open_chart
from pipelines.records.answers import Briefing

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader

TITLE, WHOLE = "Chart summary", "all"


def chart_summary(
    house: House, reader: Reader, patient_id: str, as_of: str | None = None
) -> Briefing:
    """Everything that is recorded by `as_of` (the chart's own last entry), by problem."""
    from pipelines.briefing.chart_summary.summarize import summarize

    started = time.perf_counter()
    chart = open_chart(house, reader, patient_id, "chart summary", as_of)
    made = replace(summarize(chart), seconds=time.perf_counter() - started)
    entry = house.ledger.append(
        reader=reader,
        patient=patient_id,
        action="briefing",
        payload={**contract.briefing_json(made), "log_id": None, "hours": WHOLE},
    )
    return replace(made, log_id=entry.entry_id)


def as_markdown(summary: Briefing) -> str:
    """The summary as Markdown, not redacted: for the screen and print, not for export."""
    from pipelines.briefing import render

    return render.as_markdown(summary, TITLE)


def as_html(house: House, reader: Reader, summary: Briefing) -> str:
    """The summary as one page to print, with identity and allergies; logged as "print" first.

    Not redacted. The page is given back only once its entry is committed.
    """
    from pipelines.briefing.chart_summary import print_view
    from pipelines.charts import patients

    chart = open_chart(house, reader, summary.patient, "chart summary", summary.as_of)
    page = print_view.as_html(summary, patients.banner(chart))
    house.ledger.append(
        reader=reader,
        patient=summary.patient,
        action="print",
        payload={
            "briefing_id": summary.log_id,
            "form": TITLE.lower(),
            "sha256": hashlib.sha256(page.encode()).hexdigest(),
            "narrative": False,
        },
    )
    return page
