"""Where in the chart a question looks: stays, positions in time order, bounds and groups.

Each reader takes the stretch it understands out of the text and leaves the rest. A position
word belongs to the stay it stands beside ("last measured on the first ICU visit" holds two).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.answers.question import Pick, StayWanted
from pipelines.answers.question.text import QuestionText, any_of, listed, phrase, words
from pipelines.records.answers import Threshold

_ARTICLES = r"(?:(?:the|their|his|her|its|his\s+or\s+her|his\s*/\s*her|a|an|that|very)\s+)*"
_NUMBER = r"(?P<number>[-+]?\d+(?:\.\d+)?)"
_UNIT = (
    r"(?:\s*(?P<unit>%|\u00b0?\s?[cf]\b|[a-z\u00b5\u03bc0-9^*\[\]]+/[a-z0-9.^*\[\]]+"
    r"|mmhg|bpm|kg|lbs?|cm|sec(?:onds)?))?"
)


@dataclass(frozen=True, slots=True)
class PlacedStay:
    """A stay that the question names and where in the text it stood."""

    stay: StayWanted
    start: int


_STAY_NOUN = re.compile(r"stay|admission|hospitali[sz]ation|entry|inpatient")


def is_stay_said(stay: StayWanted) -> bool:
    """Whether the words mean a stay; "visit" and "encounter" mean any."""
    return _STAY_NOUN.search(stay.words) is not None


def positions() -> dict[str, int]:
    """Every position phrase with its number."""
    return {p: int(n) for n, phrases in words()["position"].items() for p in phrases}


@lru_cache(maxsize=1)
def position_pattern() -> re.Pattern[str]:
    """Any position phrase."""
    return phrase(f"(?P<position>{any_of(tuple(positions()))})")


def position_of(written: str) -> int:
    """The number of a position phrase as it stands in a text."""
    said = " ".join(written.split())
    return int(said[:-2]) if said[0].isdigit() and said not in positions() else positions()[said]


@lru_cache(maxsize=1)
def _stay_patterns() -> tuple[re.Pattern[str], ...]:
    table = words()["stay"]
    place = f"(?P<place>{any_of((*table['icu'], *table['hospital']))})"
    noun = any_of(table["nouns"])
    alone = any_of([n for n in table["nouns"] if n != "time in"])
    within = any_of([n for n in table["nouns"] if not re.match(r"admission|hospital", n)])
    numbered = r"\d{1,2}(?:st|nd|rd|th)"
    which = f"(?P<position>{any_of((*positions(), *table['current']))}|{numbered})"
    single = r"(?:stay|admission|hospitali[sz]ation)"
    patient = r"(?:\s+(?:of|for|by)\s+patient)?"
    inside = rf"(?:in|at|to|into|for|from|of|inside|within)\s+{_ARTICLES}"
    other = place.replace("place", "second")
    return (
        # "the ICU during their last stay", "in the intensive care unit on the first visit"
        # ("the ICU during the first admission" names the hospital stay)
        phrase(rf"{place}{patient}\s+(?:during|in|on|for|at)\s+{_ARTICLES}{which}\s+{within}"),
        # "first ICU stay", "last stay in the ICU", "first visit for patient to the hospital"
        phrase(rf"{which}\s+(?:{place}\s+)?{noun}{patient}\s+{inside}{other}"),
        # ("for the first time in the last stay" is no first stay)
        phrase(rf"{which}\s+(?:{place}\s+)?{alone}"),
        phrase(rf"{which}\s+(?:time\s+)?{inside}{place}"),
        # "during the stay": the latest one
        phrase(
            rf"(?:(?:during|over|throughout|within)\s+{_ARTICLES}|(?:in|on)\s+(?:the|her|his|their)\s+)"
            rf"(?:{place}\s+)?{single}"
        ),
    )


def take_stays(text: QuestionText) -> tuple[PlacedStay, ...]:
    """Every stay that the question names, in the order of the text."""
    found: list[PlacedStay] = []
    for pattern in _stay_patterns():
        for match in text.take_all(pattern):
            part = match.groupdict()
            place = part.get("second") or part.get("place")
            position = " ".join((part.get("position") or "current").split())
            number = -1 if position in words()["stay"]["current"] else position_of(position)
            stay = StayWanted(_kind(place), number, " ".join(match.group().split()))
            found.append(PlacedStay(stay, match.start()))
    return tuple(sorted(found, key=lambda placed: placed.start))


def _kind(place: str | None) -> str:
    if place is None:
        return "any"
    return "icu" if " ".join(place.split()) in words()["stay"]["icu"] else "hospital"


_EDGE = phrase(
    r"(?:(?P<first>(?:on|at|upon)\s+(?:the\s+)?(?P<icu>icu\s+)?(?:admission|arrival|presentation))"
    r"|(?P<last>(?:at|on|upon)\s+(?:the\s+)?(?:time\s+of\s+)?discharge)"
    r"|(?P<coming>^(?:what\s+(?:is|was)\s+)?(?:the\s+|her\s+|his\s+)?admission(?!\s+to\b))"
    r"|(?P<going>^(?:what\s+(?:is|was)\s+)?(?:the\s+|her\s+|his\s+)?discharge))"
)


def take_edge(text: QuestionText) -> tuple[Pick, ...]:
    """`on admission` is the first result of the latest stay, `at discharge` its last."""
    found = text.take(_EDGE)
    if found is None:
        return ()
    kind = "icu" if found["icu"] else "hospital"
    said = " ".join(found.group().split())
    first = found["first"] or found["coming"]
    return (Pick(1 if first else -1, StayWanted(kind, -1, said)),)


def take_place(text: QuestionText) -> tuple[PlacedStay, ...]:
    """A place without its stay ("in the ICU", "of this admission"): the latest stay there."""
    table = words()["stay"]
    places = f"(?P<place>{any_of((*table['icu'], *table['hospital']))})"
    inside = rf"(?:in|at|during|while\s+in|inside|within|of|for)\s+{_ARTICLES}"
    single = r"(?:stay|admission|hospitali[sz]ation)"
    found = text.take(phrase(rf"{inside}(?:this\s+)?(?:{places}|{single})"))
    if found is None:
        return ()
    stay = StayWanted(_kind(found["place"] or "hospital"), -1, " ".join(found.group().split()))
    return (PlacedStay(stay, found.start()),)


_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "couple": 2}
_SERIES = phrase(
    r"(?P<side>last|latest|most\s+recent|past|previous|first|earliest)\s+"
    r"(?P<count>\d{1,2}|two|three|four|five|six|seven|ten|couple)(?:\s+of)?"
)


def take_series(text: QuestionText, stays: tuple[PlacedStay, ...]) -> tuple[Pick, ...]:
    """`last three` or `first 5`: as many results, the outermost first."""
    found = text.take(_SERIES)
    if found is None:
        return ()
    count = int(found["count"]) if found["count"].isdigit() else _COUNTS[found["count"]]
    sign = 1 if found["side"] in ("first", "earliest") else -1
    stay = stays[0].stay if stays else None
    return tuple(Pick(sign * n, stay) for n in range(1, count + 1))


def take_picks(
    text: QuestionText,
    stays: tuple[PlacedStay, ...],
    ends: tuple[tuple[int, int], ...] = (),
) -> tuple[Pick, ...]:
    """Which results are meant, in the order of the text, each with the stay that follows it."""
    picks = tuple(pick for _, pick in placed_picks(text, stays, ends))
    same = len(set(picks)) == 1  # "last wbc, last platelets": one of each
    return picks[:1] if same else picks


def placed_picks(
    text: QuestionText,
    stays: tuple[PlacedStay, ...],
    ends: tuple[tuple[int, int], ...] = (),
) -> tuple[tuple[int, Pick], ...]:
    """Each result that is meant with its place in the text.

    `ends` are places of the text that say a position in other words ("began").
    """
    said = text.take_all(position_pattern())
    found = sorted([*ends, *((m.start(), position_of(m["position"])) for m in said)])
    picks = []
    for index, (start, number) in enumerate(found):
        end = found[index + 1][0] if index + 1 < len(found) else len(text.whole) + 1
        own = [placed.stay for placed in stays if start <= placed.start < end]
        first = index == 0 and not own and [p.stay for p in stays if p.start < start]
        if own:
            picks.append(Pick(number, own[0]))
        elif first:
            picks.append(Pick(number, first[-1]))
        else:
            picks.append(Pick(number, None))
    told = _shared_stay(tuple(picks), stays)
    return tuple((start, pick) for (start, _), pick in zip(found, told, strict=True))


def _shared_stay(picks: tuple[Pick, ...], stays: tuple[PlacedStay, ...]) -> tuple[Pick, ...]:
    """A stay that the question names once counts for every pick."""
    if not stays:
        return picks
    only = stays[0].stay if len({placed.stay.words for placed in stays}) == 1 else None
    return tuple(Pick(p.position, p.stay or only) for p in picks)


_PLAIN = r"\d+(?:\.\d+)?"
_BETWEEN = tuple(
    re.compile(
        rf"(?<![\w/.-]){opens}(?P<low>{_PLAIN})\s*{joins}\s*(?P<high>{_PLAIN}){_UNIT}(?![\w/.-])"
    )
    for opens, joins in (
        (r"(?:between|within|from|in)\s+", r"(?:and|to|-|\u2013)"),
        ("", r"(?:to|-|\u2013)"),
    )
)
# "Below a sodium of 130": the name stands blanked between the bound and its number.
_GLUE = (
    r"(?:(?:a|an|the|any|its|his|her|of|at|values?|levels?|readings?|results?|counts?|measurements?"
    r"|figures?)\s+)*"
)
# Without a unit such a pair of numbers is a stretch of years.
_YEARS = range(1900, 2300)


def _take_between(text: QuestionText) -> Threshold | None:
    for pattern in _BETWEEN:
        found = text.find(pattern)
        if found is None or (not found["unit"] and int(float(found["low"])) in _YEARS):
            continue
        text.take(pattern)
        low, high = sorted((float(found["low"]), float(found["high"])))
        return Threshold("between", low, found["unit"], high)
    return None


def take_threshold(text: QuestionText) -> Threshold | None:
    """A bound such as `less than 84`, `above 6 mmol/L` or `between 70 and 180`."""
    between = _take_between(text)
    if between is not None:
        return between
    for relation in ("at_least", "at_most", "greater", "less"):
        pattern = re.compile(
            rf"(?<![\w]){any_of(words()['relation'][relation])}\s*{_GLUE}{_NUMBER}{_UNIT}"
            r"(?![\w/])"
        )
        found = text.take(pattern)
        if found is not None:
            return Threshold(relation, float(found["number"]), found["unit"])
    after = re.compile(
        rf"(?<![\w/.-]){_NUMBER}{_UNIT}\s+(?P<side>or\s+(?:more|higher|above|less|lower|below))\b"
    )
    found = text.take(after)
    if found is not None:
        more = found["side"].split()[1] in ("more", "higher", "above")
        return Threshold("at_least" if more else "at_most", float(found["number"]), found["unit"])
    equal = text.take(
        re.compile(rf"(?<!\w)(?:equal\s+to|exactly|equals|=)\s*{_NUMBER}{_UNIT}(?![\w/])")
    )
    if equal is not None:
        return Threshold("equal", float(equal["number"]), equal["unit"])
    return None


def take_relation(text: QuestionText) -> str | None:
    """`greater` or `less` between two results, without a number."""
    for relation in ("greater", "less"):
        if text.take(listed("relation", relation)) is not None:
            return relation
    for relation, pattern in (
        ("greater", r"higher|greater|larger|more"),
        ("less", r"lower|less|smaller|fewer"),
    ):
        if text.take(phrase(pattern)) is not None:
            return relation
    return None


def take_choice(text: QuestionText, section: str) -> str | None:
    """The list of a section with the first, of these the longest, phrase of the text; taken out."""
    found: list[tuple[int, int, str]] = [
        (match.start(), -len(match.group()), name)
        for name in words()[section]
        if (match := text.find(listed(section, name))) is not None
    ]
    if not found:
        return None
    *_, name = min(found)
    text.take_all(listed(section, name))
    return name
