"""FHIR dates and date-times as moments: the instant to compare by and the words as written.

A partial date keeps its precision; its instant is the earliest it can mean. A time without a
zone (which FHIR forbids) is taken as UTC rather than refused. Anything else, and a day that no
calendar has, raises `ValueError`. The wall clock and the machine's zone play no part.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from pipelines.records.moments import Moment

_FHIR = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<part>\d+))?)?"
    r"(?P<zone>Z|z|[+-]\d{2}:?\d{2})?)?)?)?"
)
MICROSECOND_DIGITS = 6


@lru_cache(maxsize=50_000)
def moment(written: str) -> Moment:
    """The moment that a FHIR date, dateTime or instant means."""
    found = _FHIR.fullmatch(written.strip())
    if found is None:
        raise ValueError("not a FHIR date")
    part = found.groupdict()
    local = datetime(
        int(part["year"]),
        int(part["month"] or 1),
        int(part["day"] or 1),
        int(part["hour"] or 0),
        int(part["minute"] or 0),
        # A leap second is the next second's beginning for a clock that has none.
        min(int(part["second"] or 0), 59),
        int((part["part"] or "0")[:MICROSECOND_DIGITS].ljust(MICROSECOND_DIGITS, "0")),
        tzinfo=_zone(part["zone"]),
    )
    return Moment(local.astimezone(UTC).replace(tzinfo=None), written.strip().replace(" ", "T"))


def local_clock(at: Moment) -> datetime:
    """The clock time as written, without its zone; midnight where no time is written."""
    text = at.written.ljust(19, " ")
    padded = f"{text[:10].strip()}-01-01"[:10] if len(at.day) < len("2026-11-22") else at.day
    clock = at.written[11:19] if at.has_time else ""
    clock = clock if re.fullmatch(r"\d{2}:\d{2}:\d{2}", clock) else f"{clock[:5] or '00:00'}:00"
    return datetime.fromisoformat(f"{padded}T{clock}")


def _zone(written: str | None) -> timezone:
    if written is None or written in ("Z", "z"):
        return UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if written[0] == "-" else offset)
