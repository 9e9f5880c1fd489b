"""A narrative in the making, for the page that shows the lines meanwhile.

It ends in the ledger whether or not a page waits. Nothing of it is handed to a screen before its
entry is committed. Where the making itself fails the lines stand, and a notice says so.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.errors import ChartroomError
from pipelines.records.answers import Narrative

if TYPE_CHECKING:
    from pipelines.records.answers import Statement

NOT_MADE = "The narrative could not be made; the lines stand without one."


@dataclass(slots=True)
class Waiting:
    """How far it is (a `Sink` of the answers' room): which model writes, and how to end it."""

    stop: threading.Event = field(default_factory=threading.Event)
    model: str | None = None

    def begins(self, model: str, digest: str | None) -> None:
        """A model is asked now."""
        self.model = model if digest is None else f"{model} @{digest[:12]}"

    def checking(self, n: int) -> None:
        """The model writes its sentence `n`: nothing of it is shown before the whole is logged."""

    def sentence(self, n: int, statement: Statement) -> None:
        """Statement `n` is verified; it waits for the others and for the log."""


@dataclass(frozen=True, slots=True)
class NarrativeJob:
    """One narrative on its way to its entry."""

    future: Future[Narrative | None]
    waiting: Waiting
    began: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> bool:
        """Whether `narrative` is final."""
        return self.future.done()

    @property
    def seconds(self) -> float:
        """How long it takes by now."""
        return time.monotonic() - self.began

    @property
    def model(self) -> str | None:
        """The model that writes, once one is asked."""
        return self.waiting.model

    @property
    def narrative(self) -> Narrative | None:
        """What is logged by now: None while it is written, or where no model was to be asked."""
        if not self.future.done():
            return None
        error = None if self.future.cancelled() else self.future.exception()
        if isinstance(error, ChartroomError):
            return Narrative(notice=f"{error.user_message} {NOT_MADE}")
        if error is not None or self.future.cancelled():
            return Narrative(notice=NOT_MADE)
        return self.future.result()

    def wait(self, seconds: float) -> bool:
        """Whether it ended within this time."""
        return bool(wait([self.future], seconds).done)

    def stop(self) -> None:
        """End what a model writes; nobody waits for it any more."""
        self.waiting.stop.set()
