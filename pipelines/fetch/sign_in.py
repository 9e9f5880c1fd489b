"""How Chartroom says who it is: a bearer token from a file, or SMART backend services.

Backend services: the token endpoint is read from `.well-known/smart-configuration`, a JWT signed
with the site's private key (RS384 or ES384) is the credential, and a token that is about to end
is renewed before it is used. A token goes to the server of FHIR_URL and to nobody else, never
over plain http to another machine, and stands in no message, log or file.
https://hl7.org/fhir/smart-app-launch/backend-services.html
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx

from pipelines.errors import ChartroomError
from pipelines.fetch.door import Door, same_origin
from pipelines.fetch.pace import AskAgain, retry_after
from pipelines.settings import Settings

if TYPE_CHECKING:
    from jwt.algorithms import AllowedPrivateKeys

NO_FILE = "The file of {name} cannot be read; check its path."
EMPTY_FILE = "The file of {name} holds no token."
NO_KEY = (
    "FHIR_KEY_FILE holds no private key for RS384 or ES384; "
    "give a JWK, a JWK set or an unencrypted PEM file."
)
BOTH_HALVES = "FHIR_CLIENT_ID and FHIR_KEY_FILE go together; set both."
PLAIN_HTTP = "A token may not travel over plain http; use the server's https address."
NO_ENDPOINT = "The FHIR server names no token endpoint; backend services are not possible there."
NOT_SIGNED_IN = (
    "The FHIR server did not accept the sign-in; check FHIR_CLIENT_ID and FHIR_KEY_FILE."
)
NO_TOKEN = "The FHIR server's token endpoint gave no token that can be used."  # noqa: S105
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# The specification allows an assertion five minutes at most.
ASSERTION_SECONDS = 240
# Renewed this long before its end, so that no request sets out with a token that ends on the way.
RENEW_BEFORE_S = 60.0
SHORTEST_S = 5.0
MOST_BYTES = 1_000_000


class NotSignedIn(ChartroomError):
    """No token could be had."""


@dataclass(slots=True)
class SignIn:
    """Adds the token to a request, and a fresh one when the server no longer takes it."""

    door: Door
    token: Callable[[httpx.Client, bool], str] | None = None

    @classmethod
    def of(cls, door: Door, settings: Settings) -> SignIn:
        """What the settings say for this server; a token of FHIR_URL is for FHIR_URL alone."""
        if settings.fhir_url and not same_origin(settings.fhir_url, door.base):
            return cls(door)
        if settings.fhir_client_id or settings.fhir_key_file:
            if not (settings.fhir_client_id and settings.fhir_key_file):
                raise NotSignedIn(BOTH_HALVES)
            return cls(door, BackendServices.of(door, settings))
        if settings.fhir_token_file:
            return cls(door, _TokenFile(Path(settings.fhir_token_file)))
        return cls(door)

    def auth(self, client: httpx.Client, url: str) -> httpx.Auth | None:
        """How to sign a request to `url`; None without a sign-in."""
        if self.token is None:
            return None
        if not self.door.may_carry_token(url):
            raise NotSignedIn(PLAIN_HTTP)
        return _Bearer(client, self.token)


class _Bearer(httpx.Auth):
    """Sends the token, and once more with a fresh one after a 401."""

    def __init__(self, client: httpx.Client, token: Callable[[httpx.Client, bool], str]) -> None:
        self._client = client
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """One request, or two."""
        first = self._token(self._client, False)
        request.headers["Authorization"] = f"Bearer {first}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            fresh = self._token(self._client, True)
            if fresh != first:
                request.headers["Authorization"] = f"Bearer {fresh}"
                yield request


@dataclass(slots=True)
class _TokenFile:
    """A token that somebody keeps in a file; read again when the server refuses it."""

    path: Path
    kept: str = ""

    def __call__(self, _client: httpx.Client, fresh: bool) -> str:
        if fresh or not self.kept:
            words = _read(self.path, "FHIR_TOKEN_FILE").split()
            # Files are often written with the word that belongs before the token.
            if len(words) == 2 and words[0].lower() == "bearer":
                words = words[1:]
            if len(words) != 1 or not words[0].isascii():
                raise NotSignedIn(EMPTY_FILE.format(name="FHIR_TOKEN_FILE"))
            self.kept = words[0]
        return self.kept


@dataclass(slots=True)
class BackendServices:
    """A token by a signed assertion, kept until shortly before its end."""

    base: str
    client_id: str
    key: SigningKey
    clock: Callable[[], float] = time.time
    kept: str = ""
    renew_at: float = 0.0
    endpoint: str = ""
    scope: str = "system/*.read"

    @classmethod
    def of(cls, door: Door, settings: Settings) -> BackendServices:
        """From FHIR_CLIENT_ID and FHIR_KEY_FILE; NotSignedIn where the key is none."""
        key = SigningKey.read(Path(settings.fhir_key_file))
        return cls(door.base, settings.fhir_client_id, key)

    def __call__(self, client: httpx.Client, fresh: bool) -> str:
        """The token in force; `fresh` asks for another one."""
        if fresh or not self.kept or self.clock() >= self.renew_at:
            self._renew(client)
        return self.kept

    def _renew(self, client: httpx.Client) -> None:
        if not self.endpoint:
            self._discover(client)
        asked = self.clock()
        answer = _object(self._post(client))
        token, lasts = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not token or not token.isascii():
            raise NotSignedIn(NO_TOKEN)
        seconds = float(lasts) if isinstance(lasts, int | float) else 5 * RENEW_BEFORE_S
        self.kept = token
        self.renew_at = asked + max(SHORTEST_S, seconds / 2, seconds - RENEW_BEFORE_S)

    def _discover(self, client: httpx.Client) -> None:
        url = urljoin(self.base.rstrip("/") + "/", ".well-known/smart-configuration")
        said = _object(_answer(client, client.build_request("GET", url, headers=_JSON)))
        endpoint = said.get("token_endpoint")
        if not isinstance(endpoint, str) or not endpoint:
            raise NotSignedIn(NO_ENDPOINT)
        can = said.get("capabilities")
        if isinstance(can, list) and "permission-v2" in can and "permission-v1" not in can:
            self.scope = "system/*.rs"
        self.endpoint = urljoin(url, endpoint)

    def _post(self, client: httpx.Client) -> bytes:
        form = {
            "grant_type": "client_credentials",
            "scope": self.scope,
            "client_assertion_type": ASSERTION,
            "client_assertion": self.key.assertion(self.client_id, self.endpoint, self.clock()),
        }
        request = client.build_request("POST", self.endpoint, data=form, headers=_JSON)
        return _answer(client, request)


_JSON = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, its algorithm and its name (`kid`), if it has one."""

    private: AllowedPrivateKeys = field(repr=False)
    algorithm: str
    kid: str | None = None

    @classmethod
    def read(cls, path: Path) -> SigningKey:
        """A JWK, a set of them, or a PEM file; NotSignedIn where none of it can sign."""
        text = _read(path, "FHIR_KEY_FILE").strip()
        return cls._of_jwk(text) if text.startswith("{") else cls._of_pem(text)

    @classmethod
    def _of_jwk(cls, text: str) -> SigningKey:
        import jwt

        try:
            given = json.loads(text)
            keys = given.get("keys", [given])
            for item in keys:
                algorithm = _algorithm_of_jwk(item)
                if algorithm:
                    found = jwt.PyJWK(item, algorithm).key
                    return cls(found, algorithm, item.get("kid"))
        except (ValueError, TypeError, AttributeError, jwt.PyJWTError) as error:
            raise NotSignedIn(NO_KEY) from error
        raise NotSignedIn(NO_KEY)

    @classmethod
    def _of_pem(cls, text: str) -> SigningKey:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            found = load_pem_private_key(text.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise NotSignedIn(NO_KEY) from error
        if isinstance(found, rsa.RSAPrivateKey):
            return cls(found, "RS384")
        if isinstance(found, ec.EllipticCurvePrivateKey) and isinstance(found.curve, ec.SECP384R1):
            return cls(found, "ES384")
        raise NotSignedIn(NO_KEY)

    def assertion(self, client_id: str, endpoint: str, now: float) -> str:
        """The signed JWT that stands for a password, for this endpoint and once."""
        import jwt

        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": endpoint,
            "jti": uuid.uuid4().hex,
            "iat": int(now),
            "exp": int(now) + ASSERTION_SECONDS,
        }
        headers = {"kid": self.kid} if self.kid else None
        return jwt.encode(claims, self.private, self.algorithm, headers)


def _algorithm_of_jwk(item: dict[str, Any]) -> str | None:
    if "d" not in item:
        return None
    kind = (item.get("kty"), item.get("crv"))
    found = "RS384" if kind[0] == "RSA" else "ES384" if kind == ("EC", "P-384") else None
    return found if item.get("alg", found) == found else None


def _read(path: Path, name: str) -> str:
    try:
        return path.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise NotSignedIn(NO_FILE.format(name=name)) from error


def _answer(client: httpx.Client, request: httpx.Request) -> bytes:
    """The body of a sign-in answer. A redirect would carry the credential on: none is followed."""
    try:
        response = client.send(request, auth=None, follow_redirects=False, stream=True)
        try:
            if response.is_success:
                return _little(response)
        finally:
            response.close()
    except httpx.TransportError as error:
        raise AskAgain("The sign-in of the FHIR server could not be reached.") from error
    status = response.status_code
    if status == httpx.codes.NOT_FOUND:
        raise NotSignedIn(NO_ENDPOINT)
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
        wait_s = retry_after(response.headers.get("Retry-After"))
        raise AskAgain("The sign-in of the FHIR server is too busy.", status, wait_s)
    raise NotSignedIn(NOT_SIGNED_IN)


def _little(response: httpx.Response) -> bytes:
    found = b""
    for part in response.iter_bytes():
        found += part
        if len(found) > MOST_BYTES:
            raise NotSignedIn(NO_TOKEN)
    return found


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotSignedIn(NO_TOKEN) from error
    if not isinstance(found, dict):
        raise NotSignedIn(NO_TOKEN)
    return found
