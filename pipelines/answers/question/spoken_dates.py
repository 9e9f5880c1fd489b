"""Dates as they are said and dictated, written as the readers of time know them.

"The fifteenth of March", "december thirtieth twenty twenty", "may twenty one seventy four",
"11/10", "in dec", "the 12th and the 14th of September": in a question and the days on which the
chart has something; out the question with ISO dates. A year that is not said is the latest in
which the chart has such a day (or month); where it has none the words stay, and the readers of
time decide. A number that counts ("march 3 doses") or scores ("pain 8/10") is no date.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipelines.answers.question.word_table import WordTable

TABLE = WordTable("spoken.toml")
MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if name}
MONTHS.update({name.lower(): n for n, name in enumerate(calendar.month_abbr) if name})
MONTHS["sept"] = 9
ONES = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
        "eighty": 80, "ninety": 90}  # fmt: skip
ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth",
)  # fmt: skip
NUMBERS = {word: n for n, word in enumerate(ONES, 1)} | TENS
NTH = {word: n for n, word in enumerate(ORDINALS, 1)} | {"twentieth": 20, "thirtieth": 30}
CENTURIES = {"eighteen": 18, "nineteen": 19, "twenty": 20, "twenty one": 21, "twenty two": 22}
# Months that are words of their own need more than themselves.
ALSO_WORDS = frozenset({"may", "march", "mar", "sun"})
_NTH = "|".join(sorted(NTH, key=len, reverse=True))
_ONE_NTH = "|".join(ORDINALS[:9])
_SAID_DAY = rf"(?:(?:twenty|thirty)[- ](?:{_ONE_NTH})|{_NTH})"
_CARDINAL = rf"(?:(?:twenty|thirty)(?:[- ](?:{'|'.join(ONES[:9])}))?|{'|'.join(ONES)})"
_ONE = "|".join(ONES[:9])
_TENS = rf"(?:{'|'.join(TENS)})(?:[- ](?:{_ONE}))?"
_TWO_DIGITS = rf"(?:{_TENS}|oh[- ](?:{_ONE})|{'|'.join(ONES[9:])}|hundred)"
_SAID_YEAR = (
    rf"(?:(?:twenty[- ](?:one|two)|twenty|nineteen|eighteen)[- ]{_TWO_DIGITS}"
    rf"|two thousand(?:(?: and)? {_CARDINAL}|(?: and)? {_TENS})?)"
)
_YEAR = rf"(?:(?:1[89]|2[0-2])\d\d|{_SAID_YEAR})"
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_SAID_DAY}|{_CARDINAL})"
_FIRM_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_SAID_DAY})"
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_TO = "(?:and|to|through|until|till|thru|-)"
_END = r"(?![\w/]|[:.]\d|-\d)"


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    counted = "|".join(TABLE.words["dates"]["counted"])
    no_count = rf"(?!\s+(?:{counted})(?!\w))"
    sep = r"[\s,]+(?:of\s+)?"
    year = rf"(?:{sep}(?P<y>{_YEAR}))?{_END}"
    both = rf"(?P<d>{_FIRM_DAY})\s*{_TO}\s*(?:the )?(?P<d2>{_FIRM_DAY})"
    month = rf"\b(?P<m>{_MONTH})\.?"
    forms = {
        # "the 12th and the 14th of September 2148", "Sept 12-14"
        "two": rf"\b(?:between |from )?(?:the )?{both}\s+(?:of\s+)?(?P<m>{_MONTH})\b\.?{year}",
        "two_late": rf"\b(?:between |from )?(?P<m>{_MONTH})\.?\s+(?:the )?{both}"
        rf"(?!\s*/|\s+(?:of\s+)?(?:{_MONTH})\b){year}{no_count}",
        "day_first": rf"(?:\bthe\s+)?\b(?P<d>{_FIRM_DAY})\s+(?:day\s+)?(?P<of>of\s+)?"
        rf"(?P<m>{_MONTH})\b\.?{year}",
        "month_day_year": rf"{month}\s+(?:the\s+)?(?P<d>{_DAY}){sep}(?P<y>{_YEAR}){_END}",
        "month_year": rf"{month}{sep}(?:in\s+)?(?P<y>{_YEAR}){_END}",
        "month_day": rf"{month}\s+(?:the\s+)?(?P<d>{_DAY}){_END}{no_count}",
        "short_year": rf"{month}\s*'(?P<y2>\d\d){_END}",
        "year": r"\b(?P<lead>in|of|to|since|until|before|after|during|from|for|and|year)\s+"
        rf"(?P<y>{_SAID_YEAR}){_END}",
    }
    return {name: re.compile(form, re.IGNORECASE) for name, form in forms.items()}


_TRIED = ("two", "two_late", "day_first", "month_day_year", "month_year", "month_day", "short_year")
_CUE = re.compile(
    rf"\b(?:{_MONTH})\b|\d{{1,2}}/\d|\d(?:st|nd|rd|th)\b|\b(?:twenty|nineteen|thousand)\b|\b{_SAID_DAY}\b",
    re.IGNORECASE,
)
_SLASHED = re.compile(
    r"(?<![\d/.-])(?P<one>\d{1,2})/(?P<two>\d{1,2})(?:/(?P<y>\d{4}|\d{2}))?(?![\d/.%]|-\d)"
)
_LONE_MONTH = re.compile(
    rf"\b(?P<lead>in|during|of|for|from|since|the|last|this|her|his|their|early|mid|late|by|on|until|through)\s+(?P<m>{_MONTH})\b(?!\.?,?\s*\d)"
    rf"|\b(?P<m2>{_MONTH})\s+(?=(?:(?:hospital|icu|inpatient|clinic|ed|er|office|outpatient)\s+)?(?:admission|stay|visit|icu|hospitali[sz]ation|encounter|appointment)s?\b)"
    rf"|(?<=[,;?])\s*(?P<m3>{_MONTH})\b\.?\s*(?=[?.]?$)",
    re.IGNORECASE,
)
_LONE_DAY = re.compile(
    r"\b(?:on|of|from|for|since|after|before|until)\s+(?:the\s+)?(?P<d>\d{1,2})(?:st|nd|rd|th)\b"
    r"(?=\s*(?:$|[?.,;]|at\b|and\b|in\s+the\b|morning\b|evening\b|night\b|afternoon\b))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Known:
    """The days of a chart, and those of them that a month or a day of no year can mean."""

    days: frozenset[date]

    def of_day(self, month: int, day: int) -> date | None:
        """The latest such day."""
        return max((d for d in self.days if (d.month, d.day) == (month, day)), default=None)

    def of_month(self, month: int) -> int | None:
        """The latest year with something in that month."""
        return max((d.year for d in self.days if d.month == month), default=None)

    def has_month(self, year: int, month: int) -> bool:
        """Whether anything is of that month."""
        return any((d.year, d.month) == (year, month) for d in self.days)

    def of_short(self, year: int) -> int | None:
        """The one year of the chart that ends in two digits, or None."""
        found = {d.year for d in self.days if d.year % 100 == year}
        return found.pop() if len(found) == 1 else None


def says_a_date(question: str) -> bool:
    """Whether any word may be of a date; else the days of the chart need not be read."""
    return _CUE.search(question) is not None


def with_dates(question: str, days: frozenset[date]) -> str:
    """The question with its dates as ISO dates."""
    known, text = Known(days), question
    text = _SLASHED.sub(lambda m: _slashed(m, known, text), text)
    for name in _TRIED:
        text = _patterns()[name].sub(lambda m, name=name: _named(m, known, name), text)  # type: ignore[misc]
    text = _patterns()["year"].sub(lambda m: f"{m['lead']} {year_said(m['y'])}", text)
    text = _LONE_MONTH.sub(lambda m: _month(m, known), text)
    text = _LONE_DAY.sub(lambda m: _day(m, known), text)
    return re.sub(r"(?<=\d)\s*,?\s+inclusive(?:ly)?\b", "", text)


def year_said(written: str) -> int:
    """A year in digits or in words."""
    low = re.sub(r"[\s-]+", " ", written.lower()).strip()
    if low.isdigit():
        return int(low)
    if low.startswith("two thousand"):
        rest = low.removeprefix("two thousand").removeprefix(" and").strip()
        return 2000 + (_number(rest) if rest else 0)
    for said in ("twenty one", "twenty two", "twenty", "nineteen", "eighteen"):
        rest = low.removeprefix(said).strip()
        if low.startswith(said) and rest and not _is_ones(said, rest):
            return CENTURIES[said] * 100 + (0 if rest == "hundred" else _number(rest))
    return CENTURIES["twenty"] * 100 + _number(low.removeprefix("twenty").strip())


def _is_ones(said: str, rest: str) -> bool:
    """ "Twenty one" alone has no second half; "twenty one four" neither."""
    return said in ("twenty one", "twenty two") and rest in ONES[:9]


def _number(said: str) -> int:
    return sum(NUMBERS.get(word, 0) for word in re.split(r"[\s-]+", said) if word != "oh")


def _day_said(written: str) -> int:
    low = written.lower()
    digits = re.match(r"\d+", low)
    if digits:
        return int(digits.group())
    parts = re.split(r"[\s-]+", low)
    return sum(NTH.get(p, 0) or NUMBERS.get(p, 0) for p in parts)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= day <= calendar.monthrange(year, month)[1]


def _named(found: re.Match[str], known: Known, form: str) -> str:
    part = found.groupdict()
    month = MONTHS[part["m"].lower()]
    if not part.get("d"):
        short = part.get("y2")
        year = known.of_short(int(short)) if short else year_said(part["y"])
        return f"{year}-{month:02d}" if year else found.group()
    return _days_named(found, known, form, month)


def _days_named(found: re.Match[str], known: Known, form: str, month: int) -> str:
    part = found.groupdict()
    if form == "day_first" and not (part["of"] or part["y"] or part["d"][0].isdigit()):
        return found.group()  # "the first may be high"
    days = [_day_said(part[name]) for name in ("d", "d2") if part.get(name)]
    if any(not 1 <= day <= calendar.monthrange(2000, month)[1] for day in days):
        return found.group()
    if part.get("y"):
        year = year_said(part["y"])
    else:
        told = _unsaid_year(month, days, known)
        if told is None:
            return _year_after_all(found, month, days, known)
        year = told
    if any(not _exists(year, month, day) for day in days):
        return found.group()
    isos = [f"{year}-{month:02d}-{day:02d}" for day in days]
    return f"between {isos[0]} and {isos[1]}" if form.startswith("two") else isos[0]


def _unsaid_year(month: int, days: list[int], known: Known) -> int | None:
    """The latest year with one of these days in the chart, or with something of that month."""
    found = [d.year for day in days if (d := known.of_day(month, day)) is not None]
    if found:
        return max(found)
    return known.of_month(month) if len(days) > 1 else None


def _year_after_all(found: re.Match[str], month: int, days: list[int], known: Known) -> str:
    """ "May 26" of a chart with nothing on a 26th of May but with a May of 2026."""
    written = found["d"]
    plain = re.search(r"(?:st|nd|rd|th)$", written) is None
    year = known.of_short(days[0]) if plain and len(days) == 1 else None
    if year is not None and known.has_month(year, month):
        return f"{year}-{month:02d}"
    return found.group()


def _slashed(found: re.Match[str], known: Known, whole: str) -> str:
    scored = "|".join(TABLE.words["dates"]["scored"])
    before = whole[: found.start()].lower()
    if re.search(rf"\b(?:{scored})(?:\s+(?:of|was|is|at))?\s*$", before):
        return found.group()
    one, two, written = int(found["one"]), int(found["two"]), found["y"]
    pairs = [(m, d) for m, d in dict.fromkeys(((one, two), (two, one))) if 1 <= m <= 12]
    if written is None:
        told = [d for m, day in pairs if (d := known.of_day(m, day)) is not None]
    else:
        year = int(written) if len(written) == 4 else known.of_short(int(written))
        dates = [date(year, m, d) for m, d in pairs if year and _exists(year, m, d)]
        told = [d for d in dates if d in known.days]
        if not told and len(dates) == 1 and len(written) == 4:
            told = dates
    return told[0].isoformat() if len(told) == 1 else found.group()


def _month(found: re.Match[str], known: Known) -> str:
    written = found["m"] or found["m2"] or found["m3"]
    month = MONTHS[written.lower()]
    year = known.of_month(month)
    lead = (found["lead"] or "").lower()
    also = written.lower() in ALSO_WORDS and not (
        found["m2"] or found["m3"] or lead in ("in", "during", "since", "last", "early", "late")
    )
    if year is None or (also and lead != "the"):
        return found.group()
    if also and not re.match(
        r"\s+\w*\s*(?:admission|stay|visit|icu|hosp)", found.string[found.end() :]
    ):
        return found.group()
    return found.group().replace(written, f"{year}-{month:02d}")


def _day(found: re.Match[str], known: Known) -> str:
    """ "On the 14th" where the chart has one 14th only."""
    told = [d for d in known.days if d.day == int(found["d"])]
    if len(told) != 1:
        return found.group()
    written = re.search(r"(?:the\s+)?\d{1,2}(?:st|nd|rd|th)$", found.group(), re.IGNORECASE)
    return found.group()[: written.start()] + told[0].isoformat() if written else found.group()
