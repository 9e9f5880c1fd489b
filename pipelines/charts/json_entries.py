"""The texts of entries parsed: one resource each, strictly, many at a time.

No object may hold a key twice. A parser keeps one of the two, so its text then has fewer colons
than it was read from; and where a number would lose digits (`4.50`), it has fewer zeros. Both are
counted on both sides, which costs next to nothing; only where they differ is a text looked at by
itself. One bad entry costs itself only.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import msgspec
import numpy as np
import orjson

from pipelines.charts.json_text import NOT_FHIR, NotPlain, Raw, as_json, compact, read_carefully

COLON, ZERO = b":0"
NO_RESOURCE = "The entry holds no resource."
NOT_AN_OBJECT = "The entry is not an object."
Members = dict[str, msgspec.Raw]
members = msgspec.json.Decoder(Members).decode
texts_of = msgspec.json.Decoder(list[msgspec.Raw]).decode


class _ResourceHead(msgspec.Struct):
    resourceType: str
    id: str | None = None


class _EntryHead(msgspec.Struct):
    resource: _ResourceHead
    fullUrl: str | None = None


_head_of = msgspec.json.Decoder(_EntryHead).decode


class Entry(NamedTuple):
    """One entry: its number from 1, its resource parsed and as compact text, and what is wrong.

    `around` is what stands beside the resource in a Bundle's entry (`fullUrl`, `request` …).
    """

    number: int
    around: Raw = None
    resource: Raw = None
    raw: bytes = b""
    fault: str | None = None


class Head(NamedTuple):
    """What names an entry: its `fullUrl`, its resource's type and id."""

    full_url: Raw
    kind: Raw
    own_id: Raw


def head_of(entry: Entry) -> Head:
    """The head of a parsed entry."""
    resource, around = entry.resource, entry.around
    full_url = around.get("fullUrl") if around else None
    if not isinstance(resource, dict):
        return Head(full_url, None, None)
    return tuple.__new__(  # for speed
        Head, (full_url, resource.get("resourceType"), resource.get("id"))
    )


def count(text: bytes, byte: int) -> int:
    """How often a byte stands in a text."""
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == byte))


def head(text: bytes) -> Head:
    """The head of an entry from its text, without parsing the rest."""
    try:
        found = _head_of(text)
    except (ValueError, RecursionError):
        return head_of(_careful(0, text, is_wrapped=True))
    return Head(found.fullUrl, found.resource.resourceType, found.resource.id)


def read(numbers: Sequence[int], texts: Sequence[bytes], *, is_wrapped: bool) -> list[Entry]:
    """Parse the texts of entries: Bundle entries where they are wrapped, else resources."""
    whole = b"[" + b",".join(texts) + b"]"
    try:
        values = orjson.loads(whole)
        if len(values) != len(texts):
            raise NotPlain
        entries, around = (unwrapped if is_wrapped else bare)(numbers, values)
        told = b"".join([entry[3] for entry in entries])
        if count(told, COLON) + count(around, COLON) != count(whole, COLON):
            raise NotPlain  # a key stood twice
    except (ValueError, TypeError, RecursionError):
        if len(texts) == 1:
            return [_careful(numbers[0], texts[0], is_wrapped=is_wrapped)]
        half = len(texts) // 2
        return read(numbers[:half], texts[:half], is_wrapped=is_wrapped) + read(
            numbers[half:], texts[half:], is_wrapped=is_wrapped
        )
    if count(told, ZERO) + count(around, ZERO) != count(whole, ZERO):
        entries = list(map(partial(_exact, is_wrapped=is_wrapped), entries, texts))
    return entries


def _exact(entry: Entry, text: bytes, *, is_wrapped: bool) -> Entry:
    """An entry whose raw text keeps every digit, where a float would lose some."""
    around = b"" if entry.around is None else orjson.dumps(entry.around)
    if count(text, ZERO) == count(entry.raw, ZERO) + count(around, ZERO):
        return entry
    return entry._replace(raw=_resource_text(text, is_wrapped=is_wrapped) or entry.raw)


def unwrapped(numbers: Sequence[int], values: list[Raw]) -> tuple[list[Entry], bytes]:
    """The resources of Bundle entries, and the JSON of what stands around them."""
    entries, around = [], []
    make, new, dumps = tuple.__new__, Entry, orjson.dumps
    for number, value in zip(numbers, values, strict=True):
        resource = value.pop("resource", None) if type(value) is dict else None
        if type(resource) is not dict:
            raise NotPlain
        around.append(value)
        entries.append(make(new, (number, value, resource, dumps(resource), None)))
    return entries, dumps(around) + b":" * len(entries)


def bare(numbers: Sequence[int], values: list[Raw]) -> tuple[list[Entry], bytes]:
    """Resources that stand alone; nothing is around them."""
    if any(type(value) is not dict for value in values):
        raise NotPlain
    return [
        Entry(number, None, value, orjson.dumps(value))
        for number, value in zip(numbers, values, strict=True)
    ], b""


def _careful(number: int, text: bytes, *, is_wrapped: bool) -> Entry:
    """An entry of which the quick way could not say what it is."""
    value, fault = read_carefully(text)
    if not isinstance(value, dict):
        return Entry(number, fault=fault or (NOT_AN_OBJECT if is_wrapped else NOT_FHIR))
    around: Raw = None
    resource: Raw = value
    if is_wrapped:
        resource = value.get("resource")
        around = {name: part for name, part in value.items() if name != "resource"}
        if not isinstance(resource, dict):
            return Entry(number, around, fault=fault or NO_RESOURCE)
    raw = _resource_text(text, is_wrapped=is_wrapped) or as_json(resource)
    return Entry(number, around, resource, raw, fault)


def _resource_text(text: bytes, *, is_wrapped: bool) -> bytes:
    """The compact text of an entry's resource as it was written; empty where it is not plain."""
    try:
        plain = compact(text)
        return bytes(members(plain)["resource"]) if is_wrapped else plain
    except (NotPlain, ValueError, KeyError):
        return b""
