"""Times as stories write them: `11-16 19:40`, `2021-03-04 08:15`, `2019-06` or `2019`.

A time without a year belongs to the story's year; all clock times carry the story's one offset.
Partial dates stay partial, because charts have them. No wall clock is read here or anywhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

CLOCK = re.compile(r"^(?:(\d{4})-)?(\d\d)-(\d\d) (\d\d):(\d\d)$")
PARTIAL = re.compile(r"^\d{4}(-\d\d(-\d\d)?)?$")


@dataclass(frozen=True, slots=True)
class Clock:
    """The story's year and its offset from UTC, for example 2026 and `-06:00`."""

    year: int
    offset: str

    def moment(self, text: str) -> datetime:
        """A clock time of the story; partial dates are refused here."""
        found = CLOCK.match(text.strip())
        if found is None:
            raise ValueError(f"not a time of the form 'MM-DD HH:MM': {text!r}")
        year, month, day, hour, minute = found.groups()
        return datetime(
            int(year or self.year), int(month), int(day), int(hour), int(minute), tzinfo=self.zone
        )

    def written(self, text: str) -> str:
        """FHIR dateTime of a story time, or the partial date itself."""
        text = text.strip()
        return text if PARTIAL.match(text) else stamp(self.moment(text))

    @property
    def zone(self) -> timezone:
        """The story's fixed offset."""
        sign = -1 if self.offset[0] == "-" else 1
        hours, minutes = self.offset[1:].split(":")
        return timezone(sign * timedelta(hours=int(hours), minutes=int(minutes)))


def stamp(moment: datetime) -> str:
    """FHIR dateTime with seconds and offset."""
    return moment.isoformat(timespec="seconds")


def label(moment: datetime) -> str:
    """The time as it stands inside resource ids: `20261116-1940`."""
    return moment.strftime("%Y%m%d-%H%M")
