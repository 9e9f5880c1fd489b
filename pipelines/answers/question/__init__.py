"""What a question asks of one chart, as a value: the subject, the things, which of them, when.

`ChartQuestion` is all that later steps know of the words. A question that is not fully
understood says so in it (`decline`, with a plain sentence) instead of being bent into another
one: a wrong reading is worse than none. `understand` reads words, vocabulary and the chart's own
names; it never reads a value, and it decides nothing about what may be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipelines.records.answers import Threshold

if TYPE_CHECKING:
    from pipelines.records.answers import Turn
    from pipelines.records.chart import Chart


@dataclass(frozen=True, slots=True)
class Thing:
    """A result asked for. `choices` are groups of names, the first with results is meant."""

    title: str
    concept: str | None
    code_keys: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...]
    panel: str | None = None


@dataclass(frozen=True, slots=True)
class StayWanted:
    """Which stay: `kind` is hospital, icu or any; `position` 1 is the first, -1 the last."""

    kind: str
    position: int
    words: str


@dataclass(frozen=True, slots=True)
class Pick:
    """One of the results in time order: 1 the first, -1 the last, -2 the one before it.

    With an `extreme` it is the highest or lowest of them, the first of several alike.
    """

    position: int
    stay: StayWanted | None = None
    extreme: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the chart's own clock, both ends included; None = open. `words` says it."""

    start: datetime | None
    end: datetime | None
    words: str
    since: str | None = None


@dataclass(frozen=True, slots=True)
class StayEdge:
    """The beginning or the end of a stay: kind as in `StayWanted`, `side` is start or end."""

    kind: str
    side: str
    position: int | None


@dataclass(frozen=True, slots=True)
class NoteAsked:
    """What sentences are asked for: `kind` is why, show, said, value or search.

    A group is what notes write for one thing or one event; `way` is high or low where a result
    is said to have gone there; `document` words of the note's title, `latest` its newest only;
    `yes_no` that sentences of both sides are to be shown. `part` names a part of notes, `writer`
    is a pattern of their titles, `position` which of them is meant (1 the first, -1 the last).
    `within` says that one sentence must hold all of it, with no word lent by one beside it.
    """

    kind: str
    things: tuple[tuple[str, ...], ...]
    events: tuple[tuple[str, ...], ...] = ()
    way: str | None = None
    document: tuple[str, ...] = ()
    latest: bool = False
    yes_no: bool = False
    part: str | None = None
    writer: str = ""
    position: int | None = None
    within: bool = False


@dataclass(frozen=True, slots=True)
class ChartQuestion:
    """One question as understood.

    `subject` is result, any_lab, medication, allergy, problem, procedure, immunization,
    encounter, patient, code_status, note, none or a subject of `question_records`; `ask` what is
    wanted of it (value, when, count, exists, mean, sum, trend, difference, comparison, list …);
    `attribute` the field of a patient, encounter or medication. `names` are the chart's own names
    of non-results that were meant, or the states of the code status that were, `groups` the same
    kept apart where several things were named side by side, `unlisted` drugs beside them that no
    entry of the chart names, `without` what a list is to leave out, `records` the very records
    where words choose among some of one name. `edges` are the moments that time is asked between,
    `unit` the unit of time it is wanted in, `shown_in` that of a value, and `against` the stretch
    or stay whose entries are to be left out. `group` is day, month or year, name where each drug
    counts once, or the kind of substance that an allergy is to. `extreme` names both where the
    lowest and the highest are asked for at once.
    `decline` says why there is no answer; `not_understood` that only the words are the reason, so
    that a model may still be asked about this chart; `instead` are questions it could have meant.
    """

    text: str
    subject: str
    ask: str
    things: tuple[Thing, ...] = ()
    names: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    unlisted: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    picks: tuple[Pick, ...] = ()
    extreme: str | None = None
    relation: str | None = None
    group: str | None = None
    stay: StayWanted | None = None
    window: Window | None = None
    threshold: Threshold | None = None
    attribute: str | None = None
    every: bool = False
    edges: tuple[StayEdge, ...] = ()
    unit: str | None = None
    shown_in: str | None = None
    against: Window | StayWanted | None = None
    note_words: tuple[tuple[str, ...], ...] = ()
    note: NoteAsked | None = None
    searched: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    decline: str | None = None
    not_understood: bool = False
    instead: tuple[str, ...] = ()

    def note_is(self, kind: str) -> bool:
        """Whether sentences of one kind are asked for."""
        return self.note is not None and self.note.kind == kind

    @property
    def note_by_writer(self) -> bool:
        """Whether the words of a named writer or kind of note are asked for."""
        return self.note is not None and bool(self.note.writer)

    @property
    def is_of_several(self) -> bool:
        """Whether yes or no is wanted of several things, of each by itself."""
        return self.ask == "exists" and len(self.groups) + len(self.unlisted) > 1

    @property
    def is_declined(self) -> bool:
        """Declined by what it is about; words that were not understood are no such reason."""
        return self.decline is not None and not self.not_understood


def understand(question: str, *, chart: Chart, thread: tuple[Turn, ...] = ()) -> ChartQuestion:
    """Read a question about this chart; earlier turns fill in what a follow-up leaves out."""
    from pipelines.answers.question.thread import with_thread

    return with_thread(question, chart, thread)
