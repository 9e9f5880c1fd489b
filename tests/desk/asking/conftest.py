"""A house whose model server says each piece when the test says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.desk import ask_sentences, load
from pipelines.desk.ask_sentences import Showing
from pipelines.desk.house import House
from tests.answers.paced_server import PacedServer
from tests.contract.charts import write
from tests.desk.asking.watched import (
    Steps,
    open_at,
)
from tests.desk.conftest import CHART, READER


@pytest.fixture
def server() -> Iterator[PacedServer]:
    """A model server that the test speaks for."""
    with PacedServer() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, server: PacedServer) -> Iterator[House]:
    """One patient with two potassium results, and the server."""
    opened = open_at(tmp_path, server)
    load.load(opened, READER, [write(tmp_path / "b.json", CHART)])
    yield opened
    opened.close()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """The worker's steps: `committed`, and `checking n` once all before it is published."""
    made, commit, checking = Steps(), ask_sentences.commit, Showing.checking

    def commit_and_tell(*given: object) -> str:
        entry_id = commit(*given)  # type: ignore[arg-type]
        made.at_commit(entry_id)
        made.done.put("committed")
        return entry_id

    def check_and_tell(self: Showing, n: int) -> None:
        checking(self, n)
        made.done.put(f"checking {n}")

    monkeypatch.setattr(ask_sentences, "commit", commit_and_tell)
    monkeypatch.setattr(Showing, "checking", check_and_tell)
    return made
