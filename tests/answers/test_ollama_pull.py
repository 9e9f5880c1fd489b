"""Fetching a model onto the server: how far it is, what is refused, what a fault says."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from pipelines.answers import ollama_pull
from pipelines.answers.scripted_server import ScriptedServer
from pipelines.errors import ModelUnavailable
from pipelines.records.models import PullProgress
from pipelines.settings import Settings


def at(url: str, **more: object) -> Settings:
    return replace(Settings(), ollama_url=url, **more)  # type: ignore[arg-type]


def pulled(server: ScriptedServer, name: str) -> tuple[str, list[PullProgress]]:
    heard: list[PullProgress] = []
    model = ollama_pull.pull(at(server.url), name, heard.append, threading.Event())
    return model.name, heard


def test_a_model_is_fetched_with_progress_and_is_on_the_list_afterwards() -> None:
    with ScriptedServer(models=("qwen3:8b",)) as server:
        name, heard = pulled(server, " new:4b ")
    assert name == "new:4b"
    counted = [progress.done for progress in heard if progress.total]
    assert counted == sorted(counted)
    assert max(progress.done for progress in heard) == max(p.total for p in heard) > 0
    (request,) = (r for r in server.requests if r.path == "/api/pull")
    assert request.body["model"] == "new:4b"


@pytest.mark.parametrize(
    ("mode", "name", "said"),
    [
        ("pull_error", "new:4b", "could not fetch"),
        ("pull_cloud", "new:4b", "cloud"),
        ("ok", "big:cloud", "cloud"),
        ("ok", "big:120b-cloud", "cloud"),
        ("ok", "  ", "Type the name"),
        ("ok", "a\nb", "Type the name"),
    ],
)
def test_what_cannot_be_fetched_is_one_sentence(mode: str, name: str, said: str) -> None:
    with ScriptedServer(mode=mode) as server, pytest.raises(ModelUnavailable) as caught:
        pulled(server, name)
    assert said in caught.value.user_message
    assert "http" not in caught.value.user_message
    assert "\n" not in caught.value.user_message.replace(name, "")


def test_no_host_outside_is_asked_to_fetch() -> None:
    settings = at("http://192.0.2.1:11434")
    with pytest.raises(ModelUnavailable, match="not in ALLOWED_HOSTS"):
        ollama_pull.pull(settings, "new:4b", lambda _: None, threading.Event())


def test_a_download_that_is_stopped_is_no_model() -> None:
    stop = threading.Event()
    heard: list[PullProgress] = []

    def tell(progress: PullProgress) -> None:
        heard.append(progress)
        stop.set()

    with ScriptedServer() as server, pytest.raises(ModelUnavailable, match="stopped"):
        ollama_pull.pull(at(server.url), "new:4b", tell, stop)
    assert len(heard) == 1


def test_a_model_is_loaded_by_an_empty_request_within_the_context_it_has() -> None:
    with ScriptedServer() as server:
        assert ollama_pull.warm(at(server.url, num_ctx=1_000_000), "qwen3:8b") >= 0
    (request,) = server.chats()
    assert request.body["messages"] == []
    assert request.body["options"]["num_ctx"] < 1_000_000


def test_a_model_that_is_not_there_is_not_loaded() -> None:
    with ScriptedServer() as server, pytest.raises(ModelUnavailable, match="not on the Ollama"):
        ollama_pull.warm(at(server.url), "other:1b")
