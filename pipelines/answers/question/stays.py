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
from pipelines.answers.question.medications import NOW
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.scope import PlacedStay
from pipelines.answers.question.stay_words import (
    NEXT,
    TABLE,
    Event,
    Told,
    told_of,
)
from pipelines.answers.question.text import QuestionText, asks_if

# "How long until she was readmitted after the first discharge": the later one is told first.
_LATER_FIRST = re.compile(r"\b(?:until|till|before)\b.*\b(?:after|following|from|since)\b")
_AT_HAND = re.compile(
    r"\b(?:this|current|present)\s+(?:\w+\s+)?(?:stay|admission|hospitali[sz]ation|visit|encounter)\b"
)
_MERE_DEED = re.compile(
    r"\b(?:did|does|has|had)\s+(?:it\s+|this\s+|that\s+|they\s+)?(?:start|begin|begun|end|stop|finish)"
)
_AGAIN = re.compile(r"\b(?:re-?admi|rehospital|next\b|back\b)")
# Beside one stay alone such a word asks for the time up to something else.
_APART = re.compile(r"\b(?:since|ago|until|till|before|after|between|following)\b")
_FOR = re.compile(r"\bfor$")
ONE = "Two stays are asked for at once; ask for one of them, or for the time between them."


def read_stays(reading: Reading) -> ChartQuestion | None:
    """A question about stays and nothing else, or None."""
    text = copy(reading.text)
    if text.find(TABLE.said("never")) is not None or reading.against is not None:
        return None
    if reading.verbatim or _AT_HAND.search(text.whole) is not None:
        return None  # the stay at hand may have no end yet; the reader of stays by name knows it
    window = _window(reading, text)
    if window is not None:
        text.take_all(TABLE.said("filler", "window"))
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
    if len(told.events) == 2 and all(event.position for event in told.events):
        return reading.made("encounter", "decline", decline=ONE, not_understood=True)
    event = told.events[0]
    # A readmission is told from an admission only by the one before.
    again = event.position == NEXT or _AGAIN.search(reading.text.whole) is not None
    mere = _MERE_DEED.search(reading.text.whole) is not None
    meant = _meant(event, told.context, mere=mere) if len(told.events) == 1 and not again else None
    if meant is None:
        return None
    kind, wanted, inside = meant
    reading.stays = (PlacedStay(wanted, 0),) if wanted is not None else ()
    reading.picks = (Pick(inside),) if inside is not None else ()
    one = wanted is not None and (inside is not None or wanted.kind == kind)
    if told.length:
        return _length(reading, told, kind)
    if told.extreme is not None or ((told.count or told.every) and one):
        return None
    if told.count:
        counted = event.noun or event.side == "start" or event.place
        asked = reading.made("encounter", "count", attribute="stays", relation=kind)
        return asked if counted else None
    reader = _yes_no if reading.yes_no else _edge
    return reader(reading, told, event, kind)


Meant = tuple[str, StayWanted | None, int | None]


def _meant(event: Event, context: StayWanted | None, *, mere: bool) -> Meant | None:
    """Kind and stay that are meant, and its order where it is one inside another stay."""
    kind = event.place or ("hospital" if _is_of_hospital(event, mere=mere) else None)
    if context is not None and context.kind != "any":
        kind = kind or context.kind
    if kind is None or (context is not None and context.kind == "icu" and kind == "hospital"):
        return None
    position = event.position
    if context is not None and context.kind not in ("any", kind):
        return kind, context, position
    if context is not None:
        if position not in (None, context.position):
            return None
        position = context.position
    wanted = StayWanted(kind, position, f"{position} {kind} stay") if position else None
    return kind, wanted, None


def _is_of_hospital(event: Event, *, mere: bool) -> bool:
    """Whether a stay without its place is one of the hospital: "visit" alone is any.

    People are admitted and leave; what only starts or ends may be anything ("when did it start").
    """
    deed = event.side is not None and event.noun is None and not mere
    return event.noun in ("stay", "admission") or deed


def _length(reading: Reading, told: Told, kind: str) -> ChartQuestion | None:
    """How long one stay was; a sum over several, or a time up to something else, is not told."""
    summed = told.whole and not reading.stays and not told.extreme
    every = told.every and not reading.stays
    if summed or every or told.count or _APART.search(reading.text.whole) is not None:
        return None
    return reading.made(
        "encounter", "length", attribute=kind, relation=kind, unit=told.unit, extreme=told.extreme
    )


def _yes_no(reading: Reading, told: Told, event: Event, kind: str) -> ChartQuestion | None:
    """Whether there was an ICU stay; whether one still runs is seen from its end."""
    if NOW.match(reading.text.whole) is not None:
        reading.picks = (Pick(-1),)
        return reading.made("encounter", "list", attribute="stays", relation=kind)
    if kind != "icu" or event.side == "end" or told.when:
        return None
    return reading.made("encounter", "exists", attribute="stays", relation=kind)


def _edge(reading: Reading, told: Told, event: Event, kind: str) -> ChartQuestion | None:
    """When a stay began or ended, or all of them did."""
    whole = reading.text.whole
    side = event.side or ("start" if event.noun == "admission" or told.when else None)
    plural = re.search(TABLE.words["noun"]["plural"], whole) is not None
    dated = TABLE.written("dates", "plural").search(whole) is not None
    one = bool(reading.picks) or any(placed.stay.kind == kind for placed in reading.stays)
    several = told.every or ((plural or dated) and not one)
    named = event.side and TABLE.written("start", "noun").search(whole) is not None
    bare = event.side is None and event.noun is None and not told.early
    if side is None or bare or _FOR.search(whole) or not (told.when or named or several):
        return None
    attribute = "admitted" if side == "start" else "discharged"
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
