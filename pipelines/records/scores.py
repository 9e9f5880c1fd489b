"""Scores: a line of a key, what became of it, and the table by kind that `evaluate` prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.records.answers import Cell

Verdict = Literal["right", "declined", "false abstention", "wrong", "failed"]


@dataclass(frozen=True, slots=True)
class KeyItem:
    """One question of a key; `answer` None = must abstain, `patient` None = the caller's choice.

    `contains` are words that a narrative answer must hold, each a choice of spellings, `lacks`
    words that it must not hold; `or_abstain` says that declining is right as well.
    """

    item_id: str
    patient: str | None
    question: str
    kind: str
    answer: tuple[tuple[Cell, ...], ...] | None
    evidence: tuple[str, ...]
    thread: str | None = None
    contains: tuple[tuple[str, ...], ...] = ()
    lacks: tuple[str, ...] = ()
    or_abstain: bool = False


@dataclass(frozen=True, slots=True)
class ItemScore:
    """What became of one question; recall and precision None where the key names no evidence."""

    item_id: str
    kind: str
    verdict: Verdict
    must_abstain: bool
    evidence_recall: float | None
    evidence_precision: float | None
    seconds: float
    log_id: str


@dataclass(frozen=True, slots=True)
class KindScore:
    """The scores of all items of a kind; a share is None where no item could have it.

    `accuracy` and `false_abstention` are of the items that have an answer, `abstention` of those
    that must abstain, `wrong_but_confident` and `failed` of all; times in milliseconds.
    """

    kind: str
    items: int
    accuracy: float | None
    evidence_recall: float | None
    evidence_precision: float | None
    abstention: float | None
    false_abstention: float | None
    wrong_but_confident: float
    failed: float
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One run of a key: the table by kind, `all` last, and every item of this run.

    `key` is the file's name and `key_sha256` what it held, so that two runs are compared only
    where they asked the same. `items` is empty in a run that comes from the history.
    """

    key: str
    key_sha256: str
    time: str
    engine: str
    models: Mapping[str, str]
    kinds: tuple[KindScore, ...]
    items: tuple[ItemScore, ...]
    log_id: str

    @property
    def total(self) -> KindScore:
        """The line over all kinds."""
        return self.kinds[-1]
