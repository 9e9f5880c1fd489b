"""A model's answer that a test watches while it is written: words, helpers, the worker's steps."""

from __future__ import annotations

import queue
from collections.abc import Callable
from pathlib import Path

from pipelines.desk import ask
from pipelines.desk.ask_job import AskJob
from pipelines.desk.house import House, open_house
from pipelines.records.ledger import LogEntry
from pipelines.settings import Settings
from tests.answers.paced_server import BEGINNING, LONG_S, PacedServer, said
from tests.desk.conftest import READER

QUESTION = "What were the potassium results?"
FIRST = "Potassium 4.0 mmol/L 2026-11-20 06:00"
SECOND = "Potassium 5.9 mmol/L (high) 2026-11-22 05:30"
WRONG = "Potassium 9.9 mmol/L 2026-11-20 06:00"
OPENED = ', {"te'  # the beginning of one more sentence


def open_at(folder: Path, server: PacedServer) -> House:
    environment = {"CHARTROOM_OLLAMA_URL": server.url, "CHARTROOM_MODEL_TIMEOUT_S": "60"}
    return open_house(Settings.read(folder / "home", environment), writing=True)


class Steps:
    """What the worker does, in order, each step waited for by name."""

    def __init__(self) -> None:
        self.done: queue.Queue[str] = queue.Queue()
        self.at_commit: Callable[[str], None] = lambda _entry_id: None

    def wait(self, name: str) -> None:
        """Until the worker has come to this step."""
        while self.done.get(timeout=LONG_S) != name:
            pass


def start(house: House, question: str = QUESTION, thread: str = "t") -> AskJob:
    return ask.start(house, READER, ask.AskRequest("p1", question, thread))


def entries(house: House, action: str) -> list[LogEntry]:
    return list(house.ledger.entries(patient="p1", action=action))


def begun(house: House, server: PacedServer, steps: Steps) -> AskJob:
    """An answer whose first sentence is verified while its second is being written."""
    job = start(house)
    server.asked()
    server.say(BEGINNING, said(FIRST, 1), OPENED)
    steps.wait("checking 2")
    return job
