"""The scripted server speaks the protocol: what its endpoints say, in lines or at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipelines.answers.scripted_server import DIGEST, ScriptedServer, Traits

MODEL = "qwen3:8b"
ANSWER = {"properties": {"answerable": {}, "sentences": {}}}
READ = {
    "properties": {
        "ask": {"type": "string", "enum": ["value", "trend", "highest"]},
        "which": {"type": "string", "enum": ["latest", "first"]},
        "thing": {"type": "string"},
    }
}
EVIDENCE = "What was the highest potassium?\n[E1] Potassium 5.9\n[E2] Potassium 4.4\n"


def lines(
    server: ScriptedServer, path: str, body: Mapping[str, Any] | None = None
) -> Iterator[tuple[int, dict[str, Any]]]:
    connection = HTTPConnection("127.0.0.1", urlsplit(server.url).port, timeout=20)
    connection.request("GET" if body is None else "POST", path, body and json.dumps(body))
    response = connection.getresponse()
    assert "scripted" in response.headers["Server"]
    for line in response:
        yield response.status, json.loads(line)
    connection.close()


def only(
    server: ScriptedServer, path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    [(_, said)] = lines(server, path, body)
    return said


def chat(server: ScriptedServer, **more: object) -> list[dict[str, Any]]:
    messages = [{"role": "user", "content": EVIDENCE}]
    body = {"model": MODEL, "stream": True, "messages": messages, "format": ANSWER, **more}
    return [said for _, said in lines(server, "/api/chat", body)]


def text_of(said: list[dict[str, Any]]) -> str:
    return "".join(line["message"]["content"] for line in said)


def test_models_are_listed_shown_and_loaded_as_their_traits_say() -> None:
    with ScriptedServer(models=(MODEL, "other:1b")) as server:
        server.traits = Traits(size=1000, gpu_share=0.25, context=40960, quantisation="Q4_K_M")
        tags = only(server, "/api/tags")["models"]
        assert [(m["name"], m["size"]) for m in tags] == [(MODEL, 1000), ("other:1b", 1000)]
        assert tags[0]["digest"] == DIGEST != tags[1]["digest"]
        assert tags[0]["details"]["quantization_level"] == "Q4_K_M"
        shown = only(server, "/api/show", {"model": "other:1b"})
        assert shown["model_info"]["scripted.context_length"] == 40960
        assert shown["capabilities"] == ["completion"]
        assert "scripted" in shown["license"]
        running = only(server, "/api/ps")["models"]
        assert [m["size_vram"] for m in running] == [250, 250]
        server.traits = Traits(is_loaded=False)
        assert only(server, "/api/ps") == {"models": []}


def test_gpt_oss_is_of_its_family_and_thinks_shortly_only_when_told_so() -> None:
    with ScriptedServer(mode="gpt_oss") as server:
        shown = only(server, "/api/show", {"model": MODEL})
        assert shown["model_info"]["gptoss.context_length"]
        assert "thinking" in shown["capabilities"]
        low, off = chat(server, think="low"), chat(server, think=False)
    assert sum("thinking" in line["message"] for line in low) == 1
    assert sum("thinking" in line["message"] for line in off) > 100


def test_a_model_that_cannot_think_refuses_to() -> None:
    with ScriptedServer(mode="think_400") as server:
        [refused] = chat(server, think=True)
        assert "does not support thinking" in refused["error"]
        assert chat(server, think=False)[-1]["done"]


def test_a_request_without_messages_only_loads() -> None:
    with ScriptedServer() as server:
        said = only(server, "/api/chat", {"model": MODEL, "messages": [], "keep_alive": "10m"})
    assert (said["done"], said["done_reason"], said["message"]["content"]) == (True, "load", "")


def test_a_pull_tells_its_progress_and_the_model_is_there() -> None:
    with ScriptedServer() as server:
        said = [line for _, line in lines(server, "/api/pull", {"model": "new:1b"})]
        names = [m["name"] for m in only(server, "/api/tags")["models"]]
    assert (said[0]["status"], said[-1]["status"]) == ("pulling manifest", "success")
    done = [line["completed"] / line["total"] for line in said if "total" in line]
    assert done == sorted(done)
    assert done[-1] == 1
    assert names == [MODEL, "new:1b"]


@pytest.mark.parametrize("mode", ["pull_error", "drop", "no_done", "busy", "error_before"])
def test_a_pull_that_fails_leaves_no_model(mode: str) -> None:
    with ScriptedServer(mode=mode) as server:
        try:
            said = [line for _, line in lines(server, "/api/pull", {"model": "new:1b"})]
        except OSError:
            said = []
        assert not any(line.get("status") == "success" for line in said)
        assert [m["name"] for m in only(server, "/api/tags")["models"]] == [MODEL]


def test_a_pulled_cloud_model_says_so_afterwards() -> None:
    with ScriptedServer(mode="pull_cloud") as server:
        list(lines(server, "/api/pull", {"model": "new:1b"}))
        assert only(server, "/api/show", {"model": "new:1b"})["remote_host"]


def test_a_paced_answer_comes_a_sentence_at_a_time() -> None:
    with ScriptedServer(mode="paced") as server:
        said: list[str] = []
        grew = threading.Condition()

        def read() -> None:
            body = {"model": MODEL, "messages": [{"content": EVIDENCE}], "format": ANSWER}
            for _, line in lines(server, "/api/chat", body):
                with grew:
                    said.append(line["message"]["content"])
                    grew.notify_all()

        reader = threading.Thread(target=read)
        reader.start()
        for count in (1, 2):
            server.go_on()
            with grew:
                assert grew.wait_for(lambda n=count: len(said) == n, 20)
        assert [text.count('"text"') for text in said] == [1, 1]
        server.go_on(10)
        reader.join(20)
    assert len(json.loads("".join(said))["sentences"]) == 2


def test_another_schema_is_filled_from_the_words_of_the_question() -> None:
    with ScriptedServer() as server:
        read = json.loads(text_of(chat(server, format=READ)))
    assert read == {"ask": "highest", "which": "latest", "thing": ""}


@pytest.mark.parametrize(("mode", "least"), [("overflow", 4096), ("overflow_near", 4050)])
def test_a_context_that_overflowed_shows_in_the_counts_alone(mode: str, least: int) -> None:
    with ScriptedServer(mode=mode) as server:
        said = chat(server, options={"num_ctx": 4096})[-1]
    assert said["done_reason"] == "stop"
    assert least <= said["prompt_eval_count"] <= 4096


def test_a_script_says_the_reply() -> None:
    with ScriptedServer(script=lambda body: str(body["model"])) as server:
        assert text_of(chat(server)) == MODEL


def test_every_line_says_that_it_is_scripted() -> None:
    with ScriptedServer(mode="thinking") as server:
        assert all(line["scripted"] is True for line in chat(server))
        assert "scripted" in only(server, "/api/version")["version"]


def test_no_mode_but_those_named() -> None:
    with pytest.raises(ValueError, match="no such mode"):
        ScriptedServer(mode="helpful")
