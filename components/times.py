"""Times for people: as written in the chart, and their distance from the chart's as-of."""

from __future__ import annotations

from datetime import date

from pipelines.records.moments import Moment

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def birth_date(written: str | None) -> str:
    """`14-Mar-1958`; a partial date as recorded; words where there is none."""
    if not written:
        return "not recorded"
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        return written
    return f"{day.day:02d}-{MONTHS[day.month - 1]}-{day.year}"


def clock(moment: Moment | None) -> str:
    """Date and time as written, or the words that say there is none."""
    return "no date" if moment is None else moment.clock


def written_clock(written: str | None) -> str:
    """The same for a time that is only known as the record's text."""
    if not written:
        return "no date"
    return f"{written[:10]} {written[11:16]}".strip() if "T" in written else written[:10]


def ago(moment: Moment | None, as_of: Moment) -> str:
    """`6 h before`, `3 d before`: the distance from the chart's as-of, never from today."""
    if moment is None:
        return ""
    hours = (as_of.instant - moment.instant).total_seconds() / 3600
    if hours < 1:
        return "at as-of" if hours > -1 else "after as-of"
    if hours < 48:
        return f"{hours:.0f} h before"
    if hours < 24 * 60:
        return f"{hours / 24:.0f} d before"
    if hours < 24 * 730:
        return f"{hours / 24 / 30.44:.0f} mo before"
    return f"{hours / 24 / 365.25:.0f} y before"
