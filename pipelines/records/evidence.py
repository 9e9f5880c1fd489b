"""What an answer may cite, numbered, with the exact words it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.answers import Computation
from pipelines.records.facts import Fact, Passage
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered item: a `Fact`, or a passage of a note with its character offsets.

    `line` is the one line that a model sees and that statements are checked against, for
    example `Potassium 5.9 mmol/L (high) 2026-11-22 05:30`; `text` is the exact record text
    (the passage, or the quote), `sha256` its digest. An item that is arithmetic over others has
    its `computation` and their numbers in `inputs`.
    """

    number: int
    kind: str
    line: str
    title: str
    date: str | None
    text: str
    sha256: str
    fact: Fact | None = None
    passage: Passage | None = None
    computation: Computation | None = None
    inputs: tuple[int, ...] = ()

    @property
    def resource(self) -> str:
        """`Type/id` of the record this item comes from."""
        if self.fact is not None:
            return self.fact.resource
        return self.passage.resource if self.passage is not None else ""


@dataclass(frozen=True, slots=True)
class EvidenceSet:
    """All that was found for one question, what was searched to find it, and the chart's end.

    Where nothing was found `missing` says what no entry of the chart is called and `nearest` what
    lies nearest to it, both without a value. `is_whole` says that nothing that fits was left out,
    so that "highest" and "only" can be told from these items; of a set that is cut, `has_latest`
    and `has_first` say that the newest and the oldest of each thing are among them all the same.
    """

    items: tuple[Evidence, ...]
    searched: tuple[str, ...]
    missing: str = ""
    nearest: str = ""
    as_of: Moment | None = None
    is_whole: bool = True
    has_latest: bool = True
    has_first: bool = True
