"""A ledger on disk, and the tamperer's way into it: raw SQLite with the triggers dropped."""

from __future__ import annotations

import os
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.ledger.database import Ledger, check_ledger, open_ledger
from pipelines.records.chart import Reader

READER = Reader("resident")
TRIGGERS = ("entry_refuse_update", "entry_refuse_delete", "entry_refuse_out_of_line")


@dataclass(frozen=True)
class Home:
    """A home with a ledger of some entries, closed, as a tamperer finds it."""

    folder: Path

    @property
    def ledger_path(self) -> Path:
        return self.folder / "ledger.sqlite"

    @property
    def head_path(self) -> Path:
        return self.folder / "ledger.head"

    def open(self) -> Ledger:
        return open_ledger(self.ledger_path, self.head_path)

    def grow(self, count: int) -> None:
        ledger = self.open()
        for number in range(count):
            patient = f"p{number % 3}" if number % 4 else None
            ledger.append(
                reader=READER,
                patient=patient,
                action=("ask", "answer", "export")[number % 3],
                payload={"question": f"What is potassium number {number}?", "values": [[5.9]]},
                thread=f"t{number % 5}" if number % 2 else None,
            )
        ledger.close()

    def tamper(self, *statements: str | tuple[str, tuple[object, ...]]) -> None:
        connection = sqlite3.connect(self.ledger_path)
        for trigger in TRIGGERS:
            connection.execute(f"drop trigger if exists {trigger}")
        for statement in statements:
            sql, values = (statement, ()) if isinstance(statement, str) else statement
            connection.execute(sql, values)
        connection.commit()
        connection.close()

    def rows(self) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.ledger_path)
        found = connection.execute("select * from entry order by seq").fetchall()
        connection.close()
        return found

    def broken(self) -> list[tuple[int, str | None, str]]:
        check = check_ledger(self.ledger_path, self.head_path)
        return [(item.seq, item.entry_id, item.what) for item in check.broken]

    def names(self) -> list[tuple[int, str]]:
        return [(seq, what) for seq, _id, what in self.broken()]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def grown_once(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Twelve entries, added the real way; tests tamper with copies."""
    home = Home(tmp_path_factory.mktemp("ledger") / "home")
    home.grow(12)
    return home


@pytest.fixture
def grown(grown_once: Home, home: Home) -> Home:
    """A home of its own with twelve entries."""
    shutil.copytree(grown_once.folder, home.folder)
    return home


@pytest.fixture
def sweep_size() -> int:
    """How many random cases: few in `make test`, all with CHARTROOM_SWEEP=full."""
    return 1_200 if os.environ.get("CHARTROOM_SWEEP") == "full" else 80


@pytest.fixture
def kill_count() -> int:
    """How often a writing child is killed."""
    return 100 if os.environ.get("CHARTROOM_SWEEP") == "full" else 4
