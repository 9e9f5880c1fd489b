"""What is known about a clinical document beside its text: its sections, its sources, its state."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class NoteSection:
    """The part of a note under one heading: `note.text[start:end]`, the heading line included.

    `parent` is the `number` of the section around it. `code_key` and `entries` (the resources
    that its narrative speaks of) are there where the document states them; `path` is the element
    of the resource that it came from.
    """

    resource: str
    number: int
    parent: int | None
    title: str | None
    code_key: str | None
    start: int
    end: int
    path: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentRelation:
    """What one document does to another: `replaces`, `appends`, `transforms`, `signs`."""

    relation: str
    other: str


@dataclass(frozen=True, slots=True)
class DocumentDetails:
    """A document as its record describes it. People stand by name, else by reference.

    `same_as` names the document that carries the same text for the same visit and day,
    `superseded_by` the one that replaces it. `unread` says why there is no text, or, where
    `is_readable`, which part of it is missing. `path` is the attachment that was read.
    """

    resource: str
    title: str
    status: str | None
    doc_status: str | None
    when: Moment | None
    service_start: Moment | None
    service_end: Moment | None
    encounter: str | None
    authors: tuple[str, ...]
    custodian: str | None
    authenticator: str | None
    code_key: str | None
    category: str | None
    category_keys: tuple[str, ...]
    language: str | None
    description: str | None
    content_type: str | None
    path: str
    is_readable: bool
    unread: str | None
    relations: tuple[DocumentRelation, ...]
    same_as: str | None
    superseded_by: str | None


@dataclass(frozen=True, slots=True)
class UnreadDocument:
    """A document of the chart that no search and no answer can have looked into, and why.

    `is_partial`: most of it was read, `reason` says what was not.
    """

    resource: str
    title: str
    when: Moment | None
    reason: str
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class NoteHead:
    """A readable note without its text: `length` in characters, `beginning` its first ones."""

    fact: Fact
    title: str
    kind: str
    author: str | None
    role: str | None
    when: Moment | None
    status: str | None
    length: int
    beginning: str = ""
