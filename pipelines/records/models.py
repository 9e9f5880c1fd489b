"""What is known of models and of the server that runs them; how fast an answer came.

Plain values that the desk hands to pages and command line. Sizes are bytes, times seconds,
lengths tokens. What a server did not say is None, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Think = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One model of the server, as `/api/tags` and `/api/show` tell of it.

    `context` is the most tokens it can read at once, `capabilities` Ollama's words for what it
    can do (completion, thinking, embedding …); `remote` marks one that runs in Ollama's cloud.
    """

    name: str
    digest: str
    size: int
    remote: bool = False
    family: str | None = None
    parameters: str | None = None
    quantisation: str | None = None
    context: int | None = None
    capabilities: tuple[str, ...] = ()
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model that is in memory now (`/api/ps`), and how much of it is on the GPU."""

    name: str
    size: int
    on_gpu_bytes: int
    context: int | None = None
    expires: str | None = None

    @property
    def gpu_share(self) -> float:
        """The part of it on the GPU, from 0 to 1."""
        return min(1.0, self.on_gpu_bytes / self.size) if self.size else 0.0


@dataclass(frozen=True, slots=True)
class ServerView:
    """What answers at the address: `server` None when nothing does, `notice` then says why."""

    server: str | None
    version: str | None
    models: tuple[ModelFacts, ...]
    loaded: tuple[Loaded, ...]
    pick: str | None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """How fast a model's answer came; `first_sentence_s` until the first that was verified."""

    first_sentence_s: float | None = None
    load_s: float | None = None
    prompt_tokens: int | None = None
    answer_tokens: int | None = None
    tokens_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a download is: the server's word for the step, and bytes where it counts them."""

    status: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that suits the app: GB of GPU memory it needs and of disk, as its pages say."""

    name: str
    gpu_gb: float
    size_gb: float
    licence: str
    note: str


@dataclass(frozen=True, slots=True)
class TryItem:
    """One built-in question put to a model: whether it was right, what was withheld of it."""

    ident: str
    question: str
    right: bool
    withheld: int
    stated: int
    seconds: float
    said: str


@dataclass(frozen=True, slots=True)
class TryRun:
    """The built-in questions put to one model."""

    model: str
    digest: str | None
    items: tuple[TryItem, ...]
    timing: Timing

    @property
    def accuracy(self) -> float:
        """The share of questions answered rightly, from 0 to 1."""
        return sum(item.right for item in self.items) / len(self.items) if self.items else 0.0

    @property
    def withheld_share(self) -> float:
        """The share of the model's sentences that the judge withheld, from 0 to 1."""
        stated = sum(item.stated for item in self.items)
        return sum(item.withheld for item in self.items) / stated if stated else 0.0
