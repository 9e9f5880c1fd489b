"""`demo-model`: a server without a model that says so, in every mode; and `ask` with it."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipelines.answers.scripted_server import ScriptedServer
from tests.conftest import Run, run_chartroom
from tests.contract.charts import bundle, patient, potassium, write

QUESTION = "What is the latest potassium?"


@contextmanager
def serving(home: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The verb as people start it, and what it first printed."""
    running = subprocess.Popen(
        [
            *(sys.executable, "-m", "pipelines.cli", "--home", str(home)),
            *("demo-model", "--port", "0", *words),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    try:
        yield running, running.stdout.readline()
    finally:
        running.kill()
        running.wait(20)


def chat(url: str) -> list[dict[str, object]]:
    """The lines of an answer."""
    connection = HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=20)
    body = {"model": "qwen3:8b", "messages": [{"role": "user", "content": "Hello?"}]}
    connection.request("POST", "/api/chat", json.dumps(body))
    lines = [json.loads(line) for line in connection.getresponse()]
    connection.close()
    return lines


def test_it_says_where_it_listens_that_it_is_scripted_and_ends_without_a_word(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "home", "--json", "--mode", "unanswerable") as (running, said):
        told = json.loads(said)
        assert told["scripted"] is True
        lines = chat(told["server"])
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=20)
    assert running.returncode == 0
    assert errors == ""
    assert all(line["scripted"] for line in lines)
    text = "".join(line["message"]["content"] for line in lines)  # type: ignore[index]
    assert json.loads(text) == {"answerable": False, "sentences": []}


def test_people_read_that_no_model_is_behind_it(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as (_, said):
        assert said.startswith("Scripted server (no real model) at http://127.0.0.1:")


def test_a_mode_that_is_none_is_refused_with_their_names(chartroom: Run) -> None:
    ended = chartroom("demo-model", "--mode", "helpful")
    assert ended.returncode == 2
    assert "obedient" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_that_is_taken_is_a_sentence(chartroom: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = chartroom("demo-model", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "taken by another program" in ended.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    chart = bundle(patient(), potassium("k2", 5.9, "2026-11-22T05:30:00-05:00"))
    loaded = run_chartroom(folder / "home", "load", str(write(folder / "b.json", chart)))
    assert loaded.returncode == 0, loaded.stderr
    return folder / "home"


@pytest.mark.parametrize(
    ("mode", "engine", "status", "notice"),
    [
        pytest.param("ok", "ollama", 0, None, id="whole"),
        pytest.param("drop", "embedded", 0, "broke off", id="breaks-off"),
        pytest.param("error_in_the_middle", "embedded", 0, "failed while it wrote", id="error"),
        pytest.param("wrong_json", "embedded", 0, "not JSON", id="not-json"),
        pytest.param("overflow", "embedded", 0, "cut off", id="overflow"),
        pytest.param("stall_in_the_middle", "embedded", 0, "in time", id="hangs"),
        pytest.param("false_citations", "ollama", 5, None, id="nothing-supported"),
    ],
)
def test_ask_prints_one_answer_and_no_traceback_whatever_the_model_does(
    home: Path, mode: str, engine: str, status: int, notice: str | None
) -> None:
    seconds = "1.0" if mode.startswith("stall") else "30"
    with ScriptedServer(mode=mode) as server:
        ended = run_chartroom(
            home, "ask", "p1", QUESTION, "--json", "--engine", "ollama",
            CHARTROOM_OLLAMA_URL=server.url, CHARTROOM_MODEL_TIMEOUT_S=seconds,
        )  # fmt: skip
    assert ended.returncode == status, ended.stderr
    answer = json.loads(ended.stdout)
    assert answer["engine"] == engine
    assert (answer["notice"] is None) == (notice is None)
    assert (notice or "") in (answer["notice"] or "")
    assert ended.stderr == ""
