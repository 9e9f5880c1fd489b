"""Courses and comparisons over several cited results, done again from the results themselves.

Promises: "rose", "fell", "stable", "higher than" over two or more cited results of one thing hold
only where their values in the order of their times do so; every number is the value of the result
it stands by, with its own date; "from … to …" are the first and the last that are cited, "by" is
their difference. "Rising" and "stable" look at every result between them that is known here, not
only at those that the writer chose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from pipelines.answers.verify.claims import claims_in, known_spans
from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.numbers import DateMention, Quantity, same_quantity, unit_key
from pipelines.answers.verify.ranges import rounds_to
from pipelines.answers.verify.reading import Reading
from pipelines.answers.verify.strangers import foreign_scope, foreign_terms

FEWEST = 2
STEADY = Decimal("0.05")
UP = re.compile(
    r"\b(?:rose|rises?|rising|risen|increas\w+|climb\w*|went up|up from|uptrend\w*|trend\w* up"
    r"|upward|doubled|tripled|came up)\b"
)
DOWN = re.compile(
    r"\b(?:fell|falls?|falling|fallen|decreas\w+|declin\w+|dropp?\w*|went down|down from"
    r"|downtrend\w*|trend\w* down|downward|came down|halved|lost)\b"
)
LEVEL = re.compile(r"\b(?:stable|steady|unchanged|remained|stayed|the same)\b")
HIGHER = re.compile(r"\bhigher\b[^;]*?\bthan\b")
LOWER = re.compile(r"\blower\b[^;]*?\bthan\b")
BETTER = re.compile(r"\b(?:improv\w+|better|recover\w+)\b")
WORSE = re.compile(r"\b(?:worsen\w*|worse|deteriorat\w+)\b")
CLEARED = re.compile(r"\b(?:cleared|normali[sz]ed|(?:returned|back) to normal)\b")
FACTORS = (("doubled", Decimal(2)), ("tripled", Decimal(3)), ("halved", Decimal("0.5")))
NEARLY = Decimal("0.1")
_GOING_ON = re.compile(
    r"\b(?:rising|increasing|climbing|uptrending|falling|decreasing|declining|dropping"
    r"|downtrending|steadily|continuously|trend\w*)\b"
)
_BY = re.compile(r"\bby\s*$")
_OVER = re.compile(r"\b(?:over|in|within)(?: the)?\s*$")
SECONDS = {"h": 3_600, "d": 86_400, "wk": 604_800}
_FROM = re.compile(r"\bfrom\s*$")
_ANSWERED = re.compile(
    r"\b(?:trend\w*|between|over|overall|course|change[ds]?|steadily|upward|downward|compared|came"
    r"|than|then|followed|later|subsequently|earlier|previous|prior)\b"
)
_JUDGED = (BETTER, WORSE, CLEARED)
OTHERWISE = "the cited results do not run so"
WRONG_DATES = "the dates are not those of the first and the last cited result"
WRONG_ENDS = "the numbers are not the first and the last of the cited results, in order"
NOT_ONE_THING = "it tells a course of results that are not of one thing"


def tells_course(sentence: Reading) -> bool:
    """Whether the sentence speaks of a course or compares."""
    return any(p.search(sentence.plain) for p in (*_JUDGED, UP, DOWN, LEVEL, HIGHER, LOWER))


def broken_trend(sentence: Reading, items: Sequence[Item], case: Case) -> str | None:
    """Why the course told is not that of the cited results, or None where it is."""
    ordered = _in_time(items)
    if ordered is None:
        return NOT_ONE_THING
    return (
        _wrong_course(sentence, ordered, case)
        or _wrong_ends(sentence, ordered)
        or _wrong_words(sentence, ordered)
    )


def _in_time(items: Sequence[Item]) -> list[Item] | None:
    """The results in order of time; None unless all are plain numbers of one thing and unit."""
    facts = [item.fact for item in items]
    if len(items) < FEWEST or any(f is None or f.value is None or f.comparator for f in facts):
        return None
    if any(f is None or f.when is None for f in facts) or not all(i.is_measured for i in items):
        return None
    names = {(f.concept or f.display, f.unit) for f in facts if f is not None}
    if len(names) != 1:
        return None
    return sorted(items, key=_moment)


def _moment(item: Item) -> float:
    when = item.fact.when if item.fact is not None else None
    return when.instant.timestamp() if when is not None else 0.0


def _value(item: Item) -> Decimal:
    value = item.fact.value if item.fact is not None else None
    return Decimal(str(value or 0.0))


def _wrong_course(sentence: Reading, ordered: list[Item], case: Case) -> str | None:
    plain = sentence.plain
    values = [_value(item) for item in ordered]
    judged = _wrong_judgement(plain, ordered)
    if judged is not None:
        return judged or None
    up, down, level = (bool(p.search(plain)) for p in (UP, DOWN, LEVEL))
    if HIGHER.search(plain) or LOWER.search(plain):
        return None  # the order is that of the numbers as written, see `_wrong_comparison`
    if up + down + level != 1:
        return OTHERWISE
    if _GOING_ON.search(plain) or level:
        values = [_value(item) for item in _with_between(ordered, case)]
    if level:
        spread = max(values) - min(values)
        return None if spread <= STEADY * abs(min(values)) else OTHERWISE
    sign = 1 if up else -1
    going = all(sign * (b - a) >= 0 for a, b in pairwise(values))
    net = sign * (values[-1] - values[0]) > 0 and _by_factor(plain, values)
    return None if net and (going or not _GOING_ON.search(plain)) else OTHERWISE


def _by_factor(plain: str, values: list[Decimal]) -> bool:
    """Whether "doubled", "tripled" or "halved" is what the last is of the first."""
    said = [factor for word, factor in FACTORS if re.search(rf"\b{word}\b", plain)]
    first, last = values[0], values[-1]
    return all(first and abs(last / first - factor) <= NEARLY * factor for factor in said)


def _wrong_judgement(plain: str, ordered: list[Item]) -> str | None:
    """Better is towards the range by the results' own flags; "" where it is so, None unsaid."""
    said = [pattern for pattern in _JUDGED if pattern.search(plain)]
    if not said:
        return None
    first, last = ordered[0].fact, ordered[-1].fact
    own = {"H": 1, "HH": 1, "L": -1, "LL": -1}
    was, now = (own.get(f.flag or "", 0) if f is not None else 0 for f in (first, last))
    gap = _value(ordered[-1]) - _value(ordered[0])
    better = was != 0 and was * gap < 0 and now in (0, was)
    worse = now != 0 and now * gap > 0 and was in (0, now)
    cleared = better and now == 0 and last is not None and last.flag_source is not None
    truth = {BETTER: better, WORSE: worse, CLEARED: cleared}
    straight = not (UP.search(plain) and gap <= 0) and not (DOWN.search(plain) and gap >= 0)
    return "" if straight and all(truth[pattern] for pattern in said) else OTHERWISE


def _with_between(ordered: list[Item], case: Case) -> list[Item]:
    """With the results of the same thing between the first and the last that are cited."""
    first, last = _moment(ordered[0]), _moment(ordered[-1])
    fact = ordered[0].fact
    name = (fact.concept or fact.display, fact.unit) if fact is not None else None
    beside = [
        item
        for item in case.items.values()
        if item.is_measured
        and item.fact is not None
        and item.fact.value is not None
        and (item.fact.concept or item.fact.display, item.fact.unit) == name
        and first <= _moment(item) <= last
    ]
    return sorted({id(i): i for i in (*ordered, *beside)}.values(), key=_moment)


def _wrong_ends(sentence: Reading, ordered: list[Item]) -> str | None:
    """Each number is the value of a cited result, by its date; “by” goes before the difference."""
    gap = abs(_value(ordered[-1]) - _value(ordered[0]))
    dates = iter(sentence.dates)
    numbers = _results_told(sentence)
    for stated in sentence.quantities:
        if _is_span(stated, sentence):
            if not _lasted(stated, ordered):
                return f"{stated.value.normalize():f} is not the time between the cited results"
        elif stated not in numbers and abs(stated.value) != gap:
            return f"{stated.value.normalize():f} is not the difference of the cited results"
    paired = len(sentence.dates) == len(numbers)
    told: list[Item] = []
    for stated in numbers:
        own = [
            i
            for i in ordered
            if same_quantity(stated, _quantity(i), i.names) or rounds_to(stated, i)
        ]
        if not own:
            return f"the number {stated.value.normalize():f} does not stand in the cited records"
        date = next(dates) if paired else _date_after(stated, sentence)
        fitting = [i for i in own if date is None or any(date.fits(d) for d in i.dates)]
        if not fitting:
            return "a date is not that of the result it stands by"
        told.append(next((i for i in fitting if i not in told), fitting[0]))
    return _wrong_dates(sentence, ordered, paired=paired) or _wrong_order(sentence, told, ordered)


def _results_told(sentence: Reading) -> list[Quantity]:
    """The numbers that are results: neither a difference nor a stretch of time."""
    every = sentence.quantities
    return [q for q in every if not (_BY.search(sentence.low[: q.start]) or _is_span(q, sentence))]


def _is_span(stated: Quantity, sentence: Reading) -> bool:
    before = _OVER.search(sentence.low[: stated.start])
    return before is not None and stated.unit is not None and unit_key(stated.unit) in SECONDS


def _lasted(stated: Quantity, ordered: list[Item]) -> bool:
    """Whether that time lies between the first and the last, rounded or in completed units."""
    elapsed = _moment(ordered[-1]) - _moment(ordered[0])
    count = elapsed / SECONDS[unit_key(stated.unit or "")]
    return stated.value in (round(count), int(count))


def _date_after(stated: Quantity, sentence: Reading) -> DateMention | None:
    """The one date of the sentence where it follows the number, no other number between."""
    if len(sentence.dates) != 1:
        return None
    only = sentence.dates[0]
    between = (q for q in sentence.quantities if stated.end <= q.start < only.start)
    return only if stated.end <= only.start and next(between, None) is None else None


def _quantity(item: Item) -> Quantity:
    fact = item.fact
    unit = fact.unit if fact is not None else None
    return Quantity(_value(item), "", None, "".join(unit.lower().split()) if unit else None, 0, 0)


def _wrong_dates(sentence: Reading, ordered: list[Item], *, paired: bool) -> str | None:
    """Every date is a cited result's; two that stand by no number are the first and the last."""
    for stated in sentence.dates:
        if stated.ambiguous or not any(stated.fits(d) for item in ordered for d in item.dates):
            return f"the date {stated.written} does not stand in the cited records"
    if paired or len(sentence.dates) < FEWEST:
        return None
    ends = zip(sentence.dates, (ordered[0], ordered[-1]), strict=False)
    right = all(any(date.fits(d) for d in item.dates) for date, item in ends)
    return None if right and len(sentence.dates) == FEWEST else WRONG_DATES


def _wrong_order(sentence: Reading, told: list[Item], ordered: list[Item]) -> str | None:
    higher, lower = HIGHER.search(sentence.plain), LOWER.search(sentence.plain)
    if higher or lower:
        if len(told) != FEWEST:
            return OTHERWISE
        one, other = (_value(item) for item in told)
        return None if (one > other if higher else one < other) else OTHERWISE
    if not told:
        return None
    said = _results_told(sentence)
    if _FROM.search(sentence.low[: said[-1].start]):
        told = [told[-1], *told[:-1]]  # "rose to 5.9 from 4.4", "from 4.4" alone
        if len(told) == 1:
            return None if told[0] is ordered[0] else WRONG_ENDS
    if len(told) == 1:
        return None if told[0] is ordered[-1] else WRONG_ENDS
    in_order = all(_moment(a) <= _moment(b) for a, b in pairwise(told))
    ends = (told[0], told[-1]) == (ordered[0], ordered[-1])
    return None if in_order and ends else WRONG_ENDS


def _wrong_words(sentence: Reading, ordered: list[Item]) -> str | None:
    """No word but the course's, the results' own and those that claim nothing."""
    first = ordered[0]
    names = set().union(*(item.names for item in ordered))
    spots: set[int] = set()
    for pattern in (*_JUDGED, UP, DOWN, LEVEL, HIGHER, LOWER, _GOING_ON, _ANSWERED):
        for match in pattern.finditer(sentence.plain):
            spots.update(range(*match.span()))
    answered = frozenset(spots)
    if not any(t.name in first.thing for t in sentence.terms):
        return "it does not name what the cited records are about"
    known = [sentence.plain[a:b] for a, b in known_spans(sentence, first)]
    for name, words in claims_in(sentence.plain):
        if name not in _OF_COURSE and not any(words in text for text in known):
            return f"the cited records do not bear out “{words}” in a course"
    foreign = [t for t in foreign_terms(sentence, first, answered) if t.name not in names]
    stranger = foreign_scope(sentence, first, answered)
    if stranger is None and foreign:
        return f"“{sentence.word_at(foreign[0])}” does not stand in the cited records"
    return stranger


_OF_COURSE = frozenset(
    {
        "rising",
        "falling",
        "steady",
        "better",
        "worse",
        "more",
        "less",
        "high",
        "low",
        "still",
        "earlier",
    }
)
