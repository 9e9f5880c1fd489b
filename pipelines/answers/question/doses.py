"""Questions about the doses of one drug, or a stay's diagnoses, in words that say nothing else.

In: a question of which every word is a drug of the chart, a stay, or one of `question_doses.toml`.
Out: when, how much, how often, on how many days or whether it was given; or the diagnoses of a
stay, listed or counted. Words in any order are read; a word left over gives None.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, replace

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.medications import NOW
from pipelines.answers.question.names import take_names
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.scope import take_picks, take_stays
from pipelines.answers.question.text import QuestionText, any_of, asks_if, is_bare, listed, phrase
from pipelines.answers.question.word_table import WordTable
from pipelines.charts.question_names import thing_names

TABLE = WordTable("question_doses.toml")
_words = TABLE.said
_STRENGTH = re.compile(r"\bhow (?:much|big|large|high|strong)\b")
_STARTED_AT = re.compile(
    r"\b(?:what|which) dose\b.*\b(?:start|begin)\b"
    r"|\brate\b.*\b(?:start(?:ed)?|begin|begun|began|initiated|hung)\b|\bstarting rate\b"
)
_EACH = re.compile(
    r"\b(?:each|every|per|all|individual) (?:single )?(?:dose|administration|injection)s?\b"
)
_GIVEN = re.compile(r"\b(?:given|gave|give|giving|administ\w+|receiv\w+|infused|injected)\b")


def _units() -> tuple[str, ...]:
    """Units that an amount is told in; doses are counted."""
    return tuple(unit for unit in TABLE.words["unit"]["words"] if not unit.startswith("dose"))


def _compound() -> re.Pattern[str]:
    """Units of rates, read before their parts ("min" of "mcg/kg/min" is no minimum)."""
    return phrase(any_of(tuple(u for u in TABLE.words["unit"]["words"] if "/" in u)))


def _fresh(reading: Reading) -> Reading:
    tried = copy(reading)
    tried.text = copy(reading.text)
    tried.text.text = reading.asked or reading.text.text
    tried.yes_no = asks_if(tried.text.whole) or is_bare(tried.text)
    tried.picks, tried.things, tried.when = (), (), False
    return tried


def read_doses(reading: Reading, *, plainly: bool) -> ChartQuestion | None:
    """A question about the doses of a named drug, or None.

    `plainly` reads only what no other reader knows: sums, days, and what the first dose was.
    """
    tried = _fresh(reading)
    text = tried.text
    if tried.against is not None or tried.threshold is not None or tried.verbatim:
        return None
    drugs = thing_names(tried.chart).get("medication", ())
    named = take_names(text, drugs)
    if not named.displays or len(named.groups) > 1:
        return None
    if text.find(_words("never")) is not None or NOW.match(text.whole) is not None:
        return None
    if (
        not named.certain
        and text.find(_words("given")) is None
        and text.find(_words("dose")) is None
    ):
        return None
    tried.stays = take_stays(text)
    asked = _asked(tried)
    if asked is None or (plainly and asked.ask not in ("total", "dose") and asked.group != "day"):
        return None
    return replace(asked, names=named.displays)


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a question about doses say, before any is taken out."""

    started: bool
    began: bool
    days: bool
    count: bool
    timed: bool
    total: bool
    dosed: bool
    given: bool
    amount: bool
    extreme: str | None


def _said_of(text: QuestionText) -> Said:
    whole = text.text
    started = bool(text.take_all(_words("given", "start")))
    started = started or _STARTED_AT.search(whole) is not None
    unit = text.find(_words("unit")) is not None
    units = any_of(_units())
    amount = re.search(rf"(?:how many|total|total of|in total) {units}\b", whole) is not None
    given, dosed = _GIVEN.search(text.whole) is not None, text.find(_words("dose")) is not None
    total = text.find(_words("total")) is not None and (dosed or unit or given)
    counted = text.find(_words("count")) or TABLE.written("count", "split").search(whole)
    timed = text.find(_words("when")) and TABLE.written("when", "occasion").search(whole)
    text.take_all(_compound())
    return Said(
        started=started,
        began=text.find(_words("given", "began")) is not None,
        days=TABLE.written("count", "days").search(whole) is not None,
        count=counted is not None and not amount,
        timed=timed is not None and not started and _STRENGTH.search(whole) is None,
        total=total or amount,
        dosed=dosed or started,
        given=given,
        amount=amount,
        extreme=next((k for k in TABLE.words["extreme"] if text.find(_words("extreme", k))), None),
    )


def _asked(reading: Reading) -> ChartQuestion | None:
    text = reading.text
    said = _said_of(text)
    for section, name in (
        ("count", "words"), ("when", "words"), ("total", "words"), ("extreme", "maximum"),
        ("extreme", "minimum"), ("dose", "words"),
    ):  # fmt: skip
        text.take_all(_words(section, name))
    reading.picks = take_picks(text, reading.stays)
    text.take_all(_words("given", "began"))
    for section in ("given", "filler", "unit"):
        text.take_all(_words(section))
    text.take_all(phrase(r"hospital|inpatient"))
    if text.left() or len(reading.picks) > 1:
        return None
    given = "given" if said.given else None
    one = bool(reading.picks)
    rules: tuple[tuple[bool, Callable[[], ChartQuestion | None]], ...] = (
        (said.days, lambda: None if one else _made(reading, "count", "given", group="day")),
        (said.count, lambda: None if one or said.extreme else _made(reading, "count", "given")),
        (said.extreme is not None, lambda: _extreme(reading, said)),
        (one or said.started, lambda: _one_dose(reading, said)),
        (
            said.amount and _EACH.search(text.whole) is not None,
            lambda: _made(reading, "dose", "given", unit="timed", every=True),
        ),
        (said.total, lambda: _made(reading, "total", "given")),
        (said.timed and said.began, lambda: _made(reading, "when", None)),
        (
            reading.yes_no and not (said.dosed or said.timed),
            lambda: _made(reading, "exists", given),
        ),
    )
    return next((ask() for holds, ask in rules if holds), None)


def _extreme(reading: Reading, said: Said) -> ChartQuestion | None:
    """The highest or lowest dose or rate; when it was given is told nowhere here."""
    return None if said.timed else _made(reading, "extreme", "given", extreme=said.extreme)


def _one_dose(reading: Reading, said: Said) -> ChartQuestion | None:
    """When one dose was given, or how much it was."""
    if said.timed and not said.began:
        return _made(reading, "when", "given")
    if not said.dosed or reading.yes_no:
        return None
    if not reading.picks:
        reading.picks = take_picks(QuestionText("first"), reading.stays)
    return _made(reading, "dose", "given")


def _made(reading: Reading, ask: str, attribute: str | None, **more: object) -> ChartQuestion:
    return reading.made("medication", ask, attribute=attribute, **more)


def read_diagnoses(reading: Reading) -> ChartQuestion | None:
    """The diagnoses of a stay, listed or counted, none of them named; or None."""
    tried = _fresh(reading)
    text = tried.text
    if tried.yes_no or tried.verbatim or text.find(_words("diagnosis", "never")) is not None:
        return None
    if text.find(_words("diagnosis", "must")) is None:
        return None
    tried.stays = take_stays(text)
    if not tried.stays or not text.take_all(_words("diagnosis", "noun")):
        return None
    counted = text.find(listed("total", "count")) is not None
    summed = re.search(r"\btotal\b", text.whole) is not None
    text.take_all(listed("total", "count"))
    text.take_all(_words("diagnosis", "filler"))
    text.take_all(phrase(r"hospital|inpatient"))
    if text.left():
        return None
    return tried.made("problem", "count" if counted or summed else "list", every=True)
