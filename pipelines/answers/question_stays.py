"""Questions about stays alone: when they began or ended, how long they were, how many there were.

In: a question of which every word is one of a closed vocabulary (`question_stays.toml`): a place,
a noun of stays, a deed by which a stay begins or ends, an order, a word of asking. Out: the
question, or None where a word is left over or the words do not settle what is asked. Since
nothing else may stand in it, the words can come in any order, which no pattern of sentences
could allow; a word that narrows or denies is in no list and leaves the question to others.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import replace

from pipelines.answers.question import ChartQuestion, Pick, StayEdge, StayWanted, Window
from pipelines.answers.question_medications import NOW
from pipelines.answers.question_reading import Reading
from pipelines.answers.question_scope import PlacedStay
from pipelines.answers.question_stay_words import (
    NEXT,
    Event,
    Told,
    listed_pattern,
    said,
    table,
    told_of,
)
from pipelines.answers.question_text import QuestionText, asks_if

# "How long until she was readmitted after the first discharge": the later one is told first.
_LATER_FIRST = re.compile(r"\b(?:until|till|before)\b.*\b(?:after|following|from|since)\b")
_AGAIN = re.compile(r"\b(?:re-?admi|rehospital|next\b|back\b)")
# Beside one stay alone such a word asks for the time up to something else.
_APART = re.compile(r"\b(?:since|ago|until|till|before|after|between|following)\b")
_FOR = re.compile(r"\bfor$")
ONE = "Two stays are asked for at once; ask for one of them, or for the time between them."


def read_stays(reading: Reading) -> ChartQuestion | None:
    """A question about stays and nothing else, or None."""
    text = copy(reading.text)
    if text.find(said("never")) is not None or reading.against is not None:
        return None
    if reading.verbatim:
        return None
    window = _window(reading, text)
    if window is not None:
        text.take_all(said("filler", "window"))
    told = told_of(text)
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


def _asked(reading: Reading, told: Told) -> ChartQuestion | None:
    """The question about one stay, or about all of them."""
    if len(told.events) != 1:
        two = len(told.events) == 2 and all(e.position for e in told.events)
        return (
            reading.made("encounter", "decline", decline=ONE, not_understood=True) if two else None
        )
    event = told.events[0]
    if event.position == NEXT or _AGAIN.search(reading.text.whole) is not None:
        return None  # a readmission is told from an admission only by the one before
    kind = event.place or ("hospital" if _is_of_hospital(event) else None)
    context = told.context
    if context is not None and context.kind == "any":
        if kind is None:
            return None
        context = replace(context, kind=kind)
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
        if _APART.search(reading.text.whole) or (
            told.whole and wanted is None and not told.extreme
        ):
            return None
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
        return (
            reading.made("encounter", "count", attribute="stays", relation=kind)
            if counted
            else None
        )
    if reading.yes_no and NOW.match(reading.text.whole) is not None:
        reading.picks = (Pick(-1),)  # whether it still runs is seen from its end
        return reading.made("encounter", "list", attribute="stays", relation=kind)
    if reading.yes_no:
        been = kind == "icu" and event.side != "end" and not told.when
        return (
            reading.made("encounter", "exists", attribute="stays", relation=kind) if been else None
        )
    side = event.side or ("start" if event.noun == "admission" or told.when else None)
    if side is None:
        return None
    attribute = "admitted" if side == "start" else "discharged"
    dated = listed_pattern("dates", "plural").search(reading.text.whole) is not None
    several = told.every or ((plural or dated) and position is None)
    if told.every and position is not None:
        return None
    named = listed_pattern("start", "noun").search(reading.text.whole) is not None
    if not (told.when or (event.side and named) or several):
        return None
    if _FOR.search(reading.text.whole) or (
        event.side is None and event.noun is None and not told.early
    ):
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
    bare = told.context is not None and told.context.kind == "any"
    return asked if bare else replace(asked, stay=told.context)
