"""The pre-round briefing and the chart summary: made from the record, logged, then shown.

Both are lines under sections, and both go this one way. A page gets the lines at once, and a job
for the narrative of a model, which is logged by itself before it is shown; the command line waits
for both and logs them as one. Whatever a model does, the lines stand.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pipelines.desk import contract
from pipelines.desk.access import open_chart
from pipelines.desk.last_look import NEVER, WHOLE_CHART, last_look
from pipelines.desk.narrative_job import NarrativeJob, Waiting
from pipelines.errors import ChartroomError
from pipelines.records.answers import Briefing, Narrative

if TYPE_CHECKING:
    from pipelines.briefing.brief import Made
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader

FALLBACK_HOURS = 24


@dataclass(frozen=True, slots=True)
class BriefRequest:
    """Which window, and who writes over it.

    Without hours (None) it is the whole chart, told by problem: the chart summary. With
    `since_last` the window begins at the reader's last look before `visit` (a page's; empty on the
    command line) and `hours` do not count. `engine` is auto, embedded or ollama.
    """

    hours: int | None = FALLBACK_HOURS
    as_of: str | None = None
    since_last: bool = False
    visit: str = ""
    engine: str = "embedded"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request with who asks for it, and since when."""

    house: House
    reader: Reader
    request: BriefRequest
    started: float


@dataclass(frozen=True, slots=True)
class OpenBriefing:
    """A briefing that is logged, and the narrative that a model writes over it meanwhile."""

    briefing: Briefing
    job: NarrativeJob

    @property
    def whole(self) -> Briefing:
        """The briefing with its narrative, as far as that is there and logged."""
        return replace(self.briefing, narrative=self.job.narrative)


def brief(
    house: House,
    reader: Reader,
    patient_id: str,
    hours: int | None = FALLBACK_HOURS,
    as_of: str | None = None,
) -> Briefing:
    """What happened in the last `hours` hours before `as_of` (the chart's own last entry).

    Without hours, the chart summary. No model is asked.
    """
    return brief_as(house, reader, patient_id, BriefRequest(hours, as_of))


def brief_as(house: House, reader: Reader, patient_id: str, request: BriefRequest) -> Briefing:
    """The briefing with its narrative, once both are there and logged as one entry."""
    from pipelines.briefing.narrative import narrative

    asked = _Asked(house, reader, request, time.perf_counter())
    made, notice, since = _made(asked, patient_id)
    told = narrative(made, request.engine, house.settings)
    briefing = replace(made.briefing, notice=notice, since=since, narrative=told)
    if told is not None and told.statements:
        briefing = replace(briefing, engine="ollama")
    return _logged(asked, briefing)


def open_briefing(
    house: House, reader: Reader, patient_id: str, request: BriefRequest
) -> OpenBriefing:
    """The lines, logged, at once; the narrative is begun on a worker thread."""
    asked = _Asked(house, reader, request, time.perf_counter())
    made, notice, since = _made(asked, patient_id)
    briefing = replace(made.briefing, notice=notice, since=since)
    briefing, waiting = _logged(asked, briefing), Waiting()
    work = partial(_narrated, asked, made, briefing.log_id, waiting)
    # One after another of the same chart and kind; those of other charts are not waited for.
    line = (reader.account, patient_id, request.hours is None)
    future = house.narrating.submit(line, work, waiting.stop)
    return OpenBriefing(briefing, NarrativeJob(future, waiting))


def _made(asked: _Asked, patient_id: str) -> tuple[Made, str | None, str | None]:
    """The judged lines, the notice of a window that could not be had, and when it begins."""
    from pipelines.briefing import brief as briefing
    from pipelines.briefing.chart_summary import summarize
    from pipelines.briefing.window import window_of, window_since

    house, reader, request = asked.house, asked.reader, asked.request
    if request.hours is None:
        chart = open_chart(house, reader, patient_id, "chart summary", request.as_of)
        return summarize.made(chart), None, None
    if request.hours < 0:
        raise ChartroomError("The number of hours must be a whole number.")
    chart = open_chart(house, reader, patient_id, "briefing", request.as_of)
    if not request.since_last:
        return briefing.made(chart, window_of(chart, request.hours)), None, None
    look = last_look(house, reader, patient_id, request.visit)
    if look is None:
        return briefing.made(chart, window_of(chart, FALLBACK_HOURS)), NEVER, None
    return briefing.made(chart, window_since(chart, look)), None, look.at


def _logged(asked: _Asked, briefing: Briefing) -> Briefing:
    """The briefing with the id of its entry, which is on disk when this returns."""
    from pipelines.charts.arrivals import newest_file

    request = asked.request
    briefing = replace(briefing, seconds=time.perf_counter() - asked.started)
    entry = asked.house.ledger.append(
        reader=asked.reader,
        patient=briefing.patient,
        action="briefing",
        payload={
            **contract.briefing_json(briefing),
            "log_id": None,
            "hours": None if briefing.since else _hours(request),
            "visit": request.visit or None,
            "newest_file": newest_file(asked.house.charts),
            "fault": briefing.narrative.fault if briefing.narrative else None,
        },
    )
    return replace(briefing, log_id=entry.entry_id)


def _hours(request: BriefRequest) -> int | str:
    return WHOLE_CHART if request.hours is None else request.hours


def _narrated(asked: _Asked, made: Made, briefing_id: str, waiting: Waiting) -> Narrative | None:
    """Let a model tell the lines, log what came of it, then hand it on."""
    from pipelines.briefing.narrative import narrative

    told = narrative(made, asked.request.engine, asked.house.settings, waiting)
    if told is not None:
        said = contract.narrative_json(told)
        asked.house.ledger.append(
            reader=asked.reader,
            patient=made.briefing.patient,
            action="narrative",
            payload={"briefing_id": briefing_id, **said, "fault": told.fault},
        )
    return told


def as_markdown(briefing: Briefing, form: str | None = None) -> str:
    """The briefing as Markdown, in the order of a form; not redacted, so not for export.

    The form `summary` is that of the chart summary.
    """
    from pipelines.briefing import forms, render

    if form is None:
        return render.as_markdown(briefing)
    if form == forms.SUMMARY:
        return render.as_markdown(briefing, forms.SUMMARY_TITLE)
    return render.form_as_markdown(briefing, forms.fill(briefing, form))
