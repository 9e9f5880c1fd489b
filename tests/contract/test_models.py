"""`models` on the command line: the server, and fetching, choosing, loading and trying a model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.answers.scripted_server import ScriptedServer
from pipelines.settings import Settings
from tests.conftest import run_chartroom


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(models=("qwen3:8b", "small:4b")) as running:
        yield running


def models(home: Path, server: ScriptedServer, *words: str) -> tuple[int, str, str]:
    ended = run_chartroom(home, "models", *words, CHARTROOM_OLLAMA_URL=server.url)
    return ended.returncode, ended.stdout, ended.stderr


def test_the_keys_of_the_contract_stand_beside_what_else_is_known(
    tmp_path: Path, server: ScriptedServer
) -> None:
    status, out, err = models(tmp_path / "home", server, "--json")
    told = json.loads(out)
    assert (status, err) == (0, "")
    assert {"server", "models", "pick"} <= set(told)
    assert (told["server"], told["pick"]) == (server.url, "qwen3:8b")
    for model in told["models"]:
        assert {"name", "digest", "size", "on_gpu", "quantisation", "context"} <= set(model)
        assert isinstance(model["on_gpu"], bool)


def test_people_read_a_line_for_each_model(tmp_path: Path, server: ScriptedServer) -> None:
    status, out, _ = models(tmp_path / "home", server)
    assert status == 0
    assert "the app would pick qwen3:8b" in out
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["qwen3:8b", "small:4b"]


def test_a_fetched_model_can_be_chosen(tmp_path: Path, server: ScriptedServer) -> None:
    home = tmp_path / "home"
    assert models(home, server, "--pull", "new:4b", "--json")[:2] == (0, '{"fetched": "new:4b"}\n')
    assert models(home, server, "--use", "new:4b", "--json")[:2] == (0, '{"model": "new:4b"}\n')
    assert Settings.read(home, {}).model == "new:4b"


def test_two_models_are_tried_side_by_side(tmp_path: Path, server: ScriptedServer) -> None:
    status, out, err = models(tmp_path / "home", server, "--try", "qwen3:8b", "small:4b", "--json")
    trials = json.loads(out)["trials"]
    assert (status, err) == (0, "")
    assert [trial["model"] for trial in trials] == ["qwen3:8b", "small:4b"]
    assert all(len(trial["items"]) == 10 and 0 <= trial["accuracy"] <= 1 for trial in trials)


@pytest.mark.parametrize(
    "words",
    [("--use", "gone:1b"), ("--warm", "gone:1b"), ("--try", "gone:1b"), ("--pull", "big:cloud")],
)
def test_what_cannot_be_done_is_one_sentence_and_status_1(
    tmp_path: Path, server: ScriptedServer, words: tuple[str, ...]
) -> None:
    status, out, err = models(tmp_path / "home", server, *words)
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "Traceback" not in err
