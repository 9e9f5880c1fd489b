"""The verified sentences of an answer that a model is writing: into the ledger, then to be seen.

Promises: a sentence is published only after its entry is committed, and only one that the judge
let pass; what is withheld stands in the closing entry alone. A process that is killed in the
middle leaves its sentences under their question, where `by_question` finds them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from pipelines.desk import contract
from pipelines.records.asking import ShownSentence

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.answers import Statement
    from pipelines.records.chart import Reader
    from pipelines.records.ledger import LogEntry

ACTION = "sentence"


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose sentences: the question's entry, its conversation, and the model that writes."""

    patient_id: str
    thread: str | None
    question_id: str
    model: str | None = None
    digest: str | None = None


def commit(house: House, reader: Reader, of: Origin, n: int, statement: Statement) -> str:
    """Log one verified sentence; the id of its entry, which is on disk when this returns."""
    entry = house.ledger.append(
        reader=reader,
        patient=of.patient_id,
        action=ACTION,
        thread=of.thread,
        payload={
            "question_id": of.question_id,
            "n": n,
            "statement": contract.statement_json(statement),
            "model": of.model,
            "model_digest": of.digest,
        },
    )
    return entry.entry_id


def by_question(entries: Iterable[LogEntry]) -> dict[str, tuple[ShownSentence, ...]]:
    """The logged sentences of each question, by the id of the question's entry, in order."""
    found: dict[str, tuple[ShownSentence, ...]] = {}
    for entry in entries:
        if entry.action == ACTION:
            said = cast("dict[str, Any]", entry.payload)
            shown = ShownSentence(
                entry.entry_id, said["n"], contract.statement_from(said["statement"])
            )
            ident = str(said["question_id"])
            found[ident] = (*found.get(ident, ()), shown)
    return found


@dataclass(slots=True, repr=False)
class Showing:
    """What may be seen of one answer so far (a `Sink` of the answers' room).

    The worker that answers writes it, pages read it: each change is one assignment of a value
    that never changes itself.
    """

    house: House
    reader: Reader
    origin: Origin
    stop: threading.Event = field(default_factory=threading.Event)
    sentences: tuple[ShownSentence, ...] = ()
    number: int = 0

    def begins(self, model: str, digest: str | None) -> None:
        """A model is asked now."""
        of = self.origin
        self.origin = Origin(of.patient_id, of.thread, of.question_id, model, digest)

    def checking(self, n: int) -> None:
        """The model writes its sentence `n`, which is then checked."""
        self.number = n

    def sentence(self, n: int, statement: Statement) -> None:
        """Log statement `n`, then let it be seen."""
        entry_id = commit(self.house, self.reader, self.origin, n, statement)
        self.sentences = (*self.sentences, ShownSentence(entry_id, n, statement))

    @property
    def sentence_ids(self) -> tuple[str, ...]:
        """The entries of what was shown."""
        return tuple(shown.entry_id for shown in self.sentences)
