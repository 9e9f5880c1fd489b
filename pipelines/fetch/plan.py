"""What is wanted, read from an address, a search expression and options, into one plan.

The address may be a server's base or say all by itself, as a site writes it into FHIR_URL:
`…/fhir/Patient/ID`, `…/fhir/Patient?organization=7`, `…/fhir/Group/9/$export`. A search of
patients means the charts of the patients found; any other search means what it finds. Words are
never passed on unread: a resource type, an id and a time must look like one.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from pipelines.errors import ChartroomError
from pipelines.fetch.door import NO_ADDRESS, shown
from pipelines.records.fetches import FetchRequest

Kind = Literal["patients", "search", "bulk"]

BAD_SEARCH = "The search must be written like Patient?family=Smith or Observation?patient=1."
BAD_ID = "A patient or group is named by its FHIR id: letters, digits, - and ., up to 64 of them."
BAD_TYPE = "A resource type is written like Observation; several are separated by commas."
BAD_TIME = "The time to fetch from is written like 2026-11-22 or 2026-11-22T06:00:00Z."
NOT_TOGETHER = "A bulk export takes no search and no single patients; name a --group instead."
ONE_WAY = "Name patients or a search, not both."

# The FHIR patterns of `id`, of a resource type's name and of an `instant` or date.
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_TYPE = re.compile(r"[A-Z][A-Za-z]{1,60}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?")
_SEARCH = re.compile(
    r"(?P<type>[A-Z][A-Za-z]{1,60})(\?(?P<query>[\x21-\x7e\u00a0-\uffff ]{0,2000}))?"
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One fetch: from `base`, of one kind, from `since` on."""

    base: str
    kind: Kind
    patients: tuple[str, ...] = ()
    search_type: str = "Patient"
    query: str = ""
    level: str = ""
    types: tuple[str, ...] = ()
    since: str | None = None

    @property
    def key(self) -> str:
        """Names this very plan, so that a broken fetch of it is found again."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()[:16]

    @property
    def standing_key(self) -> str:
        """Names the plan whenever it is run: without the time it goes on from."""
        return hashlib.sha256(json.dumps({**asdict(self), "since": None}).encode()).hexdigest()[:16]

    @property
    def everyone(self) -> bool:
        """Whether the charts of all patients are wanted."""
        return self.kind == "patients" and not self.patients and not self.query

    @property
    def told(self) -> str:
        """The plan for logs: names of search parameters, never their values."""
        if self.kind == "bulk":
            return f"{self.level}$export"
        if self.patients:
            return f"{len(self.patients)} named patients"
        names = [part.partition("=")[0] for part in self.query.split("&") if part]
        wanted = "&".join(f"{name}=…" for name in names if re.fullmatch(r"[\w:.-]{1,60}", name))
        return f"{self.search_type}?{wanted}" if wanted else f"all of {self.search_type}"


def plan(request: FetchRequest) -> Plan:
    """The plan of a request; ChartroomError, in one sentence, where it makes none."""
    base, rest, query = _split(request.url)
    found = _from_path(base, rest, query)
    if request.search is not None:
        if found.patients or found.query or found.kind != "patients":
            raise ChartroomError(ONE_WAY)
        found = _searched(base, request.search)
    if request.patients:
        if request.search is not None or found.query:
            raise ChartroomError(ONE_WAY)
        found = Plan(base, "patients", found.patients + request.patients)
    found = _bulk(found, request)
    for ident in found.patients:
        _must(_ID, ident, BAD_ID)
    for name in request.types:
        _must(_TYPE, name, BAD_TYPE)
    if request.since is not None:
        _must(_TIME, request.since, BAD_TIME)
    return Plan(
        found.base,
        found.kind,
        tuple(dict.fromkeys(found.patients)),
        found.search_type,
        found.query,
        found.level,
        tuple(dict.fromkeys(request.types)),
        request.since,
    )


def _split(url: str) -> tuple[str, list[str], str]:
    """The base, the parts of the path behind it, and the query."""
    try:
        parts = urlsplit(url.strip())
    except ValueError as error:
        raise ChartroomError(NO_ADDRESS) from error
    steps = parts.path.rstrip("/").split("/")
    # What follows the base says what is wanted; a base may hold capitals too (…/FHIR/R4).
    end = next((n for n in range(len(steps)) if _reads(steps[n:])), len(steps))
    base = urlunsplit((parts.scheme, parts.netloc, "/".join(steps[:end]), "", ""))
    if parts.query and end == len(steps):
        raise ChartroomError(BAD_SEARCH)
    return base, steps[end:], parts.query


def _reads(steps: list[str]) -> bool:
    match steps:
        case ["$export"] | ["Patient", "$export"] | ["Group", _, "$export"]:
            return True
        case ["Patient", _] | ["Patient", _, "$everything"]:
            return True
        case [name]:
            return bool(_TYPE.fullmatch(name)) and not name.isupper()
    return False


def _from_path(base: str, steps: list[str], query: str) -> Plan:
    match steps:
        case []:
            return Plan(base, "patients")
        case [*level, "$export"]:
            return Plan(base, "bulk", query=query, level="".join(f"{step}/" for step in level))
        case ["Patient", ident, *_] if not query:
            return Plan(base, "patients", (ident,))
        case [name]:
            return _searched(base, name + (f"?{query}" if query else ""))
    raise ChartroomError(BAD_SEARCH)


def _searched(base: str, expression: str) -> Plan:
    found = _SEARCH.fullmatch(expression.strip())
    if found is None:
        raise ChartroomError(BAD_SEARCH)
    name, query = found["type"], found["query"] or ""
    if name == "Patient":
        return Plan(base, "patients", query=query)
    return Plan(base, "search", search_type=name, query=query)


def _bulk(found: Plan, request: FetchRequest) -> Plan:
    if not (request.bulk or request.group):
        return found
    if found.kind == "search" or found.patients or (found.query and found.kind != "bulk"):
        raise ChartroomError(NOT_TOGETHER)
    if request.group:
        _must(_ID, request.group, BAD_ID)
        return Plan(found.base, "bulk", level=f"Group/{request.group}/")
    return found if found.kind == "bulk" else Plan(found.base, "bulk")


def _must(pattern: re.Pattern[str], text: str, sentence: str) -> None:
    if not pattern.fullmatch(text):
        raise ChartroomError(sentence)


def told_server(plan: Plan) -> str:
    """The server for people and logs."""
    return shown(plan.base)
