"""Questions about drugs: what is active, what was given, when, how much, and of which class.

Where a drug and a laboratory test share a name (magnesium, albumin), the words around it decide:
given, dose and started mean the drug. A class ("antibiotics") means the chart's own drugs of it.
A misspelling of one letter is forgiven where it leaves one name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pipelines.answers.question import ChartQuestion, Pick
from pipelines.answers.question.classes import (
    ClassNamed,
    is_known_drug,
    names_class,
    take_class,
)
from pipelines.answers.question.names import NamedThings, take_close, take_names
from pipelines.answers.question.reading import LAB_CUE, Reading
from pipelines.answers.question.results import AS_DRUG, is_of_a_result
from pipelines.answers.question.scope import take_choice, take_picks
from pipelines.answers.question.text import QuestionText, listed, phrase
from pipelines.answers.question.when import take_when
from pipelines.charts.medications import medications

_TAKING = phrase(r"(?:taking|takes?|prescribed|treated\s+with)")
NOW = re.compile(r"(?:so |and )?(?:is|are|does|do|am|still)\b")
_IS_ON = re.compile(r"\b(?:is|are|does)\s+(?:\w+\s+){0,2}(?:on|taking|takes?|using)\b")
_COUNTED = re.compile(r"\bhow many\b")
_ORDERS = re.compile(r"\b(?:prescriptions?|orders?|ordered|prescribed|entries)\b")
_WHO = re.compile(
    r"(?:and |so )?(?:who|which (?:doctor|physician|provider|clinician))\s+(?:has |had )?"
    r"(?:ordered|prescribed|prescribes|started|initiated|wrote|restarted)\b|.*\bordered by whom\b"
)
_OF_ORDERS = phrase(r"(?:order|orders|for|wrote|restarted)")
_ON_HOLD = phrase(r"(?:being\s+|currently\s+)?(?:on[\s-]hold|held|paused|suspended)")
_LISTING = phrase(r"list|all|any|the|now|currently|current|active|still")
_UNITS = re.compile(r"\bunits?\b")
_INFUSION = re.compile(r"\binfusions?\b")
_STARTING_RATE = re.compile(
    r"\b(?:what|which) (?:rate|dose)\b.*\bstarted\b|\bstarting (?:rate|dose)\b"
)
_AGAIN = re.compile(r"\b(?:restarted|resumed)\b")
_HOW_MUCH = re.compile(r"\bhow much\b|\btotal\b|\baltogether\b")
_DISTINCT = phrase(
    r"(?:different|distinct|unique|separate|individual)(?!\s+(?:times|occasions|doses|administrations))"
)
Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _Said:
    """The words of a question that speak of drugs: whether it asks which, or for a list of them,
    its cues (given, taking, started, stopped, dose), and whether a class is all that it names."""

    asks_what: bool
    worded: bool
    cues: tuple[str, ...]
    alone: bool = False

    @property
    def any(self) -> bool:
        """Whether any word speaks of drugs at all."""
        return self.asks_what or self.worded or self.alone or bool(self.cues)


def read_medication(reading: Reading, chart_names: Names) -> ChartQuestion | None:
    """A question about drugs, by their names, their class or the words for them, or None."""
    text = reading.text
    drugs = chart_names.get("medication", ())
    said = _said(reading)
    if text.find(LAB_CUE) is not None and not said.worded:
        return None
    before = text.text
    named = take_names(text, drugs)
    if not (named.displays or said.any or reading.results_named):
        said = replace(said, alone=_is_class_alone(text))
    # "Agitation sedation scale" is a result, whatever class one of its words may be.
    of_result = reading.results_named and not said.worded
    of_class = None
    if not named.displays and not of_result and (said.any or reading.yes_no):
        of_class = take_class(text, drugs)
        if of_class is not None and not of_class.members:
            return _none_of_class(reading, of_class)
        close = take_close(text, drugs) if said.cues and of_class is None else ()
        members = of_class.members if of_class is not None else close
        named = NamedThings(members, certain=bool(members))
    sure = _is_sure(reading, named, said.cues)
    if not (said.worded or said.alone) and not (named.displays and sure):
        text.text = before
        return None
    asked = _asked(reading, named, said, drugs)
    if asked.ask == "dose" and of_class is not None and len(of_class.drugs()) > 1:
        return _one_of_class(reading, of_class)
    return asked


def _said(reading: Reading) -> _Said:
    text = reading.text
    asks_what = re.match(r"(?:what|which|list|show|name)\b", text.whole) is not None
    taken = asks_what and not reading.results_named and text.find(_TAKING) is not None
    cues = [
        c
        for c in ("given", "taking", "started", "stopped", "dose")
        if text.find(listed("medication", c))
    ]
    if "dose" in cues and "started" in cues and _only_ordered(text):
        cues.remove("started")
    return _Said(asks_what, text.find(listed("medication")) is not None or taken, tuple(cues))


def _asked(
    reading: Reading, named: NamedThings, said: _Said, drugs: tuple[str, ...]
) -> ChartQuestion:
    asked = _medication_asked(reading, named, list(said.cues))
    if said.alone:
        asked = replace(asked, every=True)  # "abx?" asks what is running
    if asked.ask == "exists" and named.groups:
        return replace(asked, unlisted=_take_unlisted(reading.text, drugs))
    return asked


def _is_sure(reading: Reading, named: NamedThings, cues: Sequence[str]) -> bool:
    """Whether the words mean a drug, where its name may be that of a result ("sodium") too.

    "On" is not enough ("sodium on admission"), and words of results ("the lowest sodium") say that
    it is none, save where one of giving stands beside them.
    """
    if named.certain:
        return True
    text = reading.text
    beside = reading.threshold is not None or is_of_a_result(text)
    if named.displays and beside and text.find(AS_DRUG) is None:
        return False
    return any(cue != "taking" for cue in cues) or text.find(_TAKING) is not None


def _is_class_alone(text: QuestionText) -> bool:
    """Whether the question is the name of a class and nothing else ("abx?")."""
    rest = QuestionText(text.text)
    return names_class(rest) and take_class(rest, ()) is not None and not rest.left()


def _state_of_list(reading: Reading) -> ChartQuestion | None:
    """A list by the state of its orders, no drug named: those on hold, or those of the past."""
    text = reading.text
    if text.take_all(_ON_HOLD):
        text.take_all(listed("medication"))
        text.take_all(_LISTING)
        return reading.made("medication", "list", attribute="on hold")
    if reading.stays or reading.window or not text.take_all(listed("medication", "past")):
        return None
    text.take_all(listed("medication"))
    text.take_all(_LISTING)
    return reading.made("medication", "stopped", attribute="stopped")


def _only_ordered(text: QuestionText) -> bool:
    """ "The dose that was prescribed" asks how much; "when was it prescribed" asks for the time."""
    begun = {m.group() for m in listed("medication", "started").finditer(text.text)}
    return begun <= {"prescribed", "ordered"} and text.find(listed("when")) is None


def _take_unlisted(text: QuestionText, drugs: tuple[str, ...]) -> tuple[str, ...]:
    """Drugs that are named beside those of the chart, and that no entry of the chart names."""
    unlisted = tuple(word for word in text.left() if is_known_drug(word, drugs))
    for word in unlisted:
        text.take_all(phrase(re.escape(word)))
    return unlisted


def _none_of_class(reading: Reading, of_class: ClassNamed) -> ChartQuestion:
    """The table of classes may not know a drug: that none is known is no "none was given"."""
    says = f"No medication of this chart is known here as {of_class.title}."
    return ChartQuestion(reading.text.whole, "medication", "decline", decline=says)


def _one_of_class(reading: Reading, of_class: ClassNamed) -> ChartQuestion:
    """The dose of "the opioid" where there are several: which one is meant is not guessed."""
    drugs = of_class.drugs()
    listed_drugs = f"{', '.join(drugs[:-1])} and {drugs[-1]}"
    says = f"More than one {of_class.title} is in this chart: {listed_drugs}; ask for one by name."
    return ChartQuestion(reading.text.whole, "medication", "decline", decline=says)


def _medication_asked(reading: Reading, named: NamedThings, cues: list[str]) -> ChartQuestion:
    text = reading.text
    if named.displays and _WHO.match(text.whole) is not None:
        text.take_all(listed("medication", "started"))
        text.take_all(_OF_ORDERS)
        text.take_all(listed("medication"))
        return reading.made("medication", "who", names=named.displays, attribute="ordered")
    state = _state_of_list(reading) if not named.displays and not reading.yes_no else None
    if state is not None:
        return state
    counted = text.find(listed("total", "count")) is not None
    asks_held = reading.yes_no or counted or text.find(listed("when")) is not None
    if asks_held and named.displays and text.take_all(listed("medication", "held")):
        # When a hold began stands in no element of an order: its status and reason are told.
        reading.when = take_when(text)
        text.take_all(listed("medication", "active"))
        text.take_all(phrase(r"being|still|doses?|on"))
        count = take_choice(text, "total") == "count"
        ask = "count" if count else "exists" if reading.yes_no else "list"
        now = NOW.match(text.whole) is not None
        return reading.made("medication", ask, names=named.displays, attribute="held", every=now)
    active = text.take_all(listed("medication", "active"))
    text.take_all(listed("medication"))
    how_much = "dose" in cues and not ("started" in cues or "stopped" in cues)
    for cue in ("given", "started", "stopped", "dose", "taking"):
        text.take_all(listed("medication", cue))
    total = take_choice(text, "total")
    distinct = total == "count" and bool(text.take_all(_DISTINCT))
    starting = named.displays and _STARTING_RATE.search(text.whole) is not None
    extreme = take_choice(text, "extreme") if "dose" in cues and named.displays else None
    reading.when = take_when(text)
    text.take_all(phrase(r"day|any|the|list|all|still"))
    units = bool(text.take_all(phrase(r"units?"))) or _UNITS.search(text.whole) is not None
    again = (Pick(-1),) if _AGAIN.search(text.whole) else ()
    reading.picks = take_picks(text, reading.stays) or again
    ask = _medication_ask(reading, cues, total, how_much=how_much, named=bool(named.displays))
    if ask == "count" and units and named.displays and "given" in cues:
        ask = "total"
    if extreme is not None and not reading.when:
        return reading.made(
            "medication", "extreme", names=named.displays, attribute="given", extreme=extreme
        )
    if starting and ask == "when" and not reading.yes_no:
        reading.picks = (Pick(1),)
        return reading.made("medication", "dose", names=named.displays, attribute="given")
    # "Is she on it" asks for now; "was it given" and "has she taken it" for ever.
    now = "taking" in cues and (NOW.match(text.whole) or _IS_ON.search(text.whole)) is not None
    return reading.made(
        "medication", ask, names=named.displays, groups=named.groups, every=bool(active) or now,
        attribute=_attribute(reading, cues), group="name" if distinct else None,
    )  # fmt: skip


def _attribute(reading: Reading, cues: list[str]) -> str | None:
    """Which entries say it: a dose at a place in time, or a number of doses, was given."""
    infusion = _INFUSION.search(reading.text.whole) is not None
    if "given" in cues and not ("stopped" in cues and infusion) and _gives(reading):
        return "given"
    if "stopped" in cues:
        return "stopped"
    counted = _COUNTED.search(reading.text.whole) is not None
    if counted and _ORDERS.search(reading.text.whole) is not None:
        return "ordered"
    placed = reading.when or reading.picks or counted
    return "dosed" if "dose" in cues and "started" not in cues and placed else None


def _gives(reading: Reading) -> bool:
    """Whether the chart keeps what was given; where it has orders alone, they are what is told."""
    forms = {one.form for one in medications(reading.chart)}
    return "administration" in forms or "request" not in forms


def _medication_ask(
    reading: Reading, cues: list[str], total: str | None, *, how_much: bool, named: bool
) -> str:
    if total == "count":
        return "count"
    if reading.when or (set(cues) & {"started", "stopped"} and not reading.yes_no and named):
        return "when"
    if named and (how_much or total == "sum"):
        summed = "given" in cues and _HOW_MUCH.search(reading.text.whole) is not None
        return "total" if summed else "dose"
    if reading.yes_no and named:
        return "exists"
    if set(cues) & {"started", "stopped"}:
        return "stopped" if "stopped" in cues else "started"
    return "list"
