"""Looking at the model server: what is told, what is refused, what is never contacted."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from pipelines.answers import embed, ollama_pull, ollama_server
from pipelines.answers.scripted_server import DIGEST, ScriptedServer
from pipelines.errors import ModelUnavailable
from pipelines.settings import Settings


def at(url: str, **more: object) -> Settings:
    return replace(Settings(), ollama_url=url, **more)  # type: ignore[arg-type]


def test_status_names_models_digest_and_pick() -> None:
    with ScriptedServer() as server:
        status = ollama_server.status(at(server.url))
    assert (status.server, status.version) == (server.url, "0.0.0-scripted")
    assert [(m.name, m.digest) for m in status.models] == [("qwen3:8b", DIGEST)]
    assert [(m.name, m.gpu_share) for m in status.loaded] == [("qwen3:8b", 0.0)]
    assert status.pick == "qwen3:8b"


def test_status_without_a_server_is_empty() -> None:
    with ScriptedServer() as server:
        url = server.url
    status = ollama_server.status(at(url))
    assert (status.server, status.models, status.pick) == (None, (), None)


def test_host_outside_is_never_contacted() -> None:
    settings = at("http://192.0.2.7:11434")
    notice = "The model host 192.0.2.7 is not in ALLOWED_HOSTS; this is the embedded answer."
    for engine in ("auto", "ollama"):
        assert ollama_server.choose(settings, engine) == ollama_server.Choice(None, notice)
    assert ollama_server.status(settings).server is None


def test_embedded_engine_looks_at_nothing() -> None:
    with ScriptedServer() as server:
        assert ollama_server.choose(at(server.url), "embedded").model is None
    assert server.requests == []


def test_auto_is_silent_where_no_server_runs_and_ollama_says_so() -> None:
    with ScriptedServer() as server:
        url = server.url
    assert ollama_server.choose(at(url), "auto") == ollama_server.Choice(None, None)
    notice = ollama_server.choose(at(url), "ollama").notice
    assert notice is not None
    assert "model" in notice
    assert "this is the embedded answer" in notice


@pytest.mark.parametrize(
    ("mode", "model", "said"),
    [
        pytest.param("missing_model", "qwen3:8b", "not on the Ollama server", id="missing"),
        pytest.param("cloud", "qwen3:8b", "cloud", id="remote-host"),
        pytest.param("ok", "gpt-oss:120b-cloud", "cloud", id="cloud-by-name"),
        pytest.param("ok", "kimi:cloud", "cloud", id="cloud-tag"),
    ],
)
def test_model_that_may_not_write_is_refused_with_a_notice(
    mode: str, model: str, said: str
) -> None:
    with ScriptedServer(mode=mode, model=model) as server:
        choice = ollama_server.choose(at(server.url, model=model), "auto")
    assert choice.model is None
    assert choice.notice is not None
    assert said in choice.notice
    assert choice.notice.endswith("this is the embedded answer.")
    assert server.chats() == []


def test_name_without_a_tag_means_latest() -> None:
    with ScriptedServer(model="qwen3:latest") as server:
        model = ollama_server.choose(at(server.url, model="qwen3"), "auto").model
    assert model is not None
    assert (model.name, model.digest) == ("qwen3:latest", DIGEST)


def test_neither_proxy_nor_key_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as proxy, ScriptedServer() as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("OLLAMA_API_KEY", "secret")
        assert ollama_server.choose(at(server.url), "auto").model is not None
    assert proxy.requests == []
    assert all("authorization" not in request.headers for request in server.requests)


def test_no_endpoint_follows_a_redirect() -> None:
    """The host it leads to is not this machine: going there fails the test by itself."""
    with ScriptedServer(mode="redirect_all") as server:
        settings = at(server.url, embed_model="qwen3:8b")
        assert ollama_server.status(settings).server is None
        notice = ollama_server.choose(settings, "auto").notice
        assert notice == "Ollama answered with error 307; this is the embedded answer."
        with pytest.raises(ModelUnavailable, match="error 307"):
            ollama_server.find_model(settings, "qwen3:8b")
        for path in ("/api/embed", "/api/show", "/api/pull", "/api/chat"):
            with pytest.raises(ModelUnavailable, match="error 307"):
                ollama_server.post(settings, path, {"model": "qwen3:8b"}, 5)
        with pytest.raises(ModelUnavailable, match="error 307"):
            list(embed.embed(["Ada Marrow"], settings))
    assert {"/api/version", "/api/tags", "/api/embed"} <= {r.path for r in server.requests}


@pytest.mark.parametrize("key", ["OLLAMA_API_KEY", "OLLAMA_HOST"])
def test_texts_for_vectors_go_through_the_same_door(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    with ScriptedServer() as proxy, ScriptedServer() as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv(key, "secret" if key.endswith("KEY") else proxy.url)
        vectors = list(embed.embed(["one", "two"], at(server.url, embed_model="qwen3:8b")))
    assert len(vectors) == 2
    assert proxy.requests == []
    assert [request.path for request in server.requests] == ["/api/embed"]
    assert "authorization" not in server.requests[0].headers


def test_a_download_goes_through_the_same_door(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer() as proxy, ScriptedServer() as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("OLLAMA_API_KEY", "secret")
        ollama_pull.pull(at(server.url), "new:4b", lambda _: None, threading.Event())
        ollama_pull.warm(at(server.url), "new:4b")
    assert proxy.requests == []
    assert {"/api/pull", "/api/chat"} <= {request.path for request in server.requests}
    assert all("authorization" not in request.headers for request in server.requests)


@pytest.mark.parametrize("mode", ["redirect_all", "drop", "no_done", "busy", "error_before"])
def test_a_download_that_fails_or_leads_elsewhere_is_a_sentence(mode: str) -> None:
    with ScriptedServer(mode=mode) as server:
        with pytest.raises(ModelUnavailable) as caught:
            ollama_pull.pull(at(server.url), "new:4b", lambda _: None, threading.Event())
        assert "new:4b" not in server.models
    assert "\n" not in caught.value.user_message
    assert "192.0.2.1" not in caught.value.user_message


@pytest.mark.parametrize("mode", ["redirect_all", "cloud", "missing_model"])
def test_warming_a_model_sends_nothing_elsewhere(mode: str) -> None:
    with ScriptedServer(mode=mode) as server, pytest.raises(ModelUnavailable):
        ollama_pull.warm(at(server.url), "qwen3:8b")


def test_texts_for_vectors_are_not_sent_outside_nor_to_a_cloud_model() -> None:
    with pytest.raises(ModelUnavailable, match="not in ALLOWED_HOSTS"):
        list(embed.embed(["Ada Marrow"], at("http://192.0.2.7:11434", embed_model="m")))
    with ScriptedServer(mode="cloud") as server:
        with pytest.raises(ModelUnavailable, match="cloud"):
            embed.model(at(server.url, embed_model="qwen3:8b"))
        with pytest.raises(ModelUnavailable, match="cloud"):
            embed.model(at(server.url, embed_model="bge-m3:cloud"))
    assert server.embedded() == []


def test_address_that_is_none_is_a_notice() -> None:
    choice = ollama_server.choose(at("http://127.0.0.1:notaport"), "ollama")
    assert choice.model is None
    assert choice.notice is not None


def test_look_at_a_port_that_says_nothing_is_short() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        choice = ollama_server.choose(at(url, model_timeout_s=0.3), "auto")
        assert time.monotonic() - started < 2
    assert choice.notice == "Ollama did not answer in time; this is the embedded answer."
