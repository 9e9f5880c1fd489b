"""What a load did: counts, and every refusal by name and reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One entry (or a whole file: `entry` and `resource` None) that was not taken in."""

    file: str
    entry: int | None
    resource: str | None
    reason: str
    patient: str | None = None


@dataclass(frozen=True, slots=True)
class LoadReport:
    """Counts of one load; `resources` counts each (type, id) once, unchanged ones included."""

    files: int
    bundles: int
    resources: int
    patients: int
    by_type: dict[str, int]
    unchanged: int
    orphans: int
    refused: tuple[Refusal, ...]
    validated: float
    seconds: float
    mb: float

    @property
    def mb_per_s(self) -> float:
        """Decompressed megabytes a second."""
        return self.mb / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """Where a running load is."""

    files_done: int
    files_total: int
    resources: int
    mb: float
    seconds: float
