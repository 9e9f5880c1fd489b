"""Stretches of time that a question names, on the chart's own clock.

"Now", "today" and "the last 24 hours" count from the chart's as-of, never from the wall clock.
A day is the day as written in the record. A month or a day without a year (`in May`, `on 11-22`)
is the latest one that has begun by the as-of, and the window says its year. Two-digit years and
`3/4/2021` (which can be March or April) are not guessed: the question is then declined by whoever
sees `AmbiguousDate`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from pipelines.answers.question import Window
from pipelines.answers.question.days import AmbiguousDate, spoken_day
from pipelines.answers.question.text import QuestionText
from pipelines.records.moments import Moment
from pipelines.terms.dates import local_clock

MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
MONTHS.update({name.lower(): n for n, name in enumerate(calendar.month_abbr) if name})
MONTHS["sept"] = 9
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DATE = (
    r"(?:\d{4}-\d{2}-\d{2}(?:(?:[t ]|\s+at\s+)\d{2}:\d{2}(?::\d{2})?)?"
    rf"|(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\.?,?\s+\d{{4}}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}"
    rf"|\d{{4}}-\d{{2}}|(?:{_MONTH})\.?,?\s+(?:of\s+)?\d{{4}}|(?:1[89]|2[0-2])\d{{2}})"
)
_YEARLESS = (
    rf"(?:\d{{2}}-\d{{2}}|(?:{_MONTH})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})|(?:{_MONTH}))\b(?!\.?,?\s+(?:of\s+)?\d{{4}})"
)
_NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "ten": 10,
    "twelve": 12,
    "a": 1,
    "": 1,
}
_UNITS = {
    "h": "hours",
    "hr": "hours",
    "hrs": "hours",
    "hour": "hours",
    "hours": "hours",
    "day": "days",
    "days": "days",
    "d": "days",
    "week": "weeks",
    "weeks": "weeks",
}
_Reader = Callable[[re.Match[str], datetime], Window]
_LONG = {"month": 1, "months": 1, "mo": 1, "year": 12, "years": 12, "yr": 12, "yrs": 12}
_UNIT = "|".join(sorted((*_UNITS, *_LONG), key=len, reverse=True))

_BETWEEN = re.compile(
    rf"\b(?:between|from)\s+(?P<a>{_DATE})\s+(?:and|to|until|through|till)\s+(?P<b>{_DATE})(?![\d-])"
)
_SIDE = re.compile(
    rf"\b(?P<side>since|after|before|until|prior to|up to|as of|starting)\s+(?P<a>{_DATE})(?![\d-])"
)
_ON = re.compile(
    rf"\b(?:(?:on|in|during|at|of|for|from)\s+(?:the\s+)?(?:day\s+of\s+|month\s+of\s+|year\s+)?)?(?P<a>{_DATE})(?![\d-])"
)
# "The last HR" is a heart rate: a short unit needs its number.
_WHOLE_UNIT = "hours?|days?|weeks?|months?|years?"
# "The 24 hours before the morning of 11-22", and a part of a day.
_PART = r"(?P<part>morning|afternoon|evening|night)"
_BEFORE_PART = re.compile(
    rf"\b(?:(?:in|over|during|for|within)\s+)?(?:the\s+)?(?P<n>\d{{1,3}})\s*(?:h|hrs?|hours?)\s+"
    rf"(?:before|until|up\s+to|prior\s+to|ending)\s+(?:on\s+)?(?:the\s+)?(?:{_PART}\s+of\s+)?"
    rf"(?P<a>{_DATE}|{_YEARLESS})(?![\d-])"
)
_PART_OF = re.compile(
    rf"\b(?:(?:on|in|during|of)\s+)?(?:the\s+)?{_PART}\s+of\s+(?:the\s+)?(?P<a>{_DATE}|{_YEARLESS})(?![\d-])"
)
_PARTS = {"morning": (0, 12), "afternoon": (12, 18), "evening": (17, 24), "night": (19, 31)}
_PAST = re.compile(
    r"\b(?:in|over|during|within|for)?\s*(?:the\s+|their\s+)?(?:last|past|previous|preceding|recent)\s+"
    r"(?:(?P<n>\d+|one|two|three|four|five|six|seven|ten|twelve)\s*-?\s*"
    rf"(?P<unit>{_UNIT})|(?P<alone>{_WHOLE_UNIT}))\b"
)
_SINCE_ADMISSION = re.compile(
    r"\b(?:since|after)\s+(?:the\s+|their\s+|his\s+|her\s+|this\s+)?(?P<what>(?:icu\s+|hospital\s+)?admission|being\s+admitted|admitted|(?:icu\s+|hospital\s+)?arrival|they\s+were\s+admitted|they\s+came\s+in)\b"
    rf"(?:\s+(?:on|in|of)\s+(?:the\s+)?(?P<a>{_DATE}|{_YEARLESS}|\d{{1,2}}/\d{{1,2}}(?![/\d])))?"
)
_NAMED = re.compile(r"\b(?P<day>today|yesterday|overnight|last\s+night|this\s+morning|tonight)\b")
_CALENDAR = re.compile(r"\b(?:in\s+|during\s+)?(?P<which>this|last)\s+(?P<unit>month|year|week)\b")


def take_window(text: QuestionText, as_of: Moment) -> Window | None:
    """The stretch of time that the question names, taken out of the text, or None."""
    now = local_clock(as_of)
    named = _named_stretch(text, now, _DATED)
    return named or _spoken(text, now) or _named_stretch(text, now, _NAMED_DAYS)


def _named_stretch(
    text: QuestionText, now: datetime, readers: tuple[tuple[re.Pattern[str], _Reader], ...]
) -> Window | None:
    for pattern, read in readers:
        found = text.find(pattern)
        if found is None:
            continue
        window = read(found, now)
        text.blank(found.start(), found.end())
        return window
    return None


def _spoken(text: QuestionText, now: datetime) -> Window | None:
    """A day without a year, a weekday, a part of a day; "May" of a month keeps its visit word."""
    told = spoken_day(text.text, now)
    if told is None:
        return None
    found, window = told
    text.blank(found.start(), found.end())
    return window


def _between(found: re.Match[str], _now: datetime) -> Window:
    start, _ = span(found["a"])
    _, end = span(found["b"])
    return Window(start, end, f"{found['a']} to {found['b']}")


def _since_admission(found: re.Match[str], now: datetime) -> Window:
    kind = "icu" if "icu" in found["what"] else "hospital"
    said = " ".join(found.group().split())
    if found["a"] is None:
        return Window(None, None, said, since=kind)
    # The day or month of the admission that is meant.
    start, end = _placed(re.sub(r"^(\d+)/(\d+)$", _dashed, found["a"]), now)
    return Window(start, end, said, since=kind)


def _dashed(found: re.Match[str]) -> str:
    return f"{int(found[1]):02}-{int(found[2]):02}"


def _hours_before(found: re.Match[str], now: datetime) -> Window:
    """So many hours up to a moment; a morning's own count is written in it, so its end counts."""
    start, end = _placed(found["a"], now)
    if found["part"] is not None:
        start, end = _part(start, found["part"])
    else:
        end = start
    hours = int(found["n"])
    said = f"{hours} hours before {found['part'] or ''} {start:%Y-%m-%d %H:%M}"
    return Window(start - timedelta(hours=hours), end, " ".join(said.split()))


def _part_of(found: re.Match[str], now: datetime) -> Window:
    start, end = _part(_placed(found["a"], now)[0], found["part"])
    return Window(start, end, f"{found['part']} of {start:%Y-%m-%d}")


def _part(day: datetime, part: str) -> tuple[datetime, datetime]:
    begin, end = _PARTS[part]
    midnight = day.replace(hour=0, minute=0, second=0)
    return midnight + timedelta(hours=begin), midnight + timedelta(hours=end)


def _placed(written: str, now: datetime) -> tuple[datetime, datetime]:
    """First and last second of a date; without a year, of the latest one begun by now."""
    text = " ".join(written.split())
    if re.fullmatch(_DATE, text):
        return span(text)
    for year in (now.year, now.year - 1):
        start, end = span(
            f"{year}-{text}" if text[:2].isdigit() and "-" in text else f"{text} {year}"
        )
        if start <= now:
            return start, end
    return start, end


def _side(found: re.Match[str], now: datetime) -> Window:
    start, end = _placed(found["a"], now)
    said = f"{found['side']} {found['a']}"
    if found["side"] in ("since", "starting"):
        return Window(start, None, said)
    if found["side"] == "after":
        return Window(end + timedelta(seconds=1), None, said)
    if found["side"] in ("before", "prior to"):
        return Window(None, start - timedelta(seconds=1), said)
    return Window(None, end, said)


def _on(found: re.Match[str], now: datetime) -> Window:
    start, end = _placed(found["a"], now)
    told = found["a"] if re.search(r"\d{4}", found["a"]) else f"{found['a']} {start.year}"
    return Window(start, end, told)


def _past(found: re.Match[str], now: datetime) -> Window:
    part = found.groupdict()
    unit = part.get("alone") or part["unit"]
    written = part.get("n") or ""
    count = int(written) if written.isdigit() else _NUMBERS[written]
    said = " ".join(found.group().split())
    if part.get("which") == "this":
        start = now.replace(day=1) if unit == "month" else now.replace(month=1, day=1)
        start = now - timedelta(days=now.weekday()) if unit == "week" else start
        return Window(start.replace(hour=0, minute=0, second=0), now, said)
    if unit in _LONG:
        return Window(_months_before(now, count * _LONG[unit]), now, said)
    return Window(now - timedelta(**{_UNITS[unit]: count}), now, said)


def _named(found: re.Match[str], now: datetime) -> Window:
    said = " ".join(found["day"].split())
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if said == "yesterday":
        return Window(midnight - timedelta(days=1), midnight - timedelta(seconds=1), said)
    if said in ("overnight", "last night"):
        return Window(midnight - timedelta(hours=5), midnight + timedelta(hours=7), said)
    return Window(midnight, now, said)


def span(written: str) -> tuple[datetime, datetime]:
    """First and last second that a date as written can mean."""
    text = re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", written.replace(",", " ").replace(" of ", " "))
    text = re.sub(r"\s+at\s+", " ", text)
    if re.match(r"\d{4}-\d{2}-\d{2}[t ]", text):
        start = datetime.fromisoformat(text.replace("t", "T"))
        return start, start + timedelta(seconds=59 if text.count(":") == 1 else 0)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _day(*map(int, text.split("-")))
    if re.fullmatch(r"\d{4}(?:-\d{2})?", text):
        year, _, month = text.partition("-")
        return _month(int(year), int(month)) if month else _year(int(year))
    slashed = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text)
    if slashed:
        return _slashed(int(slashed[1]), int(slashed[2]), int(slashed[3]))
    parts = text.replace(".", " ").split()
    named = next(MONTHS[p] for p in parts if p in MONTHS)
    numbers = [int(p) for p in parts if p.isdigit()]
    if len(numbers) == 1:
        return _month(numbers[0], named)
    return _day(max(numbers), named, min(numbers))


def _slashed(first: int, second: int, year: int) -> tuple[datetime, datetime]:
    if first <= 12 and second <= 12 and first != second:
        raise AmbiguousDate("a date that can be read in two ways")
    month, day = (second, first) if first > 12 else (first, second)
    return _day(year, month, day)


def _day(year: int, month: int, day: int) -> tuple[datetime, datetime]:
    start = datetime(year, month, day)
    return start, start + timedelta(days=1, seconds=-1)


def _month(year: int, month: int) -> tuple[datetime, datetime]:
    start = datetime(year, month, 1)
    return start, start.replace(
        day=calendar.monthrange(year, month)[1], hour=23, minute=59, second=59
    )


def _year(year: int) -> tuple[datetime, datetime]:
    return datetime(year, 1, 1), datetime(year, 12, 31, 23, 59, 59)


def _months_before(now: datetime, months: int) -> datetime:
    index = now.year * 12 + now.month - 1 - months
    year, month = divmod(index, 12)
    return now.replace(
        year=year, month=month + 1, day=min(now.day, calendar.monthrange(year, month + 1)[1])
    )


_DATED: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_BEFORE_PART, _hours_before),
    (_PART_OF, _part_of),
    (_BETWEEN, _between),
    (_SINCE_ADMISSION, _since_admission),
    (_SIDE, _side),
    (_PAST, _past),
    (_CALENDAR, _past),
)
_NAMED_DAYS: tuple[tuple[re.Pattern[str], _Reader], ...] = ((_NAMED, _named), (_ON, _on))
