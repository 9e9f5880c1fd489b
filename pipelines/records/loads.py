"""What a load did: counts, and every refusal by name and reason; what is in no chart; what left.

Names of files are shown and kept; chart text stands in none of these.
"""

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
    """Counts of one load; `resources` counts each (type, id) once, unchanged ones included.

    `notice` says in a sentence what the load could not do beside taking records in.
    """

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
    stopped: bool = False
    files_in: int = 0
    notice: str | None = None

    @property
    def checked(self) -> str:
        """How much of what was read the models of FHIR checked, in words."""
        if self.resources and self.unchanged == self.resources:
            return "all of it was in already"
        return f"{self.validated:.1%} validated in full"

    @property
    def mb_per_s(self) -> float:
        """Decompressed megabytes a second."""
        return self.mb / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """Where a running load is; `seconds_left` None while nobody can tell."""

    files_done: int
    files_total: int
    resources: int
    mb: float
    seconds: float
    mb_total: float = 0.0
    seconds_left: float | None = None
    vectors: int = 0
    vectors_total: int = 0

    @property
    def mb_per_s(self) -> float:
        """Megabytes a second until now."""
        return self.mb / self.seconds if self.seconds else 0.0

    @property
    def words(self) -> str:
        """`3 of 40 files · 12,400 resources · 51 MB/s · about 2 min left`."""
        parts = [
            f"{self.files_done:,} of {self.files_total:,} files",
            f"{self.resources:,} resources",
            f"{self.mb_per_s:.0f} MB/s",
        ]
        if self.seconds_left is not None and self.files_done < self.files_total:
            parts.append(f"about {_duration(self.seconds_left)} left")
        if self.vectors_total:
            parts.append(f"vectors of {self.vectors:,} of {self.vectors_total:,} passages")
        return " · ".join(parts)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A resource whose patient is not here; `link` is what it names instead of one."""

    resource: str
    type: str
    link: str
    file: str | None
    loaded_at: str | None


@dataclass(frozen=True, slots=True)
class OrphanGroup:
    """What one link that leads nowhere has behind it; `files` and `loaded_at` are the newest."""

    link: str
    resources: int
    by_type: dict[str, int]
    file: str | None
    loaded_at: str | None


@dataclass(frozen=True, slots=True)
class Retry:
    """What reading the files of refusals again did; `gone` are files that are not there now."""

    report: LoadReport
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out with one patient: rows by table, and files nothing is left of."""

    patient: str
    resources: int
    refused: int
    files: int
    rows: dict[str, int]
    log_id: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One file or folder of the inbox that is not loaded yet, and why not."""

    name: str
    mb: float
    state: str


@dataclass(frozen=True, slots=True)
class JobView:
    """A load that the app runs or ran: who began it, where it is, how it ended."""

    title: str
    reader: str
    done: bool
    stopping: bool
    progress: LoadProgress | None = None
    report: LoadReport | None = None
    gone: tuple[str, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class InboxView:
    """The watched folder: where it is, what waits in it, and what stands in the way."""

    path: str
    watched: bool
    waiting: tuple[Waiting, ...]
    problem: str | None = None
    loading: str | None = None
    progress: LoadProgress | None = None


def _duration(seconds: float) -> str:
    """Time in the unit that a person waits in."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"
