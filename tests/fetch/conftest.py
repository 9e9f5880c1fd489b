"""A fetch against a player, in a home of its own, with a clock that never really waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from pipelines.fetch.pace import Pace
from pipelines.fetch.plan import plan
from pipelines.fetch.run import fetch
from pipelines.records.fetches import Fetched, FetchRequest
from pipelines.settings import Settings
from tests.fetch.cassettes import Fault, Player


@dataclass(slots=True)
class Desk:
    """One home and the servers it fetches from; `waits` are the seconds it would have waited."""

    home: Path
    stack: ExitStack
    environment: dict[str, str] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    now: float = 0.0
    total_s: float = 12 * 3600.0

    def play(self, name: str | None = None, fault: Fault | None = None) -> Player:
        """A player on loopback."""
        player = Player(name, fault)
        self.stack.enter_context(player.playing())
        return player

    def pace(self) -> Pace:
        """A clock that jumps instead of waiting."""

        def sleep(seconds: float) -> None:
            self.waits.append(seconds)
            self.now += seconds

        return Pace(self.total_s, sleep=sleep, clock=lambda: self.now, jitter=lambda: 0.5)

    def fetch(self, base: str, **wanted: Any) -> Fetched:  # noqa: ANN401 - fields of a request
        """Fetch as the desk does; `base` ends in /fhir."""
        settings = Settings.read(self.home, self.environment)
        return fetch(plan(FetchRequest(base, **wanted)), settings, pace=self.pace())

    def set(self, **settings: str) -> None:
        """Settings by their names."""
        self.environment |= {f"CHARTROOM_{name}": value for name, value in settings.items()}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """An empty home."""
    with ExitStack() as stack:
        yield Desk(tmp_path / "home", stack)


@pytest.fixture
def files() -> Callable[[Fetched], dict[str, bytes]]:
    """The files of a fetch by name."""
    return lambda fetched: {Path(name).name: Path(name).read_bytes() for name in fetched.files}


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    """A private key for RS384, as a site would keep it."""
    from tests.fetch import keys

    return keys.written(tmp_path, keys.pem(keys.RSA))
