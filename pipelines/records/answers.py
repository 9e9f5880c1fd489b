"""Answers: drafts by a writer, statements as judged, and the whole that a reader sees.

A writer (embedded or model) hands over a `Draft`; only `answers.verify` turns drafted sentences
into `Statement`s with a verdict. `Answer` is the object of the command line's contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.records.models import Timing
from pipelines.records.understood import Understood

Cell = str | float | int
Support = Literal["supported", "computed", "unverified"]
Status = Literal["answered", "abstained", "failed"]
Engine = Literal["embedded", "ollama"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound that a value must keep.

    `relation` is greater, less, at_least, at_most, equal or between (both ends included, the
    higher one in `upper`). `unit` is None where the question names none: the record's then.
    """

    relation: str
    value: float
    unit: str | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Computation:
    """Arithmetic that a sentence states: `operation` over the cited evidence gives `result`.

    `operation` is one of minimum, maximum, mean, median, sum, count, difference, exists, elapsed,
    compare, share, time share (percent within `bound`), slope (`unit` a day), or code status
    (whose `result` is a conclusion and whose `unit` what was asked). `verify` does the arithmetic
    again from the cited records.
    """

    operation: str
    result: Cell
    unit: str | None = None
    bound: Threshold | None = None


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence, the evidence numbers it cites (the deciding one first), and its arithmetic."""

    text: str
    cites: tuple[int, ...]
    computation: Computation | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What a writer hands to the judge. `values` are the contract's rows; empty for narrative."""

    answerable: bool
    sentences: tuple[DraftSentence, ...]
    values: tuple[tuple[Cell, ...], ...] = ()
    abstention: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement stands: `start`/`end` count characters of a note's decoded text."""

    n: int
    resource: str
    path: str
    quote: str
    start: int | None
    end: int | None
    date: str | None
    title: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence with its verdict; an `unverified` one is never part of the answer."""

    text: str
    support: Support
    why: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that the model and the embedded reader give differently of the same thing.

    `model` and `chart` are the two sentences; `citations` carry the chart's.
    """

    what: str
    model: str
    chart: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The object that `ask --json` prints and the ledger keeps (`log_id` is its entry).

    Of a model's answer: `timing` how fast it came, `sentence_ids` the entries of the sentences
    that were shown while it was written, `shown_before` those shown of an answer that then broke
    off, `stopped` that the reader ended it, `offers_embedded` that the embedded reader has an
    answer where the model had none, `differences` where both say something else. `fault` is the
    kind of what went wrong with a model, for the log; `notice` says it in words.
    """

    answer_id: str
    patient: str
    question: str
    status: Status
    answer: str
    values: tuple[tuple[Cell, ...], ...]
    statements: tuple[Statement, ...]
    searched: tuple[str, ...]
    notice: str | None
    engine: Engine
    model: str | None
    model_digest: str | None
    prompt_version: str | None
    as_of: str
    log_id: str
    seconds: float
    thread: str | None = None
    incomplete: str | None = None
    understood: Understood | None = None
    timing: Timing | None = None
    differences: tuple[Difference, ...] = ()
    offers_embedded: bool = False
    stopped: bool = False
    sentence_ids: tuple[str, ...] = ()
    shown_before: tuple[str, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the same conversation and its answer.

    `asks` is the plain sentence that asks the same by itself, where there is one: a later turn
    goes on from it and need not read the conversation before it again.
    """

    question: str
    answer: str
    asks: str | None = None


@dataclass(frozen=True, slots=True)
class BriefingSection:
    """One part of a briefing; `empty` says why it has no lines."""

    name: str
    lines: tuple[Statement, ...]
    empty: str | None


@dataclass(frozen=True, slots=True)
class Narrative:
    """The short text that a model wrote over the lines of a briefing, as judged.

    `statements` were found in the record and may be shown; `withheld` were not and never stand
    among them. `notice` says in words why there is no narrative, `fault` names its kind alone.
    `left_out` is how many lines the model was not shown, because it had no room for them.
    """

    statements: tuple[Statement, ...] = ()
    withheld: tuple[Statement, ...] = ()
    notice: str | None = None
    model: str | None = None
    model_digest: str | None = None
    prompt_version: str | None = None
    fault: str | None = None
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Briefing:
    """What happened in a window of the chart, each line with its citation.

    `since` is when its reader last looked (UTC, the ledger's time) where the window begins there;
    `notice` says that this was asked for and could not be; `narrative` is None where no model
    was asked.
    """

    patient: str
    as_of: str
    window_from: str
    window_to: str
    summary: tuple[Statement, ...]
    sections: tuple[BriefingSection, ...]
    incomplete: str | None
    engine: Engine
    log_id: str
    seconds: float
    notice: str | None = None
    since: str | None = None
    narrative: Narrative | None = None
