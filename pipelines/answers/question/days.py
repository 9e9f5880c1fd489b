"""Days as people say them: no year, a weekday, so many days ago, a part of a day.

Every one is counted from the chart's as-of. A day without a year is the latest such day that the
chart has reached. `11-22` is month and day; `11/12` may be read in two ways: where just one of
them lies in the fortnight, or else in the ninety days, before the as-of it is meant, else neither
(`AmbiguousDate`). A month alone needs a word before it ("in May"), since May and March are words
as well. The window's `words` name the day that was understood, so that a reader sees it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from pipelines.answers.question import Window

NEAR = (timedelta(days=14), timedelta(days=90))
AROUND_HOUR = timedelta(minutes=30)
_NAMES = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
_NAMES.update({name.lower(): n for n, name in enumerate(calendar.month_abbr) if name})
_NAMES["sept"] = 9
_WEEKDAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
_WEEKDAYS.update({"tues": 1, "weds": 2, "thurs": 3})
_COUNTS = {"one": 1, "a": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_NAMED = {"day before yesterday": 2, "yesterday": 1, "today": 0}
_MONTH = "|".join(sorted(_NAMES, key=len, reverse=True))
_DAY = (
    rf"(?:(?:{_MONTH})\.?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?!\d|[:.]\d|,?\s*\d{{4}})"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{_MONTH})\b(?!,?\s*\d{{4}})"
    rf"|(?:last\s+|this\s+past\s+)?(?:{'|'.join(_WEEKDAYS)})\b"
    rf"|(?:\d{{1,3}}|{'|'.join(_COUNTS)})\s+(?:days?|weeks?)\s+ago"
    r"|(?:the\s+)?day\s+before\s+yesterday|today|yesterday)"
)
_SLASHED = r"(?<![\d/.])(?:0?[1-9]|1[0-2]|[12]\d|3[01])/(?:0?[1-9]|[12]\d|3[01])(?![\d/.%])"
_DASHED = r"(?<![\d/.-])(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\d/.%-])"
_LEAD = r"(?:(?:on|from|of|for|at|in)\s+(?:the\s+)?)?"
_PARTS = {
    "early morning": (0, 7),
    "morning": (4, 12),
    "afternoon": (12, 18),
    "evening": (17, 23),
    "night": (19, 31),
}
_PART = "|".join(_PARTS)
_TIME = r"(?P<hour>\d{1,2})(?::(?P<minute>\d{2}))?\s*(?P<half>am|pm|h)?"

_PART_OF = re.compile(
    rf"\b(?:(?:on|in|during)\s+)?(?:the\s+)?(?P<part>{_PART})\s+of\s+(?:the\s+)?(?P<day>{_DAY}|{_SLASHED}|{_DASHED})"
    rf"|\b(?P<day2>yesterday|{_DAY})\s+(?P<part2>{_PART})\b|\bthis\s+(?P<part3>afternoon|evening)\b"
)
_AT_TIME = re.compile(
    rf"\bat\s+{_TIME}\s*(?:(?:on|of)\s+)?(?P<day>{_DAY}|{_SLASHED})"
    r"|(?<!since )(?<!after )(?<!before )(?<!until )\b(?:on\s+)?"
    rf"(?P<day2>{_DAY}|{_SLASHED})\s+at\s+{_TIME.replace('P<', 'P<late_')}"
)
_SIDE = re.compile(
    r"(?<!day )\b(?P<side>since|after|before|until|prior\s+to|up\s+to|as\s+of)\s+(?:the\s+)?"
    rf"(?P<day>{_DAY}|{_SLASHED}|{_DASHED})"
)
_BETWEEN = re.compile(
    rf"\b(?:between|from)\s+(?P<day>{_DAY}|{_SLASHED})\s+(?:and|to|until|through|till)\s+(?P<day2>{_DAY}|{_SLASHED})"
)
_ONE_DAY = re.compile(rf"\b{_LEAD}(?P<day>{_DAY})")
_ONE_SLASHED = re.compile(
    rf"(?:\b(?:on|from|of|for)\s+|\b(?=\d)|^)(?P<day>{_SLASHED})(?=\s*$|\s+(?:at|and|or)\b|\s*[,;])"
    rf"|\b(?:on|of)\s+(?P<day2>{_SLASHED}|{_DASHED})"
)
_IN_MONTH = re.compile(
    rf"\b(?:in|during|from|of|since|back\s+in|last|at|on)\s+(?:the\s+|her\s+|his\s+|last\s+)?(?P<month>{_MONTH})\b"
    rf"(?!\.?\s*,?\s*\d)(?=\s*$|\s*[,;]|\s+(?:and|to|then|or)\b|\s+(?P<visit>(?:\w+\s+)?"
    rf"(?:admission|stay|hospitali[sz]ation|visit|appointment|encounter))\b)"
)


class AmbiguousDate(ValueError):
    """A date that can be read in two ways."""


def spoken_day(text: str, now: datetime) -> tuple[re.Match[str], Window] | None:
    """The first spoken stretch of time of a text with what it means, or None.

    A text that goes from one day to another is left alone: one of the two is no answer.
    """
    for pattern, read in _READERS:
        found = pattern.search(text)
        if found is not None:
            return found, read(found, now)
    return None


def _day_of(written: str, now: datetime) -> date:
    said = " ".join(written.split())
    named = next((back for name, back in _NAMED.items() if said.endswith(name)), None)
    if named is not None:
        return now.date() - timedelta(days=named)
    if said.endswith("ago"):
        count, unit, _ = said.split()
        days = _COUNTS.get(count) or int(count)
        return now.date() - timedelta(days=days * (7 if unit.startswith("week") else 1))
    if "/" in said:
        return _slashed(said, now)
    if re.fullmatch(_DASHED, said):
        month_number, day_number = said.split("-")
        return _latest(int(month_number), int(day_number), now)
    weekday = next((n for name, n in _WEEKDAYS.items() if said.endswith(name)), None)
    if weekday is not None:
        back = (now.weekday() - weekday) % 7
        return now.date() - timedelta(days=back or (7 if said.startswith(("last", "this")) else 0))
    parts = re.findall(r"[a-z]+|\d+", said)
    month = next(_NAMES[p] for p in parts if p in _NAMES)
    return _latest(month, int(next(p for p in parts if p.isdigit())), now)


def _slashed(said: str, now: datetime) -> date:
    first, second = (int(part) for part in said.split("/"))
    pairs = {(m, d) for m, d in ((first, second), (second, first)) if m <= 12}
    days = [_latest(month, day, now) for month, day in sorted(pairs)]
    if len(days) == 1:
        return days[0]
    for span in NEAR:
        near = [day for day in days if now.date() - day <= span]
        if len(near) == 1:
            return near[0]
    raise AmbiguousDate("a date that can be read in two ways")


def _latest(month: int, day: int, now: datetime) -> date:
    """The latest such day that is not after the as-of; ValueError where there is none."""
    for year in range(now.year, now.year - 5, -1):
        if day <= calendar.monthrange(year, month)[1] and date(year, month, day) <= now.date():
            return date(year, month, day)
    raise ValueError("no such day")


def _whole(day: date) -> tuple[datetime, datetime]:
    start = datetime(day.year, day.month, day.day)
    return start, start + timedelta(days=1, seconds=-1)


def _one_day(found: re.Match[str], now: datetime) -> Window:
    part = found.groupdict()
    day = _day_of(part["day"] or part["day2"], now)
    return Window(*_whole(day), day.isoformat())


def _between(found: re.Match[str], now: datetime) -> Window:
    first, last = _day_of(found["day"], now), _day_of(found["day2"], now)
    if last < first:
        raise ValueError("the days stand in no order")
    return Window(_whole(first)[0], _whole(last)[1], f"{first.isoformat()} to {last.isoformat()}")


def _side(found: re.Match[str], now: datetime) -> Window:
    day, side = _day_of(found["day"], now), " ".join(found["side"].split())
    start, end = _whole(day)
    said = f"{side} {day.isoformat()}"
    if side == "since":
        return Window(start, None, said)
    if side == "after":
        return Window(end + timedelta(seconds=1), None, said)
    if side in ("before", "prior to"):
        return Window(None, start - timedelta(seconds=1), said)
    return Window(None, end, said)


def _part_of(found: re.Match[str], now: datetime) -> Window:
    groups = found.groupdict()
    part = groups["part"] or groups["part2"] or groups["part3"]
    day = _day_of(groups["day"] or groups["day2"] or "today", now)
    first, last = _PARTS[" ".join(part.split())]
    start = _whole(day)[0]
    end = start + timedelta(hours=last, seconds=-1)
    return Window(start + timedelta(hours=first), end, f"{part} of {day.isoformat()}")


def _at_time(found: re.Match[str], now: datetime) -> Window:
    part = found.groupdict()
    early = "" if part["hour"] else "late_"
    hour, minute = int(part[f"{early}hour"]), int(part[f"{early}minute"] or 0)
    if part[f"{early}half"] in ("am", "pm"):
        hour = hour % 12 + (12 if part[f"{early}half"] == "pm" else 0)
    start = _whole(_day_of(part["day"] or part["day2"], now))[0]
    at = start + timedelta(hours=hour, minutes=minute)
    return Window(at - AROUND_HOUR, at + AROUND_HOUR, f"about {at:%Y-%m-%d %H:%M}")


def _in_month(found: re.Match[str], now: datetime) -> Window:
    month = _NAMES[found["month"]]
    year = now.year if month <= now.month else now.year - 1
    last = calendar.monthrange(year, month)[1]
    start = datetime(year, month, 1)
    end = None if found.group().startswith("since") else datetime(year, month, last, 23, 59, 59)
    return Window(start, end, f"{found['month']} {year}")


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Window]], ...] = (
    (_BETWEEN, _between),
    (_AT_TIME, _at_time),
    (_PART_OF, _part_of),
    (_SIDE, _side),
    (_ONE_DAY, _one_day),
    (_ONE_SLASHED, _one_day),
    (_IN_MONTH, _in_month),
)
