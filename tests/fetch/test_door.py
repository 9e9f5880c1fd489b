"""Nothing is asked of a host that the site did not name, whichever answer names it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator

import pytest

from pipelines.errors import ChartroomError
from pipelines.fetch.door import Door, DoorClosed, shown
from pipelines.settings import Settings
from tests.fetch.cassettes import Asked, Player, Reply
from tests.fetch.conftest import Desk

ELSEWHERE = "http://elsewhere.example"
JSON = {"Content-Type": "application/fhir+json"}


@pytest.mark.parametrize(
    ("base", "allowed", "url", "opens"),
    [
        pytest.param("http://127.0.0.1/fhir", "", "http://localhost:9/x", True, id="loopback"),
        pytest.param("https://a.example", "a.example", "https://A.example/x", True, id="case"),
        pytest.param("https://a.example", "a.example,b.example", "https://b.example", True, id="2"),
        pytest.param("https://a.example", "a.example", "https://b.example", False, id="another"),
        pytest.param(
            "https://a.example", "a.example", "https://a.example.b.example", False, id="x"
        ),
        pytest.param("https://a.example", "a.example", "http://a.example/x", False, id="downgrade"),
        pytest.param(
            "https://a.example", "a.example", "http://127.0.0.1:11434", False, id="inward"
        ),
        pytest.param("https://a.example", "a.example", "file:///etc/passwd", False, id="file"),
        pytest.param("https://a.example", "a.example", "ftp://a.example", False, id="ftp"),
        pytest.param(
            "https://a.example", "a.example", "https://u:p@a.example", False, id="sign-in"
        ),
        pytest.param("https://a.example", "a.example", "https:///x", False, id="no host"),
        pytest.param("https://a.example", "a.example", "https://a.example:x/", False, id="port"),
    ],
)
def test_only_named_hosts_open_the_door(base: str, allowed: str, url: str, opens: bool) -> None:
    settings = Settings.read(None, {"CHARTROOM_ALLOWED_HOSTS": allowed})
    door = Door.of(base, settings)
    if opens:
        door.check(url)
    else:
        with pytest.raises(DoorClosed):
            door.check(url)


def test_an_address_is_shown_without_sign_in_and_query() -> None:
    assert shown("https://u:pw@a.example:8443/fhir?token=1#x") == "https://a.example:8443/fhir"


def bundle(**more: object) -> bytes:
    return json.dumps({"resourceType": "Bundle", "type": "searchset", **more}).encode()


def leads_elsewhere(kind: str) -> Player:
    """A server of which one answer names a host that is not allowed."""
    manifest = {"output": [{"type": "Patient", "url": f"{ELSEWHERE}/f"}], "transactionTime": "t"}
    answers = {
        "redirect": Reply(302, {"Location": f"{ELSEWHERE}/fhir/Observation"}),
        "next": Reply(200, JSON, bundle(link=[{"relation": "next", "url": f"{ELSEWHERE}/p"}])),
        "job": Reply(202, {"Content-Location": f"{ELSEWHERE}/job"}),
        "files": Reply(200, JSON, json.dumps(manifest).encode()),
        "token": Reply(200, JSON, json.dumps({"token_endpoint": f"{ELSEWHERE}/token"}).encode()),
    }

    def fault(asked: Asked, _number: int) -> Reply | None:
        path = asked.path.partition("?")[0]
        if kind == "token":
            return answers["token"] if path.endswith("smart-configuration") else None
        if path == "/fhir/metadata":
            return Reply(404)
        if kind == "files" and path == "/fhir/$export":
            return Reply(202, {"Content-Location": "/fhir/job"})
        return answers[kind]

    return Player(None, fault)


@pytest.fixture
def reached() -> Iterator[list[str]]:
    """The hosts that anything tried to look up or to reach."""
    found: list[str] = []
    real = socket.getaddrinfo

    def watched(host: str, *rest: object, **more: object) -> object:
        found.append(str(host))
        return real(host, *rest, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", watched)
        yield found


@pytest.mark.parametrize("kind", ["redirect", "next", "job", "files", "token"])
def test_no_answer_leads_to_another_host(
    desk: Desk, reached: list[str], kind: str, key_file: str
) -> None:
    player = leads_elsewhere(kind)
    desk.stack.enter_context(player.playing())
    if kind == "token":
        desk.set(FHIR_CLIENT_ID="chartroom", FHIR_KEY_FILE=key_file)
    wanted = {"bulk": True} if kind in ("job", "files") else {"search": "Observation"}
    with pytest.raises(DoorClosed, match=r"elsewhere\.example is not in ALLOWED_HOSTS"):
        desk.fetch(f"{player.base}/fhir", **wanted)
    assert set(reached) <= {"127.0.0.1"}


def test_a_proxy_of_the_environment_is_not_used(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    player = desk.play("search")
    assert desk.fetch(f"{player.base}/fhir", search="Observation?patient=pat-a&_count=4").resources


@pytest.mark.parametrize("url", ["", "fhir.example/fhir", "file:///x", "http://u:p@127.0.0.1/fhir"])
def test_an_address_that_is_none_is_one_sentence(desk: Desk, url: str) -> None:
    with pytest.raises(ChartroomError) as refused:
        desk.fetch(url)
    assert "u:p" not in refused.value.user_message


def test_a_redirect_within_the_allowed_hosts_is_followed(desk: Desk) -> None:
    there = desk.play("search")
    moved = threading.Event()

    def fault(asked: Asked, _number: int) -> Reply | None:
        moved.set()
        return Reply(307, {"Location": there.base + asked.path})

    here = desk.play(None, fault)
    search = "Observation?patient=pat-a&_count=4"
    assert desk.fetch(f"{here.base}/fhir", search=search).resources == 10
    assert moved.is_set()
