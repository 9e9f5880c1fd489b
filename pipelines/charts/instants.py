"""FHIR dates and times as microseconds since 1970, UTC, to compare by.

A partial date means the earliest instant it can mean; a time without a zone is read as UTC.
What does not parse, or lies before 1850, is refused by the element's name. Only the end of a
period may lie past 2300: systems write 9999-12-31 for "no end". The text of the record is kept
elsewhere, word for word; nothing here rewrites it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pipelines.charts.refusals import EntryRefused

FIRST_YEAR = 1850
LAST_YEAR = 2300
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LAST_INSTANT = (datetime(LAST_YEAR, 1, 1, tzinfo=UTC) - EPOCH) // MICROSECOND
FORM = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)"
    r"(?:T(\d\d:\d\d(?::[0-5]\d)?)(:60)?(\.\d{1,12})?(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
REMEMBERED = 20_000
_known: dict[str, int] = {}

Stamp = tuple[int | None, str | None]
"""The instant and the text it came from; both None where the record states no time."""

UNDATED: Stamp = (None, None)


def stamp(written: str | None, element: str, *, is_end: bool = False) -> Stamp:
    """The instant of a FHIR date or time; refuses the entry by the element's name."""
    if written is None:
        return UNDATED
    found = _known.get(written)
    if found is None:
        found = _read(written, element, is_end)
        if len(_known) > REMEMBERED:
            _known.clear()
        if not is_end or found < LAST_INSTANT:  # the items of a bill share one period
            _known[written] = found
    return found, written


def _read(written: str, element: str, is_end: bool) -> int:
    parts = FORM.fullmatch(written) if isinstance(written, str) else None
    if parts is None:
        raise EntryRefused(f"{element} is not a FHIR date or time.")
    year, month, day, clock, leap, fraction, zone = parts.groups()
    if int(year) < FIRST_YEAR or (int(year) > LAST_YEAR and not is_end):
        raise EntryRefused(f"{element} lies outside the years {FIRST_YEAR} to {LAST_YEAR}.")
    text = f"{year}-{month or '01'}-{day or '01'}"
    if clock:
        # A leap second has no instant of its own here: it counts as the second before it.
        text += f"T{clock}{':59' if leap else ''}{(fraction or '')[:7]}{zone or 'Z'}"
    else:
        text += "T00:00:00Z"
    try:
        return (datetime.fromisoformat(text) - EPOCH) // MICROSECOND
    except (ValueError, OverflowError) as error:
        raise EntryRefused(f"{element} is not a FHIR date or time.") from error
