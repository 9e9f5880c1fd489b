"""A question that was not understood, in plainer words: clock times, first hours, clauses, slips.

In: the question with ISO dates and its chart. Out: the same question where a short form is written
out, a clause that only says again what a date beside it says is left out ("while on heparin
(10-30 through 11-02)"), "at two in the morning" is a moment, and "the first 24 hours" or "in the
ED" a stretch of the chart's own clock. Nothing is dropped that narrows: a part of a day in such a
clause keeps it whole, and what cannot be placed stays and is declined.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import lru_cache

from rapidfuzz.distance import OSA

from pipelines.answers.question.spoken_stays import Stay, stays_of, with_stays
from pipelines.answers.question.text import phrase_words
from pipelines.answers.question.word_table import WordTable
from pipelines.answers.question.wording import worded
from pipelines.charts.days import first_sign
from pipelines.charts.encounters import encounters
from pipelines.charts.kept import kept
from pipelines.charts.question_names import result_names, thing_names
from pipelines.records.chart import Chart
from pipelines.terms.concepts import short_names
from pipelines.terms.dates import local_clock
from pipelines.terms.spelling import is_known, nearest
from pipelines.terms.words import TOKEN

TABLE = WordTable("spoken_plainer.toml")
A_DAY = timedelta(days=1)
NOON = 12
LONGEST_HOURS = 96
NEAR = timedelta(hours=3)
_DAY = r"\d{4}-\d{2}-\d{2}"
_TIME = r"(?:[t ]\d{1,2}:\d{2})?"
_HOURS = {
    word: n
    for n, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve"), 1)
}  # fmt: skip
_NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_HOURS)})"
_PART = r"(?:in\s+the\s+)?(?P<part>morning|afternoon|evening|am|a\.m\.|pm|p\.m\.)"
_CLOCK = re.compile(
    rf"\bat\s+(?:(?P<h>{_NUMBER})(?::(?P<m>\d\d))?\s*(?:o'?clock\s+)?{_PART}"
    r"|(?P<h24>\d{1,2}):(?P<m24>\d\d)|(?P<four>[0-2]\d[0-5]\d)(?:\s*(?:hrs?|hours?|h)\b)?(?![\d-])"
    r"|(?P<word>midnight|noon))"
)
_ONE_DAY = re.compile(rf"(?:\bon\s+)?(?<![\d-])(?P<day>{_DAY})(?![\d:t-]| \d)")
# A clause with the dates that it means in parentheses behind it.
_CLAUSE = re.compile(
    r"\b(?:on the (?:very )?(?:day|date)|the day|while|whilst|when|during|throughout|as long as)\b"
    rf"(?P<said>[^(),;?]{{3,70}})\((?P<dates>(?:between |from |on )?{_DAY}{_TIME}"
    rf"(?:\s*(?:and|to|through|until|till|-)\s*{_DAY}{_TIME})?)\)"
)
_TWO = re.compile(rf"(?P<a>{_DAY}{_TIME})\s*(?:and|to|through|until|till|-)\s*(?P<b>{_DAY}{_TIME})")
_NARROWER = re.compile(
    r"\b(?:night|morning|evening|afternoon|shift|hours?|half|before|after|without|not|first|last)\b"
)
_NIGHT = re.compile(r"\bnight\b")
_LOOSE_TWO = re.compile(
    rf"(?<!between )(?<!from )(?<![\d-])(?P<a>{_DAY}{_TIME})\s+(?:through|to|until|till)\s+"
    rf"(?P<b>{_DAY}{_TIME})"
)
_FIRST_HOURS = re.compile(
    r"\b(?:(?:in|over|during|within|for|of)\s+)?(?:the\s+|his\s+|her\s+|their\s+)?first\s+"
    r"(?P<n>\d{1,2})\s+hours(?P<of>\s+(?:of|in|after|from|on)\s+(?:the\s+|his\s+|her\s+|their\s+)?"
    r"(?P<where>icu(?:\s+(?:stay|admission|course))?|icu-arrival|admission|hospital(?:\s+stay)?"
    r"|hospitali[sz]ation|stay|vitals|charting))?(?!\s+(?:of|in|after|from)\s)"
)
_IN_ED = re.compile(
    rf"\b(?:in|at|from)\s+(?:the\s+)?(?:ed|er|ew|emergency(?:\s+(?:room|department|dept))?)(?:\s+(?:on\s+)?(?P<day>{_DAY})(?![\d:t-])|(?=\s*(?:$|[?.,;])))"
)
_ARRIVAL = re.compile(r"\bicu-arrival\b")
_SAYS_WHICH = re.compile(
    r"\b(?:first|last|latest|highest|lowest|max\w*|min\w*|peak|nadir|all|mean|average|how many"
    r"|number|list|when|what time|second|since|before|until)\b"
)
_LONG_WORD = re.compile(r"(?<![\w'-])[A-Za-z]{6,}(?![\w'-])")
_WHOLE_VISIT = re.compile(
    r"\b(?:(?:in|over|during|for)\s+)?(?:the\s+|his\s+|her\s+)?(?:whole|entire|full)?\s*(?:visit|stay|admission)\s*,?\s*"
    r"(?:with\s+|including\s+)?(?:the\s+)?(?:ed|er|ew|emergency)(?:\s+(?:draws?|labs?|values?|results?|part|time|readings?))?"
    r"(?:\s+(?:included|as well|too))\s*[,:;-]*"
)
_PLURAL = re.compile(r"(?<![\w'])(?P<stem>[A-Za-z]{1,5}?)s(?![\w'])")
LONG_SLIP = 9


def plainer(text: str, chart: Chart) -> Iterator[str]:
    """Further wordings for a question that was not understood, best first."""
    low = re.sub(r"\s+", " ", text.lower()).strip()
    plain = worded(text)
    tried = {low}
    for said in dict.fromkeys((plain, _respelt(plain, chart))):
        told = _dated(_reworded(_singular(said)).lower(), chart)
        if told is None or told in tried:
            continue
        tried.add(told)
        yield from with_stays(told, chart)
        yield told


def _dated(text: str, chart: Chart) -> str | None:
    """The question with its clauses, clocks and first hours placed; None where one has no place."""
    told = _without_clauses(text)
    told = _LOOSE_TWO.sub(lambda m: f"between {m['a']} and {m['b']}", told)
    told = _with_clock(told)
    if sum(s.kind == "hospital" for s in stays_of(chart)) == 1:
        told = _WHOLE_VISIT.sub(" ", told)  # of one visit all that the chart has
    told = _IN_ED.sub(lambda m: _before_the_ward(m, chart), told)
    told = _FIRST_HOURS.sub(lambda m: _first_hours(m, chart), told)
    placed = _at_arrival(told, chart)
    return re.sub(r"\s+", " ", placed).strip() if placed else None


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(r["say"], re.IGNORECASE), r["as"]) for r in TABLE.words["row"])


def _reworded(text: str) -> str:
    for pattern, said in _rows():
        text = pattern.sub(said, text)
    return re.sub(r"\s+", " ", text).strip()


def _singular(text: str) -> str:
    return _PLURAL.sub(_one_of, text)


def _one_of(found: re.Match[str]) -> str:
    """The plural of a short name as "… values"; a word that any list knows is left."""
    stem, word = found["stem"].lower(), found.group().lower()
    if (
        stem not in short_names()
        or word in phrase_words()
        or is_known(word)
        or word in short_names()
    ):
        return found.group()
    if len(stem) < 3 and not found["stem"][0].isupper():
        return found.group()
    return f"{found['stem']} values"


@kept
def _own_words(chart: Chart) -> frozenset[str]:
    """The words of the names that this chart has, and those of asking."""
    names = [n.display for n in result_names(chart)]
    names += [n for listed in thing_names(chart).values() for n in listed]
    own = {w for n in names for w in TOKEN.findall(n.lower())}
    return frozenset(own) | phrase_words() | frozenset(TABLE.words["spelling"]["words"])


def _respelt(text: str, chart: Chart) -> str:
    """Long words that no list knows as the one word that is a slip away."""
    own = _own_words(chart)
    return _LONG_WORD.sub(lambda m: _meant(m.group(), own), text)


def _meant(word: str, own: frozenset[str]) -> str:
    low = word.lower()
    if low in own or low in TABLE.words["spelling"]["right"]:
        return word
    found = nearest(low, own)
    meant = found.meant if found is not None else None
    # A word of this chart or of the table; a drug that it does not have is nobody's slip.
    if meant is None or meant not in own or low.startswith(meant):
        return word
    # Two slips are believed of a long word alone: a president is not present.
    return meant if len(low) > LONG_SLIP or OSA.distance(low, meant) == 1 else word


def _without_clauses(text: str) -> str:
    return _CLAUSE.sub(_by_its_dates, text)


def _by_its_dates(found: re.Match[str]) -> str:
    """The dates of a clause in its place, where they say all that it says."""
    two = _TWO.search(found["dates"])
    days = re.findall(_DAY, found["dates"])
    if _NIGHT.search(found["said"]) and two is not None and len(found["dates"]) < 40:
        one, other = (datetime.fromisoformat(d) for d in days)
        if other - one == A_DAY:
            return f"night of {days[0]}"
    if _NARROWER.search(found["said"]) is not None:
        return found.group()
    if two is None:
        return f"on {days[0]}"
    return f"between {two['a']} and {two['b']}"


def _with_clock(text: str) -> str:
    """A time of day joined with the one day that is named, as a moment."""
    clocks, named = tuple(_CLOCK.finditer(text)), tuple(_ONE_DAY.finditer(text))
    if len(clocks) != 1 or len(named) != 1 or len(re.findall(_DAY, text)) != 1:
        return text
    said = _clock(clocks[0])
    if said is None:
        return text
    moment = f"on {named[0]['day']}t{said}"
    first, second = sorted((clocks[0].span(), named[0].span()))
    return f"{text[: first[0]]}{moment}{text[first[1] : second[0]]}{text[second[1] :]}"


def _clock(found: re.Match[str]) -> str | None:
    if found["word"] is not None:
        return "00:00" if found["word"] == "midnight" else "12:00"
    if found["four"] is not None:
        hour, minute = int(found["four"][:2]), int(found["four"][2:])
    elif found["h24"] is not None:
        hour, minute = int(found["h24"]), int(found["m24"])
    else:
        hour = _HOURS.get(found["h"]) or int(found["h"])
        minute = int(found["m"] or 0)
        if hour > NOON:
            return None
        late = found["part"][0] in "pe" or found["part"] == "afternoon"
        hour = hour % NOON + (NOON if late else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 else None


def _before_the_ward(found: re.Match[str], chart: Chart) -> str:
    """ "In the ED": what lies before the admission that came of it; of that day, if one is said."""
    starts = [
        local_clock(e.start)
        for e in encounters(chart)
        if e.is_hospital and e.start is not None and "emergency" in (e.admit_source or "").lower()
    ]
    if found["day"] is None:
        begin, end = (starts[0] - A_DAY, starts[0]) if len(starts) == 1 else (None, None)
    else:
        begin = datetime.fromisoformat(found["day"])
        close = [s for s in starts if begin <= s <= begin + 2 * A_DAY]
        end = min(close[0], begin + A_DAY - timedelta(minutes=1)) if close else None
    if begin is None or end is None:
        return found.group()
    return f"between {begin:%Y-%m-%dT%H:%M} and {end:%Y-%m-%dT%H:%M}".lower()


def _last(chart: Chart, kind: str) -> Stay | None:
    return next((s for s in reversed(stays_of(chart)) if s.kind == kind), None)


def _first_hours(found: re.Match[str], chart: Chart) -> str:
    """So many hours from the beginning of the stay that is said, or of all charting."""
    where = found["where"] or ""
    hours = int(found["n"])
    icu, hospital = _last(chart, "icu"), _last(chart, "hospital")
    stays = [s for s in stays_of(chart) if s.kind == ("icu" if "icu" in where else "hospital")]
    if hours > LONGEST_HOURS or len(stays) > 1:
        return found.group()  # of which stay is not said
    if where.startswith("icu"):
        start = icu.start if icu is not None else None
    elif where:
        start = hospital.start if hospital is not None else None
    else:
        start = _start_of_all(icu, hospital, chart)
    if start is None:
        return found.group()
    end = start + timedelta(hours=hours)
    return f"between {start:%Y-%m-%dT%H:%M} and {end:%Y-%m-%dT%H:%M}".lower()


def _start_of_all(icu: Stay | None, hospital: Stay | None, chart: Chart) -> datetime | None:
    """The one beginning there is, where ward, unit and first sign lie close together."""
    sign = first_sign(chart)
    starts = [s.start for s in (icu, hospital) if s is not None]
    if sign is not None:
        starts.append(datetime.fromisoformat(sign[:16]))
    if not starts or max(starts) - min(starts) > NEAR:
        return None
    return min(starts)


def _at_arrival(text: str, chart: Chart) -> str | None:
    """The first result of the last ICU stay, where nothing else says which is meant."""
    if _ARRIVAL.search(text) is None:
        return text
    icu = _last(chart, "icu")
    if icu is None:
        return None
    rest = _ARRIVAL.sub(" ", text)
    which = "" if _SAYS_WHICH.search(rest) else "first "
    return f"{which}{rest} since {icu.start:%Y-%m-%dT%H:%M}".lower()
