"""What a server says it can do: its CapabilityStatement, and what follows when it says nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import msgspec

from pipelines.fetch.client import FetchFailed, FhirClient

# A search sees what was indexed; what was written in the last minutes may not be yet.
INDEX_DELAY = timedelta(minutes=5)


class _Named(msgspec.Struct):
    name: str = ""


class _Resource(msgspec.Struct):
    type: str = ""
    operation: list[_Named] = []


class _Rest(msgspec.Struct):
    resource: list[_Resource] = []


class _Statement(msgspec.Struct):
    fhirVersion: str = ""
    rest: list[_Rest] = []


@dataclass(frozen=True, slots=True)
class Server:
    """The types it has (empty: it does not say), `$everything`, its release and its clock."""

    kinds: frozenset[str]
    has_everything: bool
    release: str
    as_of: str


def server(client: FhirClient) -> Server:
    """What the server says at `/metadata`; one that says nothing is simply tried."""
    try:
        reply = client.get_json("metadata")
        said = msgspec.json.decode(reply.body, type=_Statement)
    except FetchFailed as error:
        if error.status in (0, 429) or error.status >= 500:
            raise
        return Server(frozenset(), True, "", _time(None))
    except (ValueError, RecursionError):
        return Server(frozenset(), True, "", _time(None))
    kinds = {item.type: item for rest in said.rest for item in rest.resource if item.type}
    patient = kinds.get("Patient")
    names = {item.name.lstrip("$") for item in patient.operation} if patient else set()
    # Many servers do not list what they can; only one that lists other operations is believed.
    everything = "everything" in names or not names
    return Server(frozenset(kinds), everything, said.fhirVersion, _time(reply.headers))


def _time(headers: httpx.Headers | None) -> str:
    """The server's clock, a little back; the next fetch goes on from there."""
    moment = datetime.now(UTC)
    if headers is not None:
        with suppress(TypeError, ValueError):
            moment = parsedate_to_datetime(headers.get("Date", "")).astimezone(UTC)
    return (moment - INDEX_DELAY).isoformat(timespec="seconds")
