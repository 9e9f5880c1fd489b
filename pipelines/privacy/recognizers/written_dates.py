"""Written dates and the days they may mean.

One written date can mean two days (4/5 is April 5 or 5 April); each reading counts when a chart's
date is looked for. It reads figures with any separators, months in words or letters, ordinals and
compact forms; it does not read dates in other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_UNITS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = ("thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth")
_ORDINALS = (
    *_UNITS,
    *("tenth", "eleventh", "twelfth", *_TEENS, "nineteenth", "twentieth"),
    *(f"twenty-{unit}" for unit in _UNITS),
    "thirtieth",
    "thirty-first",
)
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ORDINAL = "|".join(sorted((o.replace("-", "[- ]") for o in _ORDINALS), key=len, reverse=True))
_DAY = rf"(?:\d{{1,2}}(?:\s?(?:st|nd|rd|th))?|{_ORDINAL})"
_YEAR = r"(?:'?\d{4}|'?\d{2})"
_GAP = r"[\s.,/-]{1,3}"

_FORMS = (
    re.compile(r"(?<!\d)(?P<y>\d{4})\s?[-/.]\s?(?P<m>\d{1,2})\s?[-/.]\s?(?P<d>\d{1,2})(?!\d)"),
    re.compile(
        r"(?<!\d)(?P<a>\d{1,2})\s?[-/.]\s?(?P<b>\d{1,2})\s?[-/.]\s?(?P<y>'?\d{4}|'?\d{2})(?!\d)"
    ),
    re.compile(
        rf"(?i)\b(?P<mon>{_MONTH})\b\.?[\s,-]*(?:the\s)?(?P<d>{_DAY})\b"
        rf"(?:[\s,.-]{{0,3}}(?:of\s)?(?P<y>{_YEAR})\b(?!:))?"
    ),
    re.compile(
        rf"(?i)(?<![\w])(?P<d>{_DAY})[\s-]*(?:day\s)?(?:of\s)?(?P<mon>{_MONTH})(?![a-z])\.?"
        rf"(?:[\s,./-]{{0,3}}(?P<y>{_YEAR})(?![\d:]))?"
    ),
    re.compile(
        rf"(?i)(?<!\d)(?P<y>\d{{4}}){_GAP}(?P<mon>{_MONTH})\b\.?{_GAP}(?P<d>\d{{1,2}})(?!\d)"
    ),
    re.compile(r"(?<!\d)(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<a>\d{2})(?P<b>\d{2})(?P<y>\d{4}|\d{2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})(?!\d)"),
    re.compile(r"(?<![\d./-])(?P<a>\d{1,2})/(?P<b>\d{1,2})(?![\d/]|\.\d)"),
)

Day = tuple[int | None, int, int]
"""Year (None where it is not written), month, day; a short year is its two digits, below 100."""


def written_days(text: str) -> Iterator[tuple[int, int, Day]]:
    """Every stretch that can be read as a day, with each reading; stretches may overlap."""
    for form in _FORMS:
        for match in form.finditer(text):
            for day in _days(match.groupdict()):
                yield match.start(), match.end(), day


def _days(parts: dict[str, str | None]) -> Iterator[Day]:
    year = int((parts.get("y") or "").lstrip("'") or -1)
    written_year = None if year < 0 else year
    for month, day in _months_and_days(parts):
        if 1 <= month <= 12 and 1 <= day <= 31:
            yield written_year, month, day


def _months_and_days(parts: dict[str, str | None]) -> Iterator[tuple[int, int]]:
    a, b = parts.get("a"), parts.get("b")
    if a and b:
        yield int(a), int(b)
        yield int(b), int(a)
        return
    name, month = parts.get("mon"), parts.get("m")
    number = _month_number(name) if name else int(month or 0)
    yield number, _day_number(parts.get("d") or "")


def _month_number(name: str) -> int:
    start = name[:3].lower()
    return next(number for number, month in enumerate(MONTHS, 1) if month.startswith(start))


def _day_number(written: str) -> int:
    plain = re.sub(r"(?:st|nd|rd|th)$", "", written.strip().lower())
    if plain.strip().isdigit():
        return int(plain)
    joined = re.sub(r"\s+", "-", written.strip().lower())
    return _ORDINALS.index(joined) + 1 if joined in _ORDINALS else 0
