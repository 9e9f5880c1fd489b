"""One page of a server's answer, taken apart without rewriting what it says.

A resource leaves here as the bytes that the server sent, without the blanks between its parts:
`1.50` stays `1.50`. Only what steers the fetch is read: type, id, version, links, references.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from pipelines.fetch.client import FetchFailed

NOT_BUNDLE = "The FHIR server answered with something that is no Bundle; check the address."
BROKEN = "The FHIR server's answer is not JSON, or it is cut off."
_NAME = re.compile(r"[A-Z][A-Za-z]{1,60}")
_REFERENCE = re.compile(
    rb'"(?:reference|url)":"(?:([^"\\]{1,500})/)?([A-Z][A-Za-z]{1,60})/([A-Za-z0-9.-]{1,64})'
    rb'(?:/_history/[A-Za-z0-9.-]{1,64})?"'
)


class _Link(msgspec.Struct):
    relation: str = ""
    url: str = ""


class _Search(msgspec.Struct):
    mode: str = "match"


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw()
    search: _Search = msgspec.field(default_factory=_Search)


class _Bundle(msgspec.Struct):
    resourceType: str = ""
    link: list[_Link] = []
    entry: list[_Entry] = []


class _Meta(msgspec.Struct):
    versionId: str = ""


class _Head(msgspec.Struct):
    resourceType: str = ""
    id: str = ""
    meta: _Meta = msgspec.field(default_factory=_Meta)


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: its type, id and version, and its JSON on one line."""

    kind: str
    ident: str
    version: str
    line: bytes

    def references(self, base: str) -> Iterator[tuple[str, str]]:
        """(type, id) of what it refers to on this very server."""
        own = base.rstrip("/").encode()
        for where, kind, ident in _REFERENCE.findall(self.line):
            if not where or where == own:
                yield kind.decode(), ident.decode()


@dataclass(frozen=True, slots=True)
class Page:
    """The resources of a searchset and where the next page is."""

    resources: tuple[Resource, ...]
    next_url: str | None


def page(body: bytes) -> Page:
    """A page of a search; FetchFailed where it is none."""
    bundle: _Bundle = _decoded(body, _Bundle)
    if bundle.resourceType != "Bundle":
        raise FetchFailed(NOT_BUNDLE)
    found = []
    for entry in bundle.entry:
        if bytes(entry.resource) not in (b"", b"null") and entry.search.mode != "outcome":
            one = resource(bytes(entry.resource))
            if one.kind != "OperationOutcome":
                found.append(one)
    following = [link.url for link in bundle.link if link.relation == "next" and link.url]
    return Page(tuple(found), following[0] if following else None)


def resource(text: bytes) -> Resource:
    """One resource; what is no FHIR goes on as kind `Resource`, for the load to refuse by name."""
    try:
        line = msgspec.json.format(text, indent=-1)
    except (ValueError, RecursionError) as error:
        raise FetchFailed(BROKEN) from error
    head = _head(text)
    # Without an id two resources are the same only where they say the same.
    ident = head.id or hashlib.sha256(line).hexdigest()
    return Resource(head.resourceType, ident, head.meta.versionId, line)


def kind_of(text: bytes) -> str:
    """A resource's type, `Resource` where it says none."""
    return _head(text).resourceType


def _head(text: bytes) -> _Head:
    try:
        head = msgspec.json.decode(text, type=_Head)
    except (ValueError, RecursionError):
        head = _Head()
    return head if _NAME.fullmatch(head.resourceType) else _Head("Resource")


def _decoded(body: bytes, kind: type[Any]) -> Any:  # noqa: ANN401 - one of the types above
    try:
        return msgspec.json.decode(body, type=kind)
    except (ValueError, RecursionError) as error:
        raise FetchFailed(BROKEN) from error
