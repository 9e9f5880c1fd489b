"""Age in whole years at a day of the chart, by the calendar.

Days are compared as written (no time zones), so that years 2110 and later, and birthdays on
29 February (which fall on 1 March in other years), need no special care. A birth date of less
precision gives an age only where every day that it can mean gives the same one.
"""

from __future__ import annotations

EARLIEST = "0001-01-01"
LATEST = "9999-12-31"


def age_years(birth_date: str | None, day: str | None) -> int | None:
    """Completed years from a FHIR birth date to a day as written, or None: cannot be told."""
    if not birth_date or not day:
        return None
    oldest = _years(_filled(birth_date, EARLIEST), _filled(day, LATEST))
    youngest = _years(_filled(birth_date, LATEST), _filled(day, EARLIEST))
    return oldest if oldest == youngest and oldest >= 0 else None


def _filled(written: str, rest: str) -> str:
    """A date of FHIR's three precisions (`2001`, `2001-03`, `2001-03-09`) made a whole day."""
    return written[:10] + rest[len(written[:10]) :]


def _years(birth: str, day: str) -> int:
    return int(day[:4]) - int(birth[:4]) - (day[5:] < birth[5:])
