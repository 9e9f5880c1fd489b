"""Questions about stays alone: when they began or ended, how long they were, how many there were.

In: a question of which every word is one of a closed vocabulary (`question_stays.toml`): a place,
a noun of stays, a deed by which a stay begins or ends, an order, a word of asking. Out: the
question, or None where a word is left over or the words do not settle what is asked. Since
nothing else may stand in it, the words can come in any order, which no pattern of sentences
could allow; a word that narrows or denies is in no list and leaves the question to others.
"""

from __future__ import annotations

import re
import tomllib
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question import ChartQuestion, Pick, StayEdge, StayWanted, Window
from pipelines.answers.question_intervals import UNITS
from pipelines.answers.question_medications import NOW
from pipelines.answers.question_reading import Reading
from pipelines.answers.question_scope import PlacedStay, position_of, position_pattern
from pipelines.answers.question_text import QuestionText, any_of, asks_if, phrase

TABLE = Path(__file__).with_name("question_stays.toml")
_UNIT = re.compile(r"\b(minute|min|hour|hr|day|week|wk)s?\b")
NEXT = 0
_SHORT_UNITS = {"min": "minutes", "wk": "weeks", **UNITS}
_JOINS = re.compile(r"\b(?:and|to|until|till|before|after|following|between|from|into|prior)\b")
_THEN = re.compile(r"\b(?:and|until|till|before|after|following)\b")
# "How long until she was readmitted after the first discharge": the later one is told first.
_LATER_FIRST = re.compile(r"\b(?:until|till|before)\b.*\b(?:after|following|from|since)\b")
_AGAIN = re.compile(r"\b(?:re-?admi|rehospital|next\b|back\b)")
_IN_TIME = re.compile(r"\b(?:days?|hours?|hrs?|minutes?|weeks?)\b")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table of words."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=64)
def _said(section: str, name: str = "words") -> re.Pattern[str]:
    return phrase(any_of(table()[section][name]))


@lru_cache(maxsize=8)
def _raw(section: str, name: str) -> re.Pattern[str]:
    return re.compile(table()[section][name])


@dataclass(slots=True)
class Event:
    """One stay or one edge of a stay as the text names it."""

    at: int
    place: str | None = None
    position: int | None = None
    side: str | None = None
    noun: str | None = None


@dataclass(slots=True)
class Told:
    """What the words of the question say."""

    events: list[Event]
    context: StayWanted | None
    length: bool
    count: bool
    when: bool
    every: bool
    extreme: str | None
    unit: str | None


def read_stays(reading: Reading) -> ChartQuestion | None:
    """A question about stays and nothing else, or None."""
    text = copy(reading.text)
    if text.find(_said("never")) is not None or reading.against is not None:
        return None
    if reading.verbatim:
        return None
    window = _window(reading, text)
    if window is not None:
        text.take_all(_said("filler", "window"))
    told = _told(text)
    if told is None or not told.events:
        return None
    if window is not None and (window.since or told.every or told.extreme):
        return None
    tried = copy(reading)
    tried.window = window
    tried.text, tried.yes_no = text, asks_if(text.whole)
    if told.length and len(told.events) == 2:
        return None if tried.window else _interval(tried, told)
    return _asked(tried, told)


def _window(reading: Reading, text: QuestionText) -> Window | None:
    """The stretch of time; "after admission" is an edge of a stay here, and put back."""
    window = reading.window
    if window is None or not window.since or not window.words.startswith("after"):
        return window
    at = text.whole.find(window.words)
    if at < 0:
        return window
    text.text = f"{text.text[:at]}{window.words}{text.text[at + len(window.words) :]}"
    return None


def _told(text: QuestionText) -> Told | None:
    """Everything that the words say, or None where one of them is none of ours."""
    whole = text.text
    lasting = [m.span("last") for m in _raw("length", "last").finditer(text.text)]
    for span in lasting:
        text.blank(*span)
    context = _take_context(text)
    length = bool(lasting) or bool(text.take_all(_said("length")))
    several = bool(text.take_all(_said("count", "times")))
    asked_when = bool(text.take_all(_said("when")))
    units = _IN_TIME.search(text.text) is not None
    length = length or (units and _raw("length", "units").search(text.text) is not None)
    extreme = next((k for k in table()["extreme"] if text.take_all(_said("extreme", k))), None)
    every = bool(text.take_all(_said("all")))
    count = several or text.find(_said("count")) is not None
    events = _take_events(text)
    asked_when = bool(text.take_all(_said("when", "late"))) or asked_when
    text.take_all(_said("count"))
    text.take_all(_IN_TIME)
    for section in ("gap", "filler"):
        text.take_all(_said(section))
    if text.left() or (units and not length):
        return None
    found = _UNIT.search(whole)
    unit = _SHORT_UNITS[found[1]] if found is not None and length else None
    if not events and context is not None:
        events = [Event(0, context.kind, context.position)]
        context = None
    return Told(events, context, length, count and not length, asked_when, every, extreme, unit)


@lru_cache(maxsize=1)
def _contexts() -> tuple[re.Pattern[str], ...]:
    """A stay as the place of what is asked: "over the latest hospital stay"."""
    place = f"(?P<place>{any_of((*table()['place']['icu'], *table()['place']['hospital']))})"
    stay, admission, plain = (any_of(table()["noun"][n]) for n in ("stay", "admission", "plain"))
    which = position_pattern().pattern
    which = rf"(?:this\s+)?{which}|(?P<this>this|the\s+current)"
    lead = (
        r"(?:over\s+the\s+course\s+of|in\s+the\s+course\s+of|for\s+the\s+duration\s+of|as\s+part\s+of"
        r"|in\s+the\s+context\s+of|during|throughout|over|across|within|on|in|for|amid|through|at)"
    )
    articles = r"(?:(?:the|their|his|her|its|this|patient|own)\s+)*"
    return (
        phrase(rf"{lead}\s+{articles}(?:{which})\s+(?:{place}\s+)?(?:{stay}|{admission}|{plain})"),
    )


def _take_context(text: QuestionText) -> StayWanted | None:
    for pattern in _contexts():
        found = text.take(pattern)
        if found is None:
            continue
        kind = _kind(found["place"] or "hospital")
        position = position_of(found["position"]) if found["position"] else -1
        return StayWanted(kind, position, " ".join(found.group().split()))
    return None


def _kind(place: str) -> str:
    return "icu" if " ".join(place.split()) in table()["place"]["icu"] else "hospital"


def _take_events(text: QuestionText) -> list[Event]:
    """The stays and edges in the order of the text; a new one begins where a word comes twice."""
    found: list[tuple[int, str, str]] = []
    for section in ("end", "start", "outside"):
        name = ("gap", "outside") if section == "outside" else (section, "words")
        found += [(m.start(), section, m.group()) for m in text.take_all(_said(*name))]
    for noun in ("stay", "admission", "plain"):
        found += [(m.start(), f"noun {noun}", m.group()) for m in text.take_all(_said("noun", noun))]
    for place in ("icu", "hospital"):
        found += [(m.start(), f"place {place}", "") for m in text.take_all(_said("place", place))]
    for match in text.take_all(position_pattern()):
        found.append((match.start(), "position", match["position"]))
    found += [(m.start(), "next", m.group()) for m in text.take_all(_said("next"))]
    events: list[Event] = []
    for at, kind, words in sorted(found):
        now = events[-1] if events else None
        if now is not None and now.noun and _is_elsewhere(now, kind, text.whole[:at]):
            events.append(Event(at, side=now.side))
            now.side = None
        elif now is None or _begins_another(now, kind, text.whole[now.at : at]):
            events.append(Event(at))
        _put(events[-1], kind, words, at)
    return [e for e in events if e.place or e.side or e.noun or e.position is not None]


def stay_events(
    text: QuestionText, fillers: tuple[re.Pattern[str], ...]
) -> tuple[list[Event], StayWanted | None] | None:
    """The stays and edges that the rest of a text names; None where other words are left."""
    context = _take_context(text)
    events = _take_events(text)
    for pattern in (_said("when"), _said("when", "late"), _said("gap"), _said("filler"), *fillers):
        text.take_all(pattern)
    return None if text.left() else (events, context)


def _begins_another(now: Event, kind: str, between: str) -> bool:
    """Whether a word starts the next event: its own place is taken, or a joining word lies between.

    "Admitted to the ICU" is one deed in one place; "first and second" are two.
    """
    taken = {
        "start": now.side is not None,
        "end": now.side is not None,
        "position": now.position is not None,
        "next": now.position is not None or now.side is not None or now.noun is not None,
        "place icu": now.place is not None,
        "place hospital": now.place is not None,
        "outside": False,
    }.get(kind, False)
    joined = _JOINS.search(between.partition(" ")[2]) is not None
    turned = kind in ("start", "end") and now.side in ("start", "end") and kind != now.side
    told = kind in ("start", "end") and bool(now.place or now.noun)
    told = told or (kind == "position" and now.side is not None)
    return (taken and joined) or turned or (told and _THEN.search(between) is not None)


def _is_elsewhere(now: Event, kind: str, before: str) -> bool:
    """Whether a place is another than that of a stay or deed that is told already."""
    other = {"place icu": "hospital", "place hospital": "icu"}.get(kind)
    if kind == "place icu" and now.place is None and now.noun == "admission" and now.side == "start":
        return _JOINS.search(before) is not None  # "after admission … to the ICU"
    return other is not None and now.place == other and now.side is not None


def _put(event: Event, kind: str, words: str, at: int) -> None:
    event.at = at
    if kind in ("start", "end"):
        event.side = event.side if event.side == "end" and kind == "start" else kind
    elif kind == "position":
        event.position = event.position if event.position is not None else position_of(words)
    elif kind == "next":
        event.position = NEXT
    elif kind.startswith("place"):
        place = kind.split()[1]
        event.place = "icu" if "icu" in (event.place, place) else place
    elif kind.startswith("noun"):
        event.noun = kind.split()[1]


def _asked(reading: Reading, told: Told) -> ChartQuestion | None:
    """The question about one stay, or about all of them."""
    if len(told.events) != 1:
        return None
    event = told.events[0]
    if event.position == NEXT or _AGAIN.search(reading.text.whole) is not None:
        return None  # a readmission is told from an admission only by the one before
    kind = event.place or ("hospital" if _is_of_hospital(event) else None)
    context = told.context
    if kind is None and context is not None:
        kind = context.kind
    if kind is None or (context is not None and context.kind == "icu" and kind == "hospital"):
        return None
    position = event.position
    if context is not None and context.kind == kind:
        if position is not None and position != context.position:
            return None
        position, context = context.position, None
    return _made(reading, told, event, kind, position, context)


def _is_of_hospital(event: Event) -> bool:
    """Whether a stay without its place is one of the hospital: "visit" alone is any."""
    return event.noun in ("stay", "admission") or (event.side is not None and event.noun is None)


def _made(
    reading: Reading,
    told: Told,
    event: Event,
    kind: str,
    position: int | None,
    context: StayWanted | None,
) -> ChartQuestion | None:
    wanted = context
    if context is None and position is not None:
        wanted = StayWanted(kind, position, f"{position} {kind} stay")
    stays = (PlacedStay(wanted, 0),) if wanted is not None else ()
    if context is not None and position is not None:
        reading.picks = (Pick(position),)
    reading.stays = stays
    plural = re.search(table()["noun"]["plural"], reading.text.whole) is not None
    if told.length:
        if told.count or (told.every and position is None):
            return None
        return reading.made(
            "encounter", "length", attribute=kind, relation=kind, unit=told.unit,
            extreme=told.extreme,
        )  # fmt: skip
    if told.extreme is not None:
        return None
    if told.count:
        counted = position is None and (event.noun or event.side == "start" or event.place)
        return reading.made("encounter", "count", attribute="stays", relation=kind) if counted else None
    if reading.yes_no and NOW.match(reading.text.whole) is not None:
        reading.picks = (Pick(-1),)  # whether it still runs is seen from its end
        return reading.made("encounter", "list", attribute="stays", relation=kind)
    if reading.yes_no:
        been = kind == "icu" and event.side != "end" and not told.when
        return reading.made("encounter", "exists", attribute="stays", relation=kind) if been else None
    side = event.side or ("start" if event.noun == "admission" or told.when else None)
    if side is None:
        return None
    attribute = "admitted" if side == "start" else "discharged"
    dated = _raw("dates", "plural").search(reading.text.whole) is not None
    several = told.every or ((plural or dated) and position is None)
    if told.every and position is not None:
        return None
    if not (told.when or event.side or several):
        return None
    ask = "list" if several else "when"
    return reading.made("encounter", ask, attribute=attribute, relation=kind, every=several)


def _interval(reading: Reading, told: Told) -> ChartQuestion | None:
    """The time between two edges of stays."""
    first, other = told.events
    outside = reading.text.whole
    if _LATER_FIRST.search(outside) is not None:
        first, other = other, first
    sides = [e.side or ("start" if e.noun == "admission" else None) for e in (first, other)]
    positions = [first.position, other.position]
    one_place = len({first.place, other.place} - {None}) < 2
    if other.position == NEXT or (_AGAIN.search(outside) and sides == ["end", "start"]):
        if first.position is None or first.position < 1 or not one_place:
            return None
        positions[1] = first.position + 1 if not other.position else other.position
    gap = first.side is None and other.side is None and None not in positions
    if gap and one_place:
        sides = ["end", "start"]
    elif first.side is None and first.place and re.search(r"\b(?:before|into)\b", outside):
        sides[0] = "start"
    if None in sides or NEXT in positions or told.every or told.extreme:
        return None
    both = (first.place or other.place) if gap else None
    kinds = [e.place or both or "hospital" for e in (first, other)]
    edges = tuple(
        StayEdge(kind, side or "start", position)
        for kind, side, position in zip(kinds, sides, positions, strict=True)
    )
    asked = ChartQuestion(reading.text.whole, "interval", "interval", edges=edges, unit=told.unit)
    return replace(asked, stay=told.context)
