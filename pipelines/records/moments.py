"""Time as a chart has it: the instant to compare by, and the words the record used.

A day is the day as written, never converted to another zone: a result of 23:30-05:00 belongs
to that evening wherever the reader sits. Partial dates (`2021`, `2021-03`) keep their
precision; their instant is the earliest one they can mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

DAY_LENGTH = len("2026-11-22")


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """An instant (`instant`, naive UTC) and the FHIR text it came from (`written`)."""

    instant: datetime
    written: str

    @property
    def day(self) -> str:
        """The day as written, `YYYY-MM-DD`, or less where the record says less."""
        return self.written[:DAY_LENGTH]

    @property
    def has_time(self) -> bool:
        """Whether the record states a time of day, not a date alone."""
        return "T" in self.written

    @property
    def clock(self) -> str:
        """`YYYY-MM-DD HH:MM` as written, or the date alone."""
        return f"{self.day} {self.written[11:16]}" if self.has_time else self.day

    @property
    def stamp(self) -> str:
        """`YYYY-MM-DD HH:MM:SS` as written (the contract's form of a time in `values`)."""
        if not self.has_time:
            return self.day
        seconds = self.written[11:19] if len(self.written) >= 19 else f"{self.written[11:16]}:00"
        return f"{self.day} {seconds}"
