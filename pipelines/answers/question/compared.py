"""Two results set against each other: which is asked about, and which it is measured against.

In: the text of a question, where in it results are named (places in time order, the highest or
lowest, the first of a stay) and what it says of "compared with", "than", "against". Out: the two
results, the one asked about first, whatever order the sentence has them in: "compared with A, is
B lower" and "is B lower than A" are one question. Where two words name different yardsticks, or
only "the newest" is measured against, there is none and the words stay unexplained.
"""

from __future__ import annotations

import re
import tomllib
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.answers.question import Pick, StayWanted
from pipelines.answers.question.results import take_ends
from pipelines.answers.question.scope import (
    PlacedStay,
    placed_picks,
    take_edge,
    take_picks,
    take_place,
)
from pipelines.answers.question.text import QuestionText, any_of, listed, phrase, words

if TYPE_CHECKING:
    from pipelines.answers.question.reading import Reading

TABLE = Path(__file__).with_name("question_compared.toml")
PREVIOUS = Pick(-2)
LATEST = Pick(-1)
MOST_BETWEEN = 3
UNRELATED = ("exists", "value", "extreme", "list", "when", "flag", "count", "days", "mean", "sum")
Placed = tuple[int, Pick]
_VISIT_OF_DAY = phrase(
    r"(?:(?:clinic|hospital|office|outpatient|inpatient|infusion)\s+)?(?:visit|admission|stay"
    r"|hospitali[sz]ation|appointment|encounter)"
)
# "From the first to the last" runs with time, whichever is named first.
_OVER_TIME = re.compile(
    r"\b(?:from|between)\s+(?:the\s+)?(?:first|earliest|initial|last|latest|second)\b"
    r"|\b(?:first|earliest|initial)\s+(?:(?!compared|relative|second|next)\w+\s+)?to\s+"
    r"(?:the\s+)?(?:last|latest|final|second)\b"
    r"|\b(?:from|between)\s+(?:on\s+)?(?:admission|arrival|presentation)\s+(?:and|to|until)\s+(?:at\s+)?discharge\b"
)
_WHICH = re.compile(r"\b(?:which|what)\b(?!.*\bhow\b)")
_EVER = re.compile(r"\b(?:ever|at any (?:time|point))\b")
_WORD = re.compile(r"\S+")
_BREAK = re.compile(r"[,;:?]|\b(?:is|was|are|were|did|does|has|had)\b")
_EDGE = phrase(
    r"(?:(?:on|at|upon|from|since|than|to|with|against|versus|vs\.?|between|and)\s+)"
    r"(?:the\s+|her\s+|his\s+|their\s+)?(?:time\s+of\s+)?(?:on\s+|at\s+)?(?P<icu>icu\s+)?"
    r"(?:(?P<first>admission|arrival|presentation)|(?P<last>discharge))"
    r"(?:\s+(?:value|level|reading|result|one|figure))?"
    r"(?!\s+(?:stay|note|summary|to\s+(?:the\s+)?(?:icu|hospital|ward|unit|floor)))"
)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=16)
def _said(name: str, part: str = "words") -> re.Pattern[str]:
    return phrase(any_of(_table()[name][part]))


def asks_amount(text: QuestionText) -> bool:
    """Whether the size of a difference is asked for, not which way it goes."""
    return _said("amount").search(text.whole) is not None


def extremes(text: QuestionText) -> tuple[Placed, ...]:
    """Where the text says the highest or the lowest, left where they are."""
    found = [
        (match.start(), Pick(1, None, name))
        for name in words()["extreme"]
        for match in listed("extreme", name).finditer(text.text)
    ]
    return tuple(sorted(found, key=lambda one: one[0]))


def take_meant(reading: Reading, tops: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """Which results are meant, set into `reading.picks`; those that are set side by side.

    `tops` are the highest and the lowest: they count as a side only where another side is named.
    """
    text = reading.text
    if reading.window is not None:
        text.take_all(_VISIT_OF_DAY)  # "the March admission": the month says which
    if not reading.stays and (compared := _with_edges(reading, tops)):
        reading.picks = tuple(dict.fromkeys(pick for _, pick in compared))
        return compared
    edge = take_edge(text) if not reading.stays else ()
    if not edge and not reading.stays:
        reading.stays = take_place(text)
    if edge:
        reading.picks = edge
        return ()
    kept = copy(text)
    reading.picks = take_picks(text, reading.stays, take_ends(text))
    placed = placed_picks(kept, reading.stays, take_ends(kept))
    if len({pick for _, pick in tops}) == 2 and not placed and _behind(kept, tops, "yardstick"):
        return tops
    return _sides(placed, tops, reading.stays)


def _with_edges(reading: Reading, tops: tuple[Placed, ...]) -> tuple[Placed, ...]:
    """The sides of a comparison of which one is "admission" or "discharge", or none."""
    tried = copy(reading.text)
    edges = take_compared_edges(tried)
    if not edges:
        return ()
    stay = edges[0][1].stay
    named = (*placed_picks(tried, (), take_ends(tried)), *(tops if len(tops) == 1 else ()))
    placed = (*edges, *((at, replace(pick, stay=stay)) for at, pick in named))
    placed = tuple(sorted(placed, key=lambda one: one[0]))
    moved = tried.find(listed("difference")) is not None
    if not (_behind(tried, placed, "yardstick") or (moved and len(placed) > 1)):
        return ()
    reading.text.text = tried.text
    return placed


def _sides(
    placed: tuple[Placed, ...], tops: tuple[Placed, ...], stays: tuple[PlacedStay, ...]
) -> tuple[Placed, ...]:
    """Picks, an extreme beside one of them, or the same pick of two stays."""
    own = stays[0].stay if len(stays) == 1 else None
    one = {pick.extreme for _, pick in tops}
    tops = tuple((at, replace(pick, stay=own)) for at, pick in tops) if len(one) == 1 else ()
    of_stays = {place.stay for place in stays}
    each = (*placed, *tops)
    if len(of_stays) == 2 and len({(p.position, p.extreme) for _, p in each}) == 1:
        same = each[0][1]
        return tuple((place.start, replace(same, stay=place.stay)) for place in stays)
    return tuple(sorted(each, key=lambda side: side[0]))


def take_compared_edges(text: QuestionText) -> tuple[Placed, ...]:
    """The first result of the latest stay, or its last, named beside another result."""
    found: list[Placed] = []
    for match in text.take_all(_EDGE):
        said = " ".join(match.group().split())
        kind = "icu" if match["icu"] else "hospital"
        at = match.start("first") if match["first"] else match.start("last")
        found.append((at, Pick(1 if match["first"] else -1, StayWanted(kind, -1, said))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two results, the one asked about first, with what is asked of them."""

    picks: tuple[Pick, ...]
    relation: str | None
    ask: str


def set_against(
    reading: Reading, sides: tuple[Placed, ...], relation: str | None, *, differs: bool
) -> Pair | None:
    """The comparison that a question asks for, its two results set as the picks, or None."""
    text = reading.text
    if not sides or reading.threshold is not None:
        return None
    either = _said("either").search(text.whole) is not None
    way = None if either else relation or direction(text)
    differs = differs or either
    named = bool(_said("yardstick", "named").search(text.whole))
    apart = differs or _said("apart").search(text.whole) is not None
    if way is None and not apart and not named:
        return None
    found = sided(text, sides, reading.stays)
    if found is None:
        return None
    reading.picks = found
    take_words(text)
    amount = asks_amount(text)
    if either or (apart and not reading.yes_no) or (amount and way is not None):
        return Pair(found, way, "difference")
    if way is not None:
        if len(sides) == 1 and _EVER.search(text.whole) is not None:
            extreme = "maximum" if way == "greater" else "minimum"
            found = (Pick(1, found[1].stay, extreme), found[1])
            reading.picks = found
        return Pair(found, way, "comparison")
    # A highest that is only named beside another result is told by how far they lie apart.
    return Pair(found, way, "difference" if any(p.extreme for p in found) else "value")


def how_apart(reading: Reading, pair: Pair | None, ask: str, *, differs: bool) -> str | None:
    """How two results stand to each other: along the time, side by side, or which of them."""
    along = ask == "difference" or (ask == "comparison" and differs)
    if along and _OVER_TIME.search(reading.text.whole) is not None:
        return "over_time"
    if ask == "difference" and pair is not None:
        return "sided"
    which = ask == "comparison" and not reading.yes_no
    return "which" if which and _WHICH.search(reading.text.whole) is not None else None


def is_lost(
    reading: Reading, ask: str, relation: str | None, *, several: bool, way: str | None = None
) -> bool:
    """Whether results are set against each other and what was understood leaves that out.

    A course (`way`: rising, turning) is that since the result before: no other yardstick is its.
    """
    if way is not None:
        return _said("yardstick", "other").search(_without_before(reading.text.whole)) is not None
    pairs = ask in ("comparison", "difference")
    if pairs:
        bound = ask == "comparison" and reading.threshold is not None
        return bound or len(set(reading.picks)) > 2 or (relation is not None and several)
    if reading.threshold is not None or ask not in UNRELATED:
        return False
    marked = _said("yardstick", "named").search(reading.text.whole) is not None
    return relation is not None or (marked and (reading.yes_no or _asks_way(reading.text)))


def _without_before(whole: str) -> str:
    return _said("yardstick", "before").sub(" ", whole)


def _asks_way(text: QuestionText) -> bool:
    """ "Compared with yesterday, is it up": yes or no, though the sentence does not begin so."""
    return direction(text) is not None


def sided(
    text: QuestionText, placed: tuple[Placed, ...], stays: tuple[PlacedStay, ...]
) -> tuple[Pick, ...] | None:
    """The result asked about and its yardstick, or None where the text sets none against another.

    One result behind "than" or "compared with" is the yardstick of the latest.
    """
    distinct = tuple(dict.fromkeys(pick for _, pick in placed))
    if not distinct or len(distinct) > 2:
        return None
    against, agents = _behind(text, placed, "yardstick"), _behind(text, placed, "agent")
    if agents:
        against = {pick for _, pick in placed if pick not in agents}
    if len(against) > 1:
        return None
    if len(distinct) == 1:
        return _alone(text, distinct[0], stays) if against else None
    if not against:
        # Named twice, the second time as what is asked about.
        asked = placed[-1][1] if len(placed) > 2 else distinct[0]
        return asked, next(pick for pick in distinct if pick != asked)
    other = next(iter(against))
    return next(pick for pick in distinct if pick != other), other


def direction(text: QuestionText) -> str | None:
    """Which way the first of two results is asked to lie from the other."""
    up, down = _said("up").search(text.whole), _said("down").search(text.whole)
    if up is not None and down is None:
        return "greater"
    return "less" if down is not None and up is None else None


def take_words(text: QuestionText) -> None:
    """Blank the words that said how the two stand to each other, also where half is blank."""
    said = (_said("agent"), _said("up"), _said("down"), _said("yardstick", "blank"))
    for match in (m for one in said for m in one.finditer(text.whole)):
        text.blank(match.start(), match.end())


def _behind(text: QuestionText, placed: tuple[Placed, ...], name: str) -> set[Pick]:
    """The results that stand right behind one of the words."""
    found: set[Pick] = set()
    for mark in _said(name).finditer(text.whole):
        after = [(start, pick) for start, pick in placed if start >= mark.end()]
        if not after:
            continue
        start, pick = min(after, key=lambda one: one[0])
        between = text.whole[mark.end() : start]
        if len(_WORD.findall(between)) > MOST_BETWEEN or _BREAK.search(between):
            continue
        found.add(pick)
    return found


def _alone(
    text: QuestionText, yardstick: Pick, stays: tuple[PlacedStay, ...]
) -> tuple[Pick, ...] | None:
    """The latest result and its one yardstick; "than the last" means the one before it."""
    own = stays[0].stay if len(stays) == 1 else None
    stay = None if yardstick.stay and yardstick.stay.position != -1 else own
    if yardstick.position != -1 or yardstick.extreme:
        return Pick(-1, stay), yardstick
    if _EVER.search(text.whole) is not None:
        return LATEST, yardstick
    if yardstick.stay is not None or not re.search(r"\blast\b", text.whole):
        return None
    return LATEST, PREVIOUS
