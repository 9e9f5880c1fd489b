"""Which stay, and which moment of a stay, a question means, looked up in the chart.

"The October 2137 admission", "the second of his two July ICU stays", "the stay that began on
2147-12-30", "the admission he died on" become the stay by its place in time ("the second hospital
stay"); "the day he was admitted", "before he left the unit", "the morning he went home", "on the
day of surgery" become that day or moment. Where no stay, or more than one, fits the words nothing
is changed: to take one of them would be a guess. Without a date the last stay is meant, as
everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.answers.evidence.stays import pool
from pipelines.answers.question.scope import position_of, position_pattern
from pipelines.answers.question.window import span
from pipelines.answers.question.word_table import WordTable
from pipelines.charts.encounters import encounters
from pipelines.charts.kept import kept
from pipelines.charts.patients import patient
from pipelines.charts.procedures import procedures
from pipelines.records.chart import Chart
from pipelines.records.facts import Encounter
from pipelines.terms.dates import local_clock

TABLE = WordTable("spoken_stays.toml")
_ISO = r"\d{4}-\d{2}(?:-\d{2})?"
NAMED = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")
FROM_END = ("last", "second to last", "third to last")
_LEAD = re.compile(r"(?:in|during|over|throughout|on|for|of|from|at|to|linked to)\b")
FORMS = ("of_several", "began", "dated", "dated_late", "only", "fatal")
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay on the chart's own clock, with its place among those of its kind."""

    kind: str
    place: int
    of: int
    start: datetime
    end: datetime | None
    fatal: bool
    said: str = ""

    def words(self) -> str:
        """The stay as the readers know it."""
        behind = self.of - self.place
        place = f"{self.place}th"
        if self.place <= len(NAMED):
            place = NAMED[self.place - 1]
        elif behind < len(FROM_END):
            place = FROM_END[behind]
        return f"the {place} {self.kind} stay"

    def touches(self, stretch: tuple[datetime, datetime]) -> bool:
        """Whether any of the stay lies in a stretch of time."""
        return self.start <= stretch[1] and (self.end is None or self.end >= stretch[0])


def with_stays(text: str, chart: Chart) -> Iterator[str]:
    """The question with its stay or its moment in words that the readers know, best first."""
    low = text.lower()
    if not _may_name_one(low):
        return
    named = _stay_named(low, chart, FORMS)
    moment = _moments(low, chart)
    if moment is not None:
        yield _stay_named(moment, chart, FORMS) or moment
    if named is not None:
        yield named


def with_stay_at_once(text: str, chart: Chart) -> str:
    """The question with the stay that its date names, which "the stay" alone would not mean."""
    low = text.lower()
    told = _stay_named(low, chart, FORMS[:4]) if _may_name_one(low) else None
    return told or text


def _may_name_one(low: str) -> bool:
    if TABLE.written("cue", "pattern").search(low) is None:
        return False
    return TABLE.written("not", "identifier").search(low) is None


@kept
def stays_of(chart: Chart) -> tuple[Stay, ...]:
    """Every stay in hospital and in intensive care, in time order."""
    every = encounters(chart)
    found: list[Stay] = []
    for kind in ("hospital", "icu"):
        of_kind = pool(every, kind)
        found += [
            Stay(kind, n, len(of_kind), *_clocks(one), _is_fatal(one), _said_of(one))
            for n, one in enumerate(of_kind, 1)
        ]
    return tuple(found)


def _clocks(one: Encounter) -> tuple[datetime, datetime | None]:
    assert one.start is not None  # noqa: S101 - `pool` holds only those that began
    return local_clock(one.start), local_clock(one.end) if one.end else None


def _is_fatal(one: Encounter) -> bool:
    return (
        re.search(r"\b(?:died|dead|expired|death)\b", (one.discharge_disposition or "").lower())
        is not None
    )


def _said_of(one: Encounter) -> str:
    """All that the record says of what kind of stay it was and why."""
    said = (one.type_display, one.class_display, one.reason, one.service_type, one.location,
            one.service_provider, *one.types)  # fmt: skip
    return " ".join(s for s in said if s).lower()


@kept
def died_on(chart: Chart) -> str | None:
    """The day or moment of death as written, or None."""
    written = patient(chart).deceased
    return written if written and re.match(r"\d{4}-\d{2}-\d{2}", written) else None


@kept
def days_of_procedures(chart: Chart) -> tuple[datetime, ...]:
    """The days on which procedures were done."""
    done = [p for p in procedures(chart) if p.performed and p.status != "not-done"]
    return tuple(sorted({local_clock(p.performed) for p in done if p.performed}))


def _stretch(text: str) -> tuple[datetime, datetime] | None:
    """The one date that a text names, as a stretch; None for none or several."""
    found = re.findall(rf"(?<![\d-]){_ISO}(?![\d-])|(?<![\w-])(?:1[89]|2[0-2])\d\d(?![\w-])", text)
    return span(found[0]) if len(set(found)) == 1 else None


# --- which stay ---------------------------------------------------------------------------------


def _stay_named(low: str, chart: Chart, forms: tuple[str, ...]) -> str | None:
    """The question with the stay that its words and date name, or None."""
    for name in forms:
        found = TABLE.written("stay", name).search(low)
        if found is None:
            continue
        stay = _chosen(found, chart, fatal=name == "fatal")
        if stay is not None:
            within = "during " if _LEAD.match(found.group()) else ""
            told = f"{low[: found.start()]} {within}{stay.words()} {low[found.end() :]}"
            return re.sub(r"\s+", " ", told).strip()
    return None


def _chosen(found: re.Match[str], chart: Chart, *, fatal: bool) -> Stay | None:
    part = found.groupdict()
    kind = "icu" if re.search(TABLE.words["words"]["icu"], found.group()) else "hospital"
    fitting = [s for s in stays_of(chart) if s.kind == kind]
    if fatal:
        ended = [s for s in fitting if s.fatal] or fitting[-1:]
        return ended[-1] if died_on(chart) is not None and len(ended) == 1 else None
    stretch = _stretch(part.get("when") or "") if part.get("when") else None
    if part.get("when") and stretch is None:
        return None
    if part.get("edge") and stretch is not None:
        fitting = [s for s in fitting if stretch[0] <= s.start <= stretch[1]]
    elif stretch is not None:
        fitting = [s for s in fitting if s.touches(stretch)]
        began = [s for s in fitting if stretch[0] <= s.start <= stretch[1]]
        alone = len(began) == 1 and not part.get("which") and not part.get("count")
        fitting = began if alone else fitting
    if part.get("said"):
        fitting = [s for s in fitting if part["said"][:5] in s.said]
    which = part.get("which")
    number = position_of(which) if which and position_pattern().fullmatch(which) else None
    said = part.get("count")
    if said and len(fitting) != TABLE.words["counts"].get(said, 0):
        return None  # "of his two" of three: which ones are meant is not known
    if number is not None:
        index = number - 1 if number > 0 else number
        return fitting[index] if -len(fitting) <= index < len(fitting) else None
    return fitting[0] if len(fitting) == 1 else None


# --- which moment -------------------------------------------------------------------------------


def _moments(low: str, chart: Chart) -> str | None:
    """The question with moments of a stay as dates; the date that chose the stay is taken out."""
    text = low
    stretch = _stretch(low)
    for form in ("day", "side"):
        for found in reversed(tuple(TABLE.written("moment", form).finditer(text))):
            told = _moment(found, chart, stretch, form)
            if told is None:
                continue
            rest = (
                _without_date(text[found.end() :]) if stretch is not None else text[found.end() :]
            )
            text = f"{text[: found.start()]}{told}{rest}"
    text = re.sub(r"\s+", " ", text).strip()
    return text if text != low else None


def _without_date(rest: str) -> str:
    """The words behind a moment without the date that only says once more when it was."""
    return re.sub(rf"^[\s,]*(?:(?:in|on|of|that is|which is)\s+)?{_ISO}(?![\d:-])", "", rest)


def _moment(
    found: re.Match[str], chart: Chart, stretch: tuple[datetime, datetime] | None, form: str
) -> str | None:
    event = next((e for e in TABLE.words["events"] if found.groupdict().get(e)), None)
    if event is None:
        return None
    if event == "death":
        return _at_death(found, chart, form)
    at = _time_of(event, chart, stretch)
    if at is None:
        return None
    if form == "side":
        last = "last " if found["just"] and found["side"] in ("before", "prior to") else ""
        return f"{last}{found['side']} {at:%Y-%m-%dT%H:%M}"
    part = found["part"]
    return f"on {at:%Y-%m-%d}" if part in ("day", "date") else f"the {part} of {at:%Y-%m-%d}"


def _at_death(found: re.Match[str], chart: Chart, form: str) -> str | None:
    died = died_on(chart)
    if died is None:
        return None
    if form == "day":
        return f"on {died[:10]}"
    # All that a chart holds of somebody who died was before it.
    return "" if found["side"] in ("before", "until", "prior to") else None


def _time_of(
    event: str, chart: Chart, stretch: tuple[datetime, datetime] | None
) -> datetime | None:
    if event == "operation":
        if stretch is not None and stretch[1] - stretch[0] < A_DAY:
            return stretch[0]  # the day is said
        days = [
            d for d in days_of_procedures(chart) if not stretch or stretch[0] <= d <= stretch[1]
        ]
        same = {d.date() for d in days}
        return days[0] if len(same) == 1 else None
    kind, side = TABLE.words["events"][event]
    moments = [s.start if side == "start" else s.end for s in stays_of(chart) if s.kind == kind]
    known = [m for m in moments if m is not None]
    if stretch is not None:
        known = [m for m in known if stretch[0] <= m <= stretch[1]] or _around(
            kind, side, chart, stretch
        )
        return known[0] if len(known) == 1 else None
    return known[-1] if known else None


def _around(
    kind: str, side: str, chart: Chart, stretch: tuple[datetime, datetime]
) -> list[datetime]:
    """The edge of the one stay that a date lies in."""
    fitting = [s for s in stays_of(chart) if s.kind == kind and s.touches(stretch)]
    return [m for s in fitting if (m := s.start if side == "start" else s.end) is not None]
