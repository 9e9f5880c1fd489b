"""What is asked of the entries of a drug, by cue words anywhere in the question.

In: a reading with its times taken out, its cues, and the entries that its other words chose. Out:
the question: what was withheld, who ordered it, what for, how many doses, when, how much, whether
it is active or was given. The first of these whose cue was said is meant; an amount and a time may
be asked for at once. Where several doses differ and none of them is named there is no question.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.answers.evidence.stays import in_window
from pipelines.answers.question import ChartQuestion, Pick
from pipelines.answers.question.drug_words import TABLE, DrugEntry
from pipelines.answers.question.reading import Reading
from pipelines.answers.question.text import QuestionText, asks_if

MOST_TIMES = 6
GIVEN = "administration"
NOT_GIVEN = ("not-done", "cancelled", "entered-in-error", "draft")
CUES = (
    "held", "given", "ordered", "active", "count", "amount", "total", "when", "who", "reason",
    "which", "original", "generic",
)  # fmt: skip
_WHY = re.compile(r"\b(?:why|reason)\b")
_NOW = re.compile(r"\b(?:which|what)\b.*\b(?:is|are)\b")
_WHEN = re.compile(r"\b(?:when|what time|time|date)\b")
_said = TABLE.said


@dataclass(frozen=True, slots=True)
class Cues:
    """What the cue words of a question say; places do not matter."""

    said: frozenset[str]
    unit: bool
    of_order: bool
    started: bool
    yes_no: bool
    classed: bool

    def has(self, *names: str) -> bool:
        """Whether any of these cues was said."""
        return any(name in self.said for name in names)


def cues_of(reading: Reading, *, classed: bool) -> Cues:
    """Every cue of the text; none is taken out. `classed`: a class is all that names a drug."""
    text = QuestionText("")
    text.text = TABLE.written("amount", "strength").sub(" ", reading.text.text)
    said = {cue for cue in CUES if text.find(_said(cue)) is not None}
    said |= {"reason"} if TABLE.written("turned", "for").search(reading.text.whole) else set()
    said |= {"dosed"} if text.find(_said("amount", "weak")) is not None else set()
    return Cues(
        frozenset(said),
        unit=text.find(_said("amount", "unit")) is not None,
        of_order=text.find(_said("amount", "of_order")) is not None,
        started=text.find(_said("when", "started")) is not None,
        yes_no=reading.yes_no,
        classed=classed,
    )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The entries that were chosen: all, those in the time that is asked for, and its doses."""

    entries: list[DrugEntry]
    own: list[DrugEntry]
    doses: list[DrugEntry]
    given: str | None

    @property
    def has_doses(self) -> bool:
        """Whether the chart keeps doses of the drug, given or not."""
        return any(e.entry.form == GIVEN for e in self.entries)


def asked_of(reading: Reading, cues: Cues, entries: list[DrugEntry]) -> ChartQuestion | None:
    """What is asked of the entries, by the cues; None where nothing is, or not clearly."""
    own = _in_window(reading, entries)
    doses = [e for e in own if e.entry.form == GIVEN and e.entry.status not in NOT_GIVEN]
    kept = any(e.entry.form == GIVEN for e in entries)
    given = "given" if kept and not (cues.of_order or cues.has("ordered", "active")) else None
    chosen = _Chosen(entries, own, doses, given)
    amount = cues.unit or (cues.has("amount", "total", "dosed") and not cues.yes_no)
    timed = _WHEN.search(reading.text.whole) is not None
    readers: tuple[tuple[bool, _Reader], ...] = (
        (cues.has("held"), _held),
        (cues.has("who"), _who),
        (cues.has("reason"), _reason),
        (cues.has("count") and not cues.unit, _count),
        (cues.has("when") and (cues.has("amount") or cues.unit) and timed, _dose_and_time),
        (cues.has("when"), _when),
        (amount, _amount),
        (cues.has("active") and (cues.yes_no or cues.has("which")), _active),
        (cues.has("which"), _list),
        (cues.yes_no or cues.classed, _whether),
    )
    reader = next((read for holds, read in readers if holds), None)
    return reader(reading, cues, chosen) if reader is not None else None


_Reader = Callable[[Reading, Cues, _Chosen], ChartQuestion | None]


def _held(reading: Reading, cues: Cues, chosen: _Chosen) -> ChartQuestion | None:
    """Doses that were not given: how many, when, whether, and with the reason of each."""
    if cues.has("reason") or _WHY.search(reading.text.whole):
        on_hold = any(e.entry.status == "on-hold" for e in chosen.entries)
        attribute = "on hold" if on_hold else "held"
        known = on_hold or chosen.has_doses
        return reading.made("medication", "list", attribute=attribute) if known else None
    ask = "count" if cues.has("count") else "when" if cues.has("when") else None
    ask = ask or ("exists" if asks_if(reading.text.whole) else "list")
    return reading.made("medication", ask, attribute="held") if chosen.has_doses else None


def _who(reading: Reading, cues: Cues, _: _Chosen) -> ChartQuestion | None:
    """Who ordered it; who gave a dose is told nowhere here."""
    gave = cues.has("given") and not cues.has("ordered")
    return None if gave else reading.made("medication", "who")


def _reason(reading: Reading, cues: Cues, chosen: _Chosen) -> ChartQuestion | None:
    """What it is for, where an order says so."""
    if not any(e.entry.reason or _refers(e) for e in chosen.entries):
        return None
    return reading.made("medication", "reason", every=cues.has("active"))


def _refers(one: DrugEntry) -> bool:
    return one.entry.detail is not None and bool(one.entry.detail.reason_references)


def _count(reading: Reading, cues: Cues, chosen: _Chosen) -> ChartQuestion | None:
    attribute = "ordered" if cues.has("ordered") else chosen.given
    return reading.made("medication", "count", attribute=attribute)


def _dose_and_time(reading: Reading, _: Cues, chosen: _Chosen) -> ChartQuestion | None:
    """Both at once, of every dose where they are few."""
    every = bool(chosen.given) and not reading.picks
    if every and len(chosen.doses) > MOST_TIMES:
        return None
    return reading.made("medication", "dose", attribute=chosen.given, unit="timed", every=every)


def _when(reading: Reading, cues: Cues, chosen: _Chosen) -> ChartQuestion | None:
    """A time: of the dose, of the order, or of all doses where they are few."""
    if cues.has("original"):
        reading.picks = (Pick(1),)
    given = None if cues.started and not cues.has("given") else chosen.given
    every = bool(given) and not reading.picks
    if every and len(chosen.doses) > MOST_TIMES:
        return None
    return reading.made("medication", "when", attribute=given, every=every)


def _amount(reading: Reading, cues: Cues, chosen: _Chosen) -> ChartQuestion | None:
    """An amount: the sum where it is asked for, or where a unit is asked for of what was given."""
    summed = cues.has("total") or (cues.unit and not cues.has("when") and not reading.picks)
    if chosen.given and summed:
        return reading.made("medication", "total", attribute="given")
    if cues.has("total"):
        return None
    if not reading.picks:
        if chosen.given and len({e.entry.dose_text for e in chosen.doses}) > 1:
            return None
        if not chosen.given and len({e.entry.name for e in chosen.own}) > 1:
            active = any(_is_active(e) for e in chosen.own)
            return reading.made("medication", "list", every=active)
    return reading.made("medication", "dose", attribute=chosen.given, every=cues.has("active"))


def _is_active(one: DrugEntry) -> bool:
    return one.entry.status == "active" and one.entry.form != GIVEN


def _active(reading: Reading, cues: Cues, _: _Chosen) -> ChartQuestion | None:
    """Whether, or which of them, is active now."""
    listed = cues.has("which") and not asks_if(reading.text.whole)
    return reading.made("medication", "list" if listed else "exists", every=True)


def _list(reading: Reading, cues: Cues, chosen: _Chosen) -> ChartQuestion | None:
    """Which they are; "which are" means now."""
    now = _NOW.search(reading.text.whole) is not None and not cues.has("given")
    now = now and reading.window is None and not reading.stays
    return reading.made("medication", "list", attribute=None if now else chosen.given, every=now)


def _whether(reading: Reading, cues: Cues, chosen: _Chosen) -> ChartQuestion | None:
    """Whether it was given; a class by itself asks which of it."""
    listed = cues.classed and not asks_if(reading.text.whole)
    ask = "list" if listed else "exists"
    return reading.made("medication", ask, attribute=chosen.given)


def _in_window(reading: Reading, entries: list[DrugEntry]) -> list[DrugEntry]:
    """The entries that began in the stretch of time; a stay is looked up by the gatherer."""
    window = reading.window
    if window is None or window.since:
        return entries
    return [one for one in entries if in_window(one.entry.start, window)]
