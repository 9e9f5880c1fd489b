"""What a question says of stays, word by word: places, deeds, orders, words of asking.

In: the text of a question. Out: the stays and edges of stays that it names, in its order, and how
they are asked for; nothing where a word is left that `question_stays.toml` does not have. What the
words ask together is settled by `question_stays`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.answers.question import StayWanted
from pipelines.answers.question.intervals import UNITS
from pipelines.answers.question.scope import position_of, position_pattern
from pipelines.answers.question.text import QuestionText, any_of, phrase
from pipelines.answers.question.word_table import WordTable

TABLE = WordTable("question_stays.toml")
said = TABLE.said
_UNIT = re.compile(r"\b(minute|min|hour|hr|day|week|wk)s?\b")
_SHORT_UNITS = {"min": "minutes", "wk": "weeks", **UNITS}
NEXT = 0
_JOINS = re.compile(r"\b(?:and|to|until|till|before|after|following|between|from|into|prior)\b")
_THEN = re.compile(r"\b(?:and|until|till|before|after|following)\b")
_IN_TIME = re.compile(r"\b(?:days?|hours?|hrs?|minutes?|weeks?)\b")


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
    whole: bool = False
    early: bool = False


def told_of(text: QuestionText) -> Told | None:
    """Everything that the words say, or None where one of them is none of ours."""
    whole = text.text
    lasting = [m.span("last") for m in TABLE.written("length", "last").finditer(text.text)]
    for span in lasting:
        text.blank(*span)
    context = _take_context(text)
    length = bool(lasting) or bool(text.take_all(said("length")))
    several = bool(text.take_all(said("count", "times")))
    asked_when = early = bool(text.take_all(said("when")))
    units = _IN_TIME.search(text.text) is not None
    length = length or (units and TABLE.written("length", "units").search(text.text) is not None)
    extreme = next((k for k in TABLE.words["extreme"] if text.take_all(said("extreme", k))), None)
    every = bool(text.take_all(said("all")))
    count = several or text.find(said("count")) is not None
    events = _take_events(text)
    asked_when = bool(text.take_all(said("when", "late"))) or asked_when
    text.take_all(said("count"))
    text.take_all(_IN_TIME)
    for section in ("gap", "filler"):
        text.take_all(said(section))
    if text.left() or (units and not length):
        return None
    summed = said("whole").search(whole) is not None
    found = _UNIT.search(whole)
    unit = _SHORT_UNITS[found[1]] if found is not None and length else None
    if not events and context is not None:
        place = None if context.kind == "any" else context.kind
        events = [Event(0, place, context.position)]
        context = None
    return Told(
        events,
        context,
        length,
        count and not length,
        asked_when,
        every,
        extreme,
        unit,
        summed,
        early,
    )


@lru_cache(maxsize=1)
def _contexts() -> tuple[re.Pattern[str], ...]:
    """A stay as the place of what is asked: "over the latest hospital stay"."""
    places, nouns = TABLE.words["place"], TABLE.words["noun"]
    place = f"(?P<place>{any_of((*places['icu'], *places['hospital']))})"
    stay, admission, plain = (any_of(nouns[n]) for n in ("stay", "admission", "plain"))
    which = position_pattern().pattern
    which = rf"(?:this\s+)?{which}|(?P<this>this|the\s+current)"
    lead = (
        r"(?:over\s+the\s+course\s+of|in\s+the\s+course\s+of|for\s+the\s+duration\s+of|as\s+part\s+of"
        r"|in\s+the\s+context\s+of|during|throughout|over|across|within|on|in|for|amid|through|at)"
    )
    articles = r"(?:(?:the|their|his|her|its|this|patient|own)\s+)*"
    return (
        phrase(
            rf"{lead}\s+{articles}(?:{which})\s+(?:{place}\s+)?(?:{stay}|{admission}|(?P<plain>{plain}))"
        ),
    )


def _take_context(text: QuestionText) -> StayWanted | None:
    for pattern in _contexts():
        found = text.take(pattern)
        if found is None:
            continue
        # "The last visit" is one to the place that is told, of the hospital or of another.
        bare = found["plain"] is not None and found["place"] is None
        kind = "any" if bare else _kind(found["place"] or "hospital")
        position = position_of(found["position"]) if found["position"] else -1
        return StayWanted(kind, position, " ".join(found.group().split()))
    return None


def _kind(place: str) -> str:
    return "icu" if " ".join(place.split()) in TABLE.words["place"]["icu"] else "hospital"


def _take_events(text: QuestionText) -> list[Event]:
    """The stays and edges in the order of the text; a new one begins where a word comes twice."""
    found: list[tuple[int, str, str]] = []
    for section in ("end", "start", "outside"):
        name = ("gap", "outside") if section == "outside" else (section, "words")
        found += [(m.start(), section, m.group()) for m in text.take_all(said(*name))]
    for noun in ("stay", "admission", "plain"):
        found += [(m.start(), f"noun {noun}", m.group()) for m in text.take_all(said("noun", noun))]
    for place in ("icu", "hospital"):
        found += [(m.start(), f"place {place}", "") for m in text.take_all(said("place", place))]
    for match in text.take_all(position_pattern()):
        found.append((match.start(), "position", match["position"]))
    found += [(m.start(), "next", m.group()) for m in text.take_all(said("next"))]
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
    for pattern in (
        said("when"),
        said("when", "late"),
        said("gap"),
        said("filler"),
        *fillers,
    ):
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
    if (
        kind == "place icu"
        and now.place is None
        and now.noun == "admission"
        and now.side == "start"
    ):
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
