"""Questions about the person, and about one field of a stay, in words that say nothing else.

In: a question of which every word is one of `question_person.toml` or of the words of stays. Out:
the field of the patient's record that is asked for, an age at an event, or a stay's type, source or
disposition. A word left over gives None: "cause of death" and "born where" are none of these.
"""

from __future__ import annotations

import re
from copy import copy

from pipelines.answers.evidence.patient import language, marital, meaning
from pipelines.answers.question import ChartQuestion, StayWanted
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.scope import PlacedStay
from pipelines.answers.question.stay_words import NEXT, Event, stay_events
from pipelines.answers.question.text import asks_if, phrase
from pipelines.answers.question.word_table import WordTable
from pipelines.charts.patients import patient

TABLE = WordTable("question_person.toml")
said = TABLE.said
FIELDS = ("death", "marital", "language", "race", "ethnicity", "sex", "birth")
_END_UP = phrase(r"(?:end|ended|wind|wound|winding|ending)\s+up")
_CODED = {"marital": marital, "language": language}


def read_person(reading: Reading) -> ChartQuestion | None:
    """A question about the person or a field of a stay and nothing else, or None."""
    if reading.against is not None or reading.verbatim:
        return None
    if reading.text.find(said("never")) is not None:
        return None
    readers = (_age, _person, _field) if reading.window is None else (_field,)
    if reading.window is not None and reading.window.since:
        return None
    for reader in readers:
        tried = copy(reading)
        tried.text = copy(reading.text)
        tried.yes_no = asks_if(tried.text.whole)
        found = reader(tried)
        if found is not None:
            return found
    return None


def _person(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    field = next((f for f in FIELDS if text.find(said(f)) is not None), None)
    if field is None or (field == "language" and text.find(said("language", "must")) is None):
        return None
    dated = field == "death" and text.find(said("death", "when")) is not None
    turned = field == "death" and bool(text.take_all(said("death", "turned")))
    alive = field == "death" and text.find(said("death", "alive")) is not None
    text.take_all(said(field))
    _ = field == "death" and text.take_all(said("death", "when"))
    if field == "birth":
        text.take_all(phrase(r"(?:on\s+)?(?:what|which)\s+(?:day|date)|day|date|when"))
    text.take_all(said("filler"))
    if text.left() or (turned and not alive) or _is_worded(reading, field):
        return None
    if "where" in text.whole.split():
        return None
    ask = "value"
    if field == "death":
        ask = "when" if dated else "alive" if alive and not turned else "exists"
    return reading.made("patient", ask, attribute=field)


def _is_worded(reading: Reading, field: str) -> bool:
    """Whether the record gives words of its own: then all of them are read as particulars."""
    told = _CODED.get(field)
    if told is None:
        return False
    path, quote, _ = told(reading.chart, patient(reading.chart))
    if quote is None or path.endswith(".code") or meaning(field, quote) != quote.lower():
        return False
    return field != "marital" or path.endswith(".text")


def _age(reading: Reading) -> ChartQuestion | None:
    """An age now, at death, or at the beginning of a stay."""
    text = reading.text
    if not text.take_all(said("age")):
        return None
    dead = bool(text.take_all(said("death")))
    told = stay_events(text, (said("filler"),))
    if told is None:
        return None
    events, context = told
    if dead:
        at_death = not events and context is None
        return (
            reading.made("patient", "value", attribute="age", group="death") if at_death else None
        )
    wanted = _wanted(events, context)
    if wanted is None or (wanted.kind == "any" and (events or context)):
        return None
    if any(event.side == "end" for event in events):
        return None
    if wanted.kind != "any":
        reading.stays = (PlacedStay(wanted, 0),)
    return reading.made("patient", "value", attribute="age")


def _wanted(events: list[Event], context: StayWanted | None) -> StayWanted | None:
    """The one stay that is meant; of kind any where none is named, None where several are."""
    if context is not None and context.kind == "any":
        return None
    if len(events) > 1 or any(event.position == NEXT for event in events):
        return None
    if not events:
        return context or StayWanted("any", -1, "")
    event = events[0]
    kind = event.place or (context.kind if context is not None else "hospital")
    position = event.position
    if context is not None:
        if context.kind != kind or (position is not None and position != context.position):
            return None
        position = context.position
    return StayWanted(kind, position or -1, f"{position or -1} {kind} stay")


def _field(reading: Reading) -> ChartQuestion | None:
    """A stay's type, source or disposition."""
    text = reading.text
    whole = text.text
    fields = [f for f in TABLE.words["field"] if text.take_all(said(f"field.{f}"))]
    where = bool(text.take_all(said("where")))
    text.take_all(_END_UP)
    source = re.search(TABLE.words["where"]["source"], whole) is not None
    told = stay_events(text, (said("where", "filler"), said("filler")))
    if told is None or len(set(fields)) > 1:
        return None
    events, context = told
    ends = any(event.side == "end" for event in events)
    if not fields and where:
        fields = ["disposition"] if ends else ["admit_source"] if source and events else []
    wanted = _wanted(events, context)
    if not fields or wanted is None or wanted.kind == "icu" or reading.yes_no:
        return None
    if wanted.kind == "any":
        wanted = None
    reading.stays = (PlacedStay(wanted, 0),) if wanted is not None else ()
    return reading.made("encounter", "value", attribute=fields[0])
