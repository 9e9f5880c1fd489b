"""What is asked of a FHIR server, what came of it, and where the hourly fetch stands."""

from __future__ import annotations

from dataclasses import dataclass

COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What to fetch; with nothing but a `url`, the chart of every patient of that server."""

    url: str
    search: str | None = None
    patients: tuple[str, ...] = ()
    bulk: bool = False
    group: str | None = None
    types: tuple[str, ...] = ()
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A finished fetch: `folder` is None where the server had nothing (new) to give.

    `server` is the address without its query and sign-in; `as_of` is the server's own time, from
    which the next fetch may go on. `problems` are sentences about what could not be fetched.
    """

    server: str
    kind: str
    folder: str | None
    files: tuple[str, ...]
    by_type: dict[str, int]
    deleted: int
    problems: tuple[str, ...]
    as_of: str
    since: str | None
    seconds: float

    @property
    def resources(self) -> int:
        """How many resources are in the files."""
        return sum(self.by_type.values())


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Where a running fetch is: what it does (COMPLETE at the end), and what came so far."""

    doing: str
    resources: int
    mb: float
    seconds: float


@dataclass(frozen=True, slots=True)
class FetchState:
    """The last fetch of a home and the next one; times are ISO 8601 with offset, or None."""

    server: str | None
    every_min: int
    running: bool
    last_finished: str | None
    last_good: str | None
    result: str | None
    resources: int
    next_run: str | None
