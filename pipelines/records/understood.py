"""How a question was understood, in parts a person reads, with other readings to choose from.

It says what was asked, never what the chart answers: no value of a result stands in it. Each
other reading carries the whole question that it would ask, so that a click asks it like any
other question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PartName = Literal["what", "which", "when", "where"]


@dataclass(frozen=True, slots=True)
class OtherReading:
    """Another reading: a short label, and the question that asks it by itself."""

    label: str
    question: str


@dataclass(frozen=True, slots=True)
class UnderstoodPart:
    """One part of what was understood and what else it may have been, at most four."""

    name: PartName
    said: str
    alternatives: tuple[OtherReading, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """The parts in order. `question` is the plain sentence that asks the same by itself, or None.

    Without parts the question was not understood, and `nearest` are questions that were near.
    `by_model` is the version of the prompt by which a model read the words, where one did.
    """

    question: str | None
    parts: tuple[UnderstoodPart, ...] = ()
    nearest: tuple[OtherReading, ...] = ()
    by_model: str = ""

    @property
    def line(self) -> str:
        """The parts as one line; where it looked only where that is not what one expects."""
        shown = [p.said for p in self.parts if p.name != "where" or p.said == "notes"]
        return " · ".join(shown)

    @property
    def alternatives(self) -> tuple[OtherReading, ...]:
        """Every other reading, one of each part in turn, so that the first few are of all kinds."""
        lists = [part.alternatives for part in self.parts]
        longest = max((len(one) for one in lists), default=0)
        return tuple(one[at] for at in range(longest) for one in lists if at < len(one))
