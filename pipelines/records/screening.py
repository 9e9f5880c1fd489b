"""Screening scores as values: which inputs they had, when, from which record, and what is missing.

A missing input is never taken for a normal one. What only part of the inputs gives is a lower
bound and says so; it has no risk band of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Reading:
    """One dated value that a score may use, as recorded. `concept` is a key of the vocabulary."""

    concept: str
    resource: str
    when: Moment
    value: float | None = None
    value_text: str | None = None
    unit: str | None = None
    encounter: str | None = None
    path: str = ""
    part: int = 0

    @property
    def written(self) -> str:
        """The value with its unit, as recorded."""
        value = self.value_text if self.value_text is not None else f"{self.value or 0:g}"
        return f"{value} {self.unit}" if self.unit else value


@dataclass(frozen=True, slots=True)
class ScoreInput:
    """One input of a score: its points and where they come from, or why it is missing.

    `reading` is set for a missing input too where there is one that could not be used (too old,
    another unit), so that its age can be told.
    """

    key: str
    title: str
    points: int | None
    reading: Reading | None
    missing: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether the input counts."""
        return self.points is not None


@dataclass(frozen=True, slots=True)
class News2:
    """NEWS2 at one moment. `not_for` says why the score does not apply to this patient at all.

    `risk` is given for a whole score only: low, low-medium, medium or high. `scale_2` names the
    record that decided for SpO2 scale 2, if there is one.
    """

    inputs: tuple[ScoreInput, ...] = ()
    risk: str | None = None
    not_for: str | None = None
    scale_2: str | None = None

    @property
    def present(self) -> tuple[ScoreInput, ...]:
        """The inputs that count."""
        return tuple(one for one in self.inputs if one.is_there)

    @property
    def missing(self) -> tuple[ScoreInput, ...]:
        """The inputs that do not."""
        return tuple(one for one in self.inputs if not one.is_there)

    @property
    def points(self) -> int | None:
        """The sum of what is there: the score if nothing is missing, else no more than a floor."""
        there = self.present
        return sum(one.points or 0 for one in there) if there and self.not_for is None else None

    @property
    def is_whole(self) -> bool:
        """Whether every input is there, so that `points` is the score."""
        return bool(self.inputs) and not self.missing and self.not_for is None

    @property
    def single_threes(self) -> tuple[str, ...]:
        """Inputs that give 3 points alone: an urgent review whatever the total."""
        return tuple(one.title for one in self.present if one.points == 3)

    @property
    def text(self) -> str:
        """`6`, `≥ 3 from 4 of 7`, or why there is none."""
        if self.not_for is not None:
            return f"not for {self.not_for}"
        if self.points is None:
            return f"no inputs (0 of {len(self.inputs)})" if self.inputs else "no inputs"
        if self.is_whole:
            return str(self.points)
        return f"≥ {self.points} from {len(self.present)} of {len(self.inputs)}"


@dataclass(frozen=True, slots=True)
class UrineAmount:
    """Urine of one period, in mL; `start` None where the record gives a moment only."""

    reading: Reading
    start: Moment | None = None


@dataclass(frozen=True, slots=True)
class KdigoPart:
    """The stage by one kind of input: `stage` None means it cannot be told, and `why` says why.

    `readings` are the values that the stage rests on, the newest first.
    """

    stage: int | None
    why: str
    readings: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class Kdigo:
    """The stage of acute kidney injury: the worse of creatinine and urine, each told by itself."""

    creatinine: KdigoPart
    urine: KdigoPart

    @property
    def stage(self) -> int | None:
        """0 to 3 from what can be told; None where neither input can."""
        told = [part.stage for part in (self.creatinine, self.urine) if part.stage is not None]
        return max(told, default=None)

    @property
    def text(self) -> str:
        """`stage 1 (creatinine only)`, or why there is none."""
        if self.stage is None:
            return self.creatinine.why
        if self.urine.stage is None:
            return f"stage {self.stage} (creatinine only)"
        return f"stage {self.stage}" + (" (urine only)" if self.creatinine.stage is None else "")
