"""A model's answer while it is written: each sentence judged as it is complete.

Promises: a sentence is handed on only after the judge let it pass, in the order of the answer,
and with the numbers that the whole answer gives its citations; what was handed on is exactly the
beginning of what judging the whole gives. All of it runs on the thread that answers, so nothing
is handed on after the answer is made, whatever a model still sends. It knows no writer and no
ledger: a `Sink` is told, and says by its `stop` that the reader has enough.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Protocol

from pipelines.answers.verify.running import Judge
from pipelines.records.answers import Draft, DraftSentence, Statement
from pipelines.records.evidence import EvidenceSet


class Sink(Protocol):
    """Who is told of an answer while it is written."""

    @property
    def stop(self) -> threading.Event:
        """Set when the reader wants no more of it."""
        ...

    def begins(self, model: str, digest: str | None) -> None:
        """A model is asked now."""
        ...

    def checking(self, n: int) -> None:
        """The model writes its sentence `n`, which is then checked."""
        ...

    def sentence(self, n: int, statement: Statement) -> None:
        """Statement `n` of the answer, counted from 1, is verified: it may be shown."""
        ...


class Referee(Protocol):
    """Who judges the sentences one after another: the `Judge`, or one that asks it."""

    def statement(self, drafted: DraftSentence) -> tuple[Statement, ...]:
        """The verdicts on one drafted text."""
        ...


@dataclass(slots=True, repr=False)
class Live:
    """The sentences of one answer and their verdicts so far; `referee` is the judge by default."""

    evidence: EvidenceSet
    sink: Sink | None = None
    began: float = field(default_factory=time.monotonic)
    drafted: list[DraftSentence] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    first_sentence_s: float | None = None
    referee: Referee | None = None
    _writing: int = 0
    _judge: Referee = field(init=False)

    def __post_init__(self) -> None:
        self._judge = self.referee or Judge(self.evidence)

    def begins(self, model: str, digest: str | None) -> None:
        """The model is asked now."""
        if self.sink is not None:
            self.sink.begins(model, digest)

    def writes(self, n: int) -> None:
        """The model has begun its sentence `n`."""
        if n > self._writing and self.sink is not None:
            self.sink.checking(n)
        self._writing = max(n, self._writing)

    def take(self, drafted: DraftSentence) -> None:
        """Judge one sentence and hand on what holds."""
        self.writes(len(self.drafted) + 1)
        self.drafted.append(drafted)
        for statement in self._judge.statement(drafted):
            self.statements.append(statement)
            if statement.support == "unverified":
                continue
            if self.first_sentence_s is None:
                self.first_sentence_s = time.monotonic() - self.began
            if self.sink is not None:
                self.sink.sentence(len(self.statements), statement)

    def verdicts(self, draft: Draft) -> tuple[Statement, ...]:
        """The verdict on the whole draft, of which some sentences may be judged already."""
        rest = draft.sentences[len(self.drafted) :]
        later = [said for drafted in rest for said in self._judge.statement(drafted)]
        return (*self.statements, *later)
