"""The door to a chart: who asks, for which patient, why; logged before anything is read.

An opening is logged once for each reader, patient and reason of a process, so that a page that
draws itself again does not fill the ledger; what is asked, briefed or exported is logged each
time by its own desk. It counts as logged only once its entry is committed: whoever opens the same
chart meanwhile waits for it, and an opening that could not be logged is tried again by the next.
"""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from pipelines.charts import patients
from pipelines.desk.house import House
from pipelines.errors import ChartroomError, NotFound
from pipelines.records.chart import Chart, Reader
from pipelines.records.moments import DAY_LENGTH, Moment
from pipelines.terms import dates

OFFSET_LENGTH = len("+00:00")


def system_reader() -> Reader:
    """The operating system's account, who reads until sign-in comes."""
    try:
        return Reader(getpass.getuser())
    except (KeyError, OSError):
        return Reader("unknown")


def open_chart(
    house: House, reader: Reader, patient_id: str, reason: str, as_of: str | None = None
) -> Chart:
    """The right to read one patient; NotFound when the store has no such `Patient.id`."""
    last = patients.as_of(house.charts, patient_id)
    if last is None:
        raise NotFound("There is no such patient in this home.")
    key = (reader.account, patient_id, reason)
    with house.lock:
        if key not in house.opened:
            house.ledger.append(
                reader=reader, patient=patient_id, action="open", payload={"reason": reason}
            )
            house.opened.add(key)
    moment = last if as_of is None else parse_as_of(as_of, last)
    return Chart(reader, patient_id, reason, moment, house.charts)


def open_charts(
    house: House, reader: Reader, patient_ids: Sequence[str], reason: str
) -> tuple[Chart, ...]:
    """The right to read each of these patients, each opening logged; read together where that is
    sooner. NotFound when the store lacks one of them: a list is never quietly shorter.
    """
    from pipelines.charts.many import ManyCharts, as_ofs

    ends = as_ofs(house.charts, patient_ids)
    if any(patient_id not in ends for patient_id in patient_ids):
        raise NotFound("A patient of this list is not in this home.")
    keys = {patient_id: (reader.account, patient_id, reason) for patient_id in patient_ids}
    with house.lock:
        first = [patient_id for patient_id, key in keys.items() if key not in house.opened]
        if first:
            house.ledger.append_all(
                reader=reader, patients=first, action="open", payload={"reason": reason}
            )
            house.opened.update(keys.values())
    source = ManyCharts(house.charts, ends)
    return tuple(Chart(reader, p, reason, ends[p], source) for p in patient_ids)


def parse_as_of(written: str, last: Moment) -> Moment:
    """What a reader typed for `--as-of`; a date means its end, a missing zone the chart's own."""
    text = written.strip().replace(" ", "T")
    zone = _zone(last.written)
    try:
        if "T" not in text:
            start = dates.moment(text)
            if len(text) != DAY_LENGTH:
                raise ValueError("not a day")
            end = dates.moment(f"{text}T23:59:59{zone}")
            return replace(start, instant=end.instant + timedelta(microseconds=999_999))
        return dates.moment(text if _zone(text, "") else text + zone)
    except (ValueError, OverflowError) as error:
        raise ChartroomError(
            "The as-of time must be a date (2026-11-22) or a time (2026-11-22T06:00-05:00)."
        ) from error


def _zone(written: str, default: str = "Z") -> str:
    if written.endswith("Z"):
        return "Z"
    tail = written[-OFFSET_LENGTH:]
    return tail if "T" in written and tail[0] in "+-" and tail[3] == ":" else default
