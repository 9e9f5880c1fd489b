"""When a reader last looked at a patient's briefing, and what "since then" means.

The rule, the same for page and command line: the last look is the newest `briefing` entry of this
reader for this patient that does not belong to the visit that is going on. New is what is dated
after the moment where the chart ended for that look, and what came into the store after it with
an earlier date (`briefing.window`, `charts.arrivals`). A page's visit is one look however often
its pages are changed or reloaded, but for six hours only: in a tab that stays open overnight the
evening's briefing is an earlier look. On the command line each briefing is a look of its own,
those of `--all` too. A chart summary is no look at what is new. Whoever never looked is told so
and gets 24 hours.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipelines.records.handover import Look
from pipelines.terms import dates

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.records.ledger import LogEntry

WHOLE_CHART = "all"  # in place of hours: the entry of a chart summary
NEVER = "You have not opened a briefing of this chart before; these are its last 24 hours."
ONE_LOOK = timedelta(hours=6)
NEWEST_FIRST = (20, None)  # most looks are found among the newest entries


def last_look(house: House, reader: Reader, patient_id: str, visit: str = "") -> Look | None:
    """The reader's last look at this patient before the visit of this id; None if never."""
    now = house.ledger.clock()
    for limit in NEWEST_FIRST:
        entries = house.ledger.entries(patient=patient_id, action="briefing", limit=limit)
        for entry in reversed(entries):
            if entry.payload.get("hours") == WHOLE_CHART:
                continue
            if entry.reader == reader.account and not _is_of(entry, visit, now):
                look = _look(entry)
                if look is not None:
                    return look
        if limit is not None and len(entries) < limit:
            return None
    return None


def _is_of(entry: LogEntry, visit: str, now: datetime) -> bool:
    """Whether the entry belongs to the look that is going on."""
    if not visit or entry.payload.get("visit") != visit:
        return False
    try:
        return now - datetime.fromisoformat(entry.time) < ONE_LOOK
    except (ValueError, TypeError):
        return True


def _look(entry: LogEntry) -> Look | None:
    """The look of an entry; None for one that does not say where the chart ended."""
    file_id = entry.payload.get("newest_file")
    try:
        as_of = dates.moment(str(entry.payload.get("as_of", "")))
    except (ValueError, OverflowError):
        return None
    known = file_id if isinstance(file_id, int) else None
    return Look(entry.time, as_of, known, entry.entry_id)
