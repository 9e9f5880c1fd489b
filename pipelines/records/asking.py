"""An answer in the making: what a page may show of it before it is whole.

Every sentence here is verified and has its entry in the ledger; nothing else of an unfinished
answer is ever handed to a screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.answers import Statement


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A verified sentence of an answer: its place in it, counted from 1, and its ledger entry."""

    entry_id: str
    n: int
    statement: Statement


@dataclass(frozen=True, slots=True)
class AskProgress:
    """How far an answer is.

    `checking` is the number of the sentence that the model writes and that is then checked, 0
    while none is begun; `model` is None until a model is asked; `seconds` count from the asking.
    `waits` says that the conversation's earlier question is answered first.
    """

    question: str
    sentences: tuple[ShownSentence, ...]
    checking: int
    seconds: float
    model: str | None = None
    waits: bool = False
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that has no closing entry in the ledger, and what was verified of its answer.

    It is being answered now, or its process ended before the answer did ("cut off").
    """

    question_id: str
    question: str
    asked_at: str
    sentences: tuple[ShownSentence, ...]
