"""Bearer tokens and SMART backend services: who gets a token, when it is renewed, who does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest

from pipelines.errors import ChartroomError
from pipelines.fetch.door import Door
from pipelines.fetch.sign_in import BackendServices, NotSignedIn, SignIn, SigningKey
from pipelines.settings import Settings
from tests.fetch import keys
from tests.fetch.cassettes import Asked, Player, Reply
from tests.fetch.conftest import Desk

EMPTY = json.dumps({"resourceType": "Bundle", "type": "searchset"}).encode()
JSON = {"Content-Type": "application/json"}


class Guarded:
    """A server that wants a token: its own token endpoint, tokens that end, tokens it revokes."""

    def __init__(self, capabilities: tuple[str, ...] = ()) -> None:
        self.capabilities = capabilities
        self.assertions: list[dict[str, list[str]]] = []
        self.valid: str | None = None
        self.lasts_s = 300
        self.token_faults: list[Reply] = []

    def __call__(self, asked: Asked, _number: int) -> Reply | None:
        path = asked.path.partition("?")[0]
        if path.endswith("/smart-configuration"):
            said = {"token_endpoint": "http://fhir.example/auth/token"}
            return _json({**said, "capabilities": list(self.capabilities)})
        if path == "/auth/token":
            if self.token_faults:
                return self.token_faults.pop(0)
            self.assertions.append(parse_qs(asked.body.decode()))
            self.valid = f"token-{len(self.assertions)}"
            return _json({"access_token": self.valid, "expires_in": self.lasts_s})
        if asked.headers.get("Authorization") != f"Bearer {self.valid}":
            return Reply(401)
        return Reply(200, JSON, EMPTY)


def _json(value: object) -> Reply:
    return Reply(200, JSON, json.dumps(value).encode())


def signed_in(desk: Desk, server: Guarded, key: str) -> Player:
    player = Player(None, server)
    desk.stack.enter_context(player.playing())
    desk.set(FHIR_CLIENT_ID="chartroom", FHIR_KEY_FILE=key)
    return player


@pytest.mark.parametrize(
    ("text", "algorithm", "kid"),
    [
        pytest.param(keys.pem(keys.RSA), "RS384", None, id="RSA, PEM"),
        pytest.param(keys.pem(keys.EC384), "ES384", None, id="P-384, PEM"),
        pytest.param(keys.jwk(keys.RSA, kid="k1", alg="RS384"), "RS384", "k1", id="RSA, JWK"),
        pytest.param(keys.jwk(keys.EC384, kid="k2"), "ES384", "k2", id="P-384, JWK"),
        pytest.param(
            json.dumps({"keys": [json.loads(keys.jwk(keys.EC384, kid="k3"))]}),
            "ES384",
            "k3",
            id="a set of JWKs",
        ),
    ],
)
def test_each_kind_of_key_signs_an_assertion_that_its_public_half_confirms(
    desk: Desk, tmp_path: Path, text: str, algorithm: str, kid: str | None
) -> None:
    server = Guarded()
    player = signed_in(desk, server, keys.written(tmp_path, text))
    desk.fetch(f"{player.base}/fhir", search="Observation", since="2026-01-01")
    [form] = server.assertions
    token = form["client_assertion"][0]
    private = keys.RSA if algorithm == "RS384" else keys.EC384
    audience = f"{player.base}/auth/token"
    claims: dict[str, Any] = jwt.decode(
        token, private.public_key(), algorithms=[algorithm], audience=audience
    )
    assert (claims["iss"], claims["sub"]) == ("chartroom", "chartroom")
    assert claims["exp"] - claims["iat"] <= 300
    assert jwt.get_unverified_header(token).get("kid") == kid
    assert form["grant_type"] == ["client_credentials"]
    assert form["scope"] == ["system/*.read"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{}", id="no key"),
        pytest.param("{", id="no JSON"),
        pytest.param('{"keys": 3}', id="no list"),
        pytest.param(keys.pem(keys.EC256), id="a curve that is not allowed"),
        pytest.param(keys.jwk(keys.RSA.public_key()), id="a public key"),
        pytest.param(keys.jwk(keys.RSA, alg="HS256"), id="another algorithm"),
        pytest.param("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", id="rubbish"),
    ],
)
def test_a_key_file_that_cannot_sign_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotSignedIn, match="RS384 or ES384"):
        SigningKey.read(Path(keys.written(tmp_path, text)))


def test_a_token_is_renewed_before_it_ends(tmp_path: Path) -> None:
    now = [1_000_000.0]
    server = Guarded()
    player = Player(None, server)
    key = SigningKey.read(Path(keys.written(tmp_path, keys.pem(keys.RSA))))
    with player.playing() as base:
        from pipelines.fetch.client import FhirClient
        from pipelines.fetch.pace import Pace

        door = Door.of(base, Settings.read(tmp_path, {}))
        services = BackendServices(base, "chartroom", key, clock=lambda: now[0])
        with FhirClient(door, SignIn(door, services), Pace()) as client:
            for second in (0, 200, 239, 241, 300):
                now[0] = 1_000_000.0 + second
                client.get_json("Observation")
    sent = [a.headers["Authorization"] for a in player.asked if "Observation" in a.path]
    assert sent == ["Bearer token-1"] * 3 + ["Bearer token-2"] * 2


def test_a_token_that_the_server_revoked_is_replaced_once(desk: Desk, key_file: str) -> None:
    server = Guarded()
    revoked = []

    def fault(asked: Asked, number: int) -> Reply | None:
        if "Observation" in asked.path and number == 0:
            revoked.append(server.valid)
            server.valid = "revoked"
        return server(asked, number)

    player = Player(None, fault)
    desk.stack.enter_context(player.playing())
    desk.set(FHIR_CLIENT_ID="chartroom", FHIR_KEY_FILE=key_file)
    desk.fetch(f"{player.base}/fhir", search="Observation", since="2026-01-01")
    assert len(server.assertions) == 2
    assert desk.waits == []


def test_scopes_follow_what_the_server_can(desk: Desk, key_file: str) -> None:
    server = Guarded(("permission-v2",))
    player = signed_in(desk, server, key_file)
    desk.fetch(f"{player.base}/fhir", search="Observation", since="2026-01-01")
    assert server.assertions[0]["scope"] == ["system/*.rs"]


def test_a_busy_token_endpoint_is_asked_again(desk: Desk, key_file: str) -> None:
    server = Guarded()
    server.token_faults = [Reply(429, {"Retry-After": "11"})]
    player = signed_in(desk, server, key_file)
    desk.fetch(f"{player.base}/fhir", search="Observation", since="2026-01-01")
    assert desk.waits == [11.0]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        pytest.param(Reply(400, {}, b'{"error": "invalid_client"}'), "did not accept", id="400"),
        pytest.param(Reply(302, {"Location": "/other"}), "did not accept", id="a redirect"),
        pytest.param(Reply(200, {}, b"<html>"), "no token", id="HTML"),
        pytest.param(Reply(200, {}, b'{"access_token": 7}'), "no token", id="no text"),
        pytest.param(Reply(200, {}, b" " * 2_000_000), "no token", id="far too long"),
        pytest.param(Reply(404), "no token endpoint", id="404"),
    ],
)
def test_a_sign_in_that_fails_is_one_sentence(
    desk: Desk, key_file: str, reply: Reply, says: str
) -> None:
    server = Guarded()
    server.token_faults = [reply]
    player = signed_in(desk, server, key_file)
    with pytest.raises(ChartroomError, match=says):
        desk.fetch(f"{player.base}/fhir", search="Observation")
    assert not any("other" in path for path in player.paths("POST") + player.paths())


def bearer(desk: Desk, tmp_path: Path, text: str = "SECRET-1\n") -> Path:
    path = tmp_path / "token"
    path.write_text(text)
    desk.set(FHIR_TOKEN_FILE=str(path))
    return path


@pytest.mark.parametrize("text", ["SECRET-1\n", "Bearer SECRET-1", "  SECRET-1  "])
def test_a_token_from_a_file_is_sent_to_the_server(desk: Desk, tmp_path: Path, text: str) -> None:
    bearer(desk, tmp_path, text)
    player = desk.play("search")
    desk.fetch(f"{player.base}/fhir", search="Observation?patient=pat-a&_count=4")
    assert {one.headers["Authorization"] for one in player.asked} == {"Bearer SECRET-1"}


@pytest.mark.parametrize("text", ["", "two words", "two\nlines", "S\u00e9cret"])
def test_a_token_file_without_a_token_is_one_sentence(
    desk: Desk, tmp_path: Path, text: str
) -> None:
    bearer(desk, tmp_path, text)
    player = desk.play("search")
    with pytest.raises(NotSignedIn, match="holds no token"):
        desk.fetch(f"{player.base}/fhir", search="Observation")
    assert player.asked == []


def test_a_token_file_that_was_renewed_is_read_again(desk: Desk, tmp_path: Path) -> None:
    path = bearer(desk, tmp_path)

    def fault(asked: Asked, _number: int) -> Reply | None:
        if asked.headers["Authorization"] == "Bearer SECRET-1" and "Observation" in asked.path:
            path.write_text("SECRET-2")
            return Reply(401)
        return None

    player = desk.play("search", fault)
    assert desk.fetch(f"{player.base}/fhir", search="Observation?patient=pat-a&_count=4").resources


def test_a_token_does_not_follow_a_redirect_or_a_file_to_another_server(
    desk: Desk, tmp_path: Path
) -> None:
    bearer(desk, tmp_path)
    other = desk.play(None, lambda *_: Reply(200, JSON, EMPTY))
    where = {"Location": f"{other.base}/fhir/x"}
    own = desk.play(None, lambda a, _: Reply(307, where) if "Obs" in a.path else None)
    desk.fetch(f"{own.base}/fhir", search="Observation", since="2026-01-01")
    assert other.asked
    assert all("Authorization" not in one.headers for one in other.asked)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_file_of_an_export_elsewhere_gets_the_token_only_where_the_manifest_asks(
    desk: Desk, tmp_path: Path, wanted: bool
) -> None:
    bearer(desk, tmp_path)
    other = desk.play(None, lambda *_: Reply(200, {}, b'{"resourceType":"Patient","id":"1"}\n'))
    output = [{"type": "Patient", "url": f"{other.base}/1"}]
    manifest = {"transactionTime": "t", "requiresAccessToken": wanted, "output": output}

    def fault(asked: Asked, _number: int) -> Reply | None:
        if "$export" in asked.path:
            return Reply(202, {"Content-Location": "/fhir/job"})
        return Reply(202) if asked.method == "DELETE" else _json(manifest)

    own = desk.play(None, fault)
    assert desk.fetch(f"{own.base}/fhir", bulk=True).by_type == {"Patient": 1}
    assert [("Authorization" in one.headers) for one in other.asked] == [wanted]


def test_the_token_of_fhir_url_is_for_that_server_alone(desk: Desk, tmp_path: Path) -> None:
    bearer(desk, tmp_path)
    desk.set(FHIR_URL="http://127.0.0.1:9/fhir")
    player = desk.play("search")
    desk.fetch(f"{player.base}/fhir", search="Observation?patient=pat-a&_count=4")
    assert all("Authorization" not in one.headers for one in player.asked)


def test_a_token_does_not_travel_over_plain_http_to_another_machine(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("SECRET-1")
    environment = {"CHARTROOM_ALLOWED_HOSTS": "a.example", "CHARTROOM_FHIR_TOKEN_FILE": str(path)}
    settings = Settings.read(tmp_path, environment)
    import httpx

    sign_in = SignIn.of(Door.of("http://a.example/fhir", settings), settings)
    with httpx.Client() as client, pytest.raises(NotSignedIn, match="plain http"):
        sign_in.auth(client, "http://a.example/fhir/Patient")


@pytest.mark.parametrize("name", ["FHIR_CLIENT_ID", "FHIR_KEY_FILE"])
def test_half_a_sign_in_is_one_sentence(desk: Desk, name: str) -> None:
    desk.set(**{name: "x"})
    with pytest.raises(NotSignedIn, match="go together"):
        desk.fetch("http://127.0.0.1:9/fhir")
