"""One FHIR server, asked politely: signed in, retried, measured, and never believed too far.

Every request passes the door, carries a token only where it belongs, and ends in JSON or in one
plain sentence. What a server says about itself (a web page, an OperationOutcome's text) may hold
chart text and is never repeated; its status and its coded reason are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urljoin

import httpx
import msgspec

from pipelines.errors import ChartroomError
from pipelines.fetch.door import Door, Guarded, same_origin
from pipelines.fetch.pace import AskAgain, Pace, retry_after
from pipelines.fetch.sign_in import SignIn

FHIR_JSON = "application/fhir+json, application/json;q=0.9"
MOST_REDIRECTS = 5
# Of one page or one answer; a page that is larger would not fit the loader's memory either.
MOST_PAGE_BYTES = 256_000_000
MOST_REASON_BYTES = 1_000_000
BROKE_OFF = "The connection to the FHIR server broke off; run the fetch again to go on."
UNREACHABLE = "The FHIR server could not be reached; check the address."
NOT_FHIR = (
    "The FHIR server answered with a web page or text, not with FHIR JSON; check the address."
)
TOO_LARGE = "An answer of the FHIR server is too large for one page; ask for less."
T = TypeVar("T")
_CODE = re.compile(r"[a-z-]{1,40}")

_SAYS = {
    400: "The FHIR server did not accept the request",
    401: "The FHIR server wants a sign-in; check the FHIR_ settings",
    403: "The FHIR server does not let this sign-in read that",
    404: "The FHIR server has nothing at that address",
    410: "The FHIR server no longer has what was asked for",
    429: "The FHIR server is too busy; try again later",
    503: "The FHIR server is too busy; try again later",
}


class _Issue(msgspec.Struct):
    code: str = ""


class _Outcome(msgspec.Struct):
    issue: list[_Issue] = []


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def retry_after_s(self) -> float | None:
        """The seconds that the server asks to wait, if it does."""
        return retry_after(self.headers.get("Retry-After"))


class FetchFailed(ChartroomError):
    """The server gave no usable answer; `status` is its HTTP status, 0 where it gave none."""

    def __init__(self, user_message: str, status: int = 0) -> None:
        super().__init__(user_message)
        self.status = status


class FhirClient:
    """The server at `door.base`."""

    def __init__(self, door: Door, sign_in: SignIn, pace: Pace) -> None:
        self.door = door
        self.pace = pace
        self._answered = False
        self._sign_in = sign_in
        self._http = httpx.Client(
            transport=Guarded(door),
            timeout=httpx.Timeout(pace.read_s, connect=pace.connect_s),
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            trust_env=False,
            headers={"User-Agent": "chartroom"},
        )

    def __enter__(self) -> FhirClient:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def url(self, path: str) -> str:
        """An absolute address: below the base, or as the server gave it."""
        return urljoin(self.door.base.rstrip("/") + "/", path)

    def get_json(self, path: str) -> Reply:
        """A FHIR answer; FetchFailed for anything that is no JSON object."""
        reply = self.ask("GET", path)
        if not reply.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            raise FetchFailed(NOT_FHIR)
        return reply

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """The whole answer of status 2xx; what may pass is tried again."""
        url = self.url(path)
        sent = {"Accept": FHIR_JSON, **(headers or {})}

        def once() -> Reply:
            with self.stream(method, url, headers=sent) as response:
                return Reply(response.status_code, response.headers, self._body(response))

        return self.patiently(once)

    def patiently(self, once: Callable[[], T]) -> T:
        """What `once` returns, tried again after faults that may pass, then FetchFailed."""
        try:
            return self.pace.retrying()(once)
        except AskAgain as fault:
            raise FetchFailed(fault.sentence, fault.status) from fault

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        with_token: bool = False,
    ) -> Iterator[httpx.Response]:
        """An open answer of status 2xx; AskAgain for what may pass, FetchFailed for the rest.

        `with_token` sends the token to another host than the server's own, if that is encrypted.
        """
        self.pace.check()
        own = same_origin(url, self.door.base)
        signed = self._sign_in.auth(self._http, url) if own or with_token else None
        try:
            with self._http.stream(
                method,
                url,
                headers=headers,
                auth=signed,
                follow_redirects=method == "GET",
            ) as response:
                self._answered = True
                if not response.is_success:
                    raise _fault(response)
                yield response
        except httpx.TooManyRedirects as error:
            raise FetchFailed(
                "The FHIR server redirects without end; check the address."
            ) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise FetchFailed("The FHIR server gave an address that cannot be read.") from error
        except httpx.DecodingError as error:
            raise AskAgain("The FHIR server sent a damaged answer.") from error
        except httpx.ConnectError as error:
            # One that never answered is more likely misspelt than down for a moment.
            raise (AskAgain if self._answered else FetchFailed)(UNREACHABLE) from error
        except httpx.TimeoutException as error:
            raise AskAgain("The FHIR server did not answer in time.") from error
        except httpx.TransportError as error:
            raise AskAgain(BROKE_OFF) from error

    def _body(self, response: httpx.Response) -> bytes:
        """An answer in memory, not beyond what one page may have."""
        parts, size = [], 0
        for part in response.iter_bytes():
            self.pace.check()
            size += len(part)
            if size > MOST_PAGE_BYTES:
                raise FetchFailed(TOO_LARGE)
            parts.append(part)
        return b"".join(parts)


def _fault(response: httpx.Response) -> AskAgain | FetchFailed:
    status = response.status_code
    said = _SAYS.get(
        status, "The FHIR server is failing" if status >= 500 else "The FHIR server said no"
    )
    code = _coded_reason(response)
    sentence = f"{said} (status {status}{code})."
    if status in (429, 500, 502, 503, 504):
        return AskAgain(sentence, status, retry_after(response.headers.get("Retry-After")))
    return FetchFailed(sentence, status)


def _coded_reason(response: httpx.Response) -> str:
    """The code of an OperationOutcome's first issue; its text may be about a patient."""
    found = b""
    for part in response.iter_bytes():
        found += part
        if len(found) > MOST_REASON_BYTES:
            return ""
    try:
        outcome = msgspec.json.decode(found, type=_Outcome)
    except (ValueError, RecursionError):
        return ""
    code = outcome.issue[0].code if outcome.issue else ""
    return f", {code}" if _CODE.fullmatch(code) else ""
