"""Which addresses may be asked at all, checked for every single request.

A server's answer names further addresses: redirects, `link.next`, the status of a job, its files,
the token endpoint. Each passes here again, below the HTTP client, so that no way in the code goes
around it. Only http and https; only hosts in ALLOWED_HOSTS; this machine only where the fetch
itself is from this machine, so that no server can turn Chartroom against what listens here. A
fetch that began with https stays with https. No proxy is used: it would be one more host.
"""

from __future__ import annotations

import re
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import httpx

from pipelines.errors import ChartroomError
from pipelines.settings import LOOPBACK_HOSTS, Settings

NO_ADDRESS = "The address of the FHIR server must begin with http:// or https:// and name a host."
HAS_SIGN_IN = "The address must not hold a name or password; use FHIR_TOKEN_FILE or FHIR_KEY_FILE."
_HOST = re.compile(r"[A-Za-z0-9.:_-]{1,100}")


class DoorClosed(ChartroomError):
    """An address that may not be asked; nothing was sent to it."""


@dataclass(frozen=True, slots=True)
class Door:
    """What a fetch from `base` may reach."""

    base: str
    allowed_hosts: frozenset[str]
    from_this_machine: bool
    encrypted: bool

    @classmethod
    def of(cls, base: str, settings: Settings) -> Door:
        """The door of a fetch from `base`; DoorClosed when `base` itself may not be asked."""
        scheme, host = scheme_and_host(base)
        allowed = frozenset(name.lower() for name in settings.allowed_hosts)
        door = cls(base, allowed, host in LOOPBACK_HOSTS, scheme == "https")
        door.check(base)
        return door

    def check(self, url: str) -> None:
        """DoorClosed, in one sentence, for what may not be asked."""
        scheme, host = scheme_and_host(url)
        local = host in LOOPBACK_HOSTS
        if not (host in self.allowed_hosts or (local and self.from_this_machine)):
            raise DoorClosed(
                f"The FHIR server's host {_shown(host)} is not in ALLOWED_HOSTS; "
                "nothing was sent to it."
            )
        if self.encrypted and scheme != "https" and not local:
            raise DoorClosed(
                "The FHIR server leads from https to plain http; nothing was sent there."
            )

    def may_carry_token(self, url: str) -> bool:
        """Whether a token may go there: encrypted, or within this machine."""
        scheme, host = scheme_and_host(url)
        return scheme == "https" or host in LOOPBACK_HOSTS


class Guarded(httpx.BaseTransport):
    """The way out of the HTTP client, behind the door; redirects come through it too."""

    def __init__(self, door: Door) -> None:
        self._door = door
        # The machine's own trust store: hospitals sign their servers themselves.
        self._inner = httpx.HTTPTransport(verify=ssl.create_default_context(), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Pass one request on, or raise DoorClosed."""
        self._door.check(str(request.url))
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close every connection."""
        self._inner.close()


def scheme_and_host(url: str) -> tuple[str, str]:
    """Both in lower case; DoorClosed where it is no http address, or carries a sign-in."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise DoorClosed(NO_ADDRESS) from error
    if parts.scheme.lower() not in ("http", "https") or not host:
        raise DoorClosed(NO_ADDRESS)
    if parts.username or parts.password:
        raise DoorClosed(HAS_SIGN_IN)
    return parts.scheme.lower(), host.lower()


def shown(url: str) -> str:
    """An address for people, logs and the ledger: no sign-in, no query, nothing after it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    named = f"[{host}]" if ":" in host else host
    return urlunsplit((parts.scheme, named + port, parts.path, "", ""))


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are of one scheme, host and port."""
    first, second = httpx.URL(one), httpx.URL(other)
    return (first.scheme, first.host, _port(first)) == (second.scheme, second.host, _port(second))


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _shown(host: str) -> str:
    return host if _HOST.fullmatch(host) else "(unreadable)"
