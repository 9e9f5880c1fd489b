"""Birth and death date of a chart in any written form, with or without the year.

A birth year alone is found too where it tells an age over 89. The day and month of a birthday count
without the year as well ("turned 70 on April 5"). Other dates of a text are the rules' work.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.privacy.hits import Hit
from pipelines.privacy.recognizers import checks
from pipelines.privacy.recognizers.written_dates import Day, written_days
from pipelines.privacy.replacements import tells_age_over_89
from pipelines.records.exports import ChartIdentifier

_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True, slots=True)
class DateFinder:
    """The days of a chart that identify, and birth years that tell an age over 89."""

    days: dict[tuple[int, int], tuple[tuple[int, str, str], ...]]
    old_years: dict[str, str]

    @classmethod
    def of(cls, identifiers: Iterable[ChartIdentifier]) -> DateFinder:
        """The finder of these dates."""
        days: dict[tuple[int, int], list[tuple[int, str, str]]] = {}
        old: dict[str, str] = {}
        for item in identifiers:
            birth = "birth" in item.path.lower()
            year = item.value[:4]
            if birth and year.isdigit() and tells_age_over_89(int(year)):
                old.setdefault(year, f"chart: {item.path}, year")
            iso = _ISO.match(item.value)
            if iso:
                kind = "BIRTH_DATE" if birth else "DATE_TIME"
                entry = (int(iso[1]), kind, f"chart: {item.path}")
                days.setdefault((int(iso[2]), int(iso[3])), []).append(entry)
        return cls({day: tuple(found) for day, found in days.items()}, old)

    def find(self, text: str) -> Iterator[Hit]:
        """Every written form of the chart's dates in a reading."""
        if self.days:
            for start, end, day in written_days(text):
                yield from self._known(start, end, day, text)
        for year, reason in self.old_years.items():
            for match in re.finditer(rf"(?<![\w.,]){year}(?![\w]|[.,]\d)", text):
                yield Hit(*match.span(), "BIRTH_DATE", reason, 1.0)

    def _known(self, start: int, end: int, day: Day, text: str) -> Iterator[Hit]:
        year, month, number = day
        for known_year, kind, reason in self.days.get((month, number), ()):
            if year is None and not _reads_as_day(text, start, end):
                continue
            if year in (None, known_year) or (
                year is not None and year < 100 and known_year % 100 == year
            ):
                yield Hit(start, end, kind, reason, 1.0)


def _reads_as_day(text: str, start: int, end: int) -> bool:
    """4/5 may be a muscle strength; a month in letters is a day."""
    if any(c.isalpha() for c in text[start:end]):
        return True
    return checks.fraction(text, start, end) is not None
