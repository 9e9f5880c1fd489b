"""JSON text into entries, strictly: UTF-8, no NaN, no key twice, no bottomless nesting.

The fast way is simdjson. What it does not take goes the slow way, which tells one bad entry
from a bad file: a number that is not finite or a key that stands twice costs its own entry
only, text that is no JSON costs the file. An entry's raw text is compact JSON with the keys in
the record's order; a decimal keeps its value, not its trailing zeros.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeAlias

import orjson
import simdjson

from pipelines.charts.refusals import FileRefused

Raw: TypeAlias = Any
"""Parsed JSON, or a simdjson view of it, of any kind."""

DEEPEST = 100
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}", re.ASCII)
NOT_JSON = "It is not JSON, or it is cut off."
TOO_DEEP = f"It is nested more than {DEEPEST} levels deep."


class RawEntry(NamedTuple):
    """One entry: its number from 1, `fullUrl`, parsed resource, raw text, and what is wrong."""

    number: int
    full_url: Any
    resource: Any
    raw: bytes
    fault: str | None = None


class Head(NamedTuple):
    """What identifies an entry before it is read: `fullUrl`, resource type and id."""

    full_url: Any
    kind: Any
    own_id: Any


NO_HEAD = Head(None, None, None)


class Document(NamedTuple):
    """A file's entries; they are parsed one by one while they are iterated, and once only."""

    is_bundle: bool
    bundle_type: Any
    entry_count: int
    heads: list[Head]
    entries: Iterable[RawEntry]


def document(data: bytes, max_entries: int) -> Document:
    """Parse one JSON text; FileRefused where nothing of it can be used."""
    data = data.removeprefix(BYTE_ORDER_MARK)
    try:
        return _fast(data, max_entries)
    except (ValueError, RuntimeError, UnicodeDecodeError):
        return _slow(data, max_entries)


def line(number: int, data: bytes) -> RawEntry:
    """One line of NDJSON; a line that is no JSON is an entry with a fault."""
    try:
        found = document(data, 1)
    except FileRefused as refused:
        return RawEntry(number, None, None, data, refused.reason)
    if found.is_bundle:
        return RawEntry(number, None, None, data, "A Bundle inside NDJSON is not read.")
    return next(iter(found.entries))._replace(number=number)


def _fast(data: bytes, max_entries: int) -> Document:
    root = simdjson.Parser().parse(data)
    if not isinstance(root, simdjson.Object):
        raise FileRefused("It is JSON, but not a FHIR resource or Bundle.")
    if root.get("resourceType") != "Bundle":
        return Document(False, None, 1, [], [_entry(1, None, root)])
    _no_key_twice(root)
    entries = root.get("entry")
    if entries is None:
        return Document(True, root.get("type"), 0, [], [])
    if not isinstance(entries, simdjson.Array):
        raise FileRefused("Bundle.entry is not a list.")
    _check_count(len(entries), max_entries)
    heads = [_head(item) for item in entries]
    return Document(True, root.get("type"), len(heads), heads, _entries(entries, heads))


def _head(item: Raw) -> Head:
    if isinstance(item, simdjson.Object):
        resource = item.get("resource")
        if isinstance(resource, simdjson.Object):
            return Head(item.get("fullUrl"), resource.get("resourceType"), resource.get("id"))
    return NO_HEAD


def _entries(entries: Raw, heads: list[Head]) -> Iterator[RawEntry]:
    for number, (item, head) in enumerate(zip(entries, heads, strict=True), 1):
        if head is NO_HEAD or len(item) > 2:
            fault = _entry_fault(item)
            if fault is not None:
                raw: Raw = item.mini if isinstance(item, simdjson.Object) else b""
                yield RawEntry(number, None, None, raw, fault)
                continue
        yield _entry(number, head.full_url, item["resource"])


def _entry_fault(item: Raw) -> str | None:
    """What is wrong with an entry around its resource."""
    if not isinstance(item, simdjson.Object):
        return "The entry is not an object."
    keys = list(item.keys())
    if len(keys) != len(set(keys)):
        return _twice(keys)
    if not isinstance(item.get("resource"), simdjson.Object):
        return "The entry holds no resource."
    return None


def _entry(number: int, full_url: Raw, resource: Raw) -> RawEntry:
    raw = resource.mini
    try:
        parsed = orjson.loads(raw)  # a third faster than as_dict, which takes a little more
    except ValueError:
        parsed = resource.as_dict()
    # In compact text an array inside an array is "[[": without it, braces bound the depth.
    if (raw.count(b"{") > DEEPEST // 2 or b"[[" in raw) and _depth(parsed) > DEEPEST:
        return RawEntry(number, full_url, _named_only(parsed), raw, TOO_DEEP)
    # A dict keeps one of two equal keys, so its text is shorter; a number in another notation
    # can be so too, and only then is it worth a second look.
    fault = _find_twice(raw) if len(raw) != len(orjson.dumps(parsed)) else None
    return tuple.__new__(RawEntry, (number, full_url, parsed, raw, fault))  # for speed


def _no_key_twice(root: simdjson.Object) -> None:
    keys = list(root.keys())
    if len(keys) != len(set(keys)):
        raise FileRefused(_twice(keys))


def _check_count(count: int, max_entries: int) -> None:
    if count > max_entries:
        raise FileRefused(f"The Bundle holds more than {max_entries:,} entries.")


def _twice(keys: list[str]) -> str:
    return duplicate_key(next(key for key in keys if keys.count(key) > 1))


def duplicate_key(key: str) -> str:
    """The sentence for a key that stands twice; an odd key may be chart text and is not named."""
    named = f" {key}" if PLAIN_KEY.fullmatch(key) else ""
    return f"Duplicate key: an object has the key{named} twice."


def _depth(value: Raw) -> int:
    deepest, pending = 0, [(value, 1)]
    while pending:
        item, level = pending.pop()
        deepest = max(deepest, level)
        inner = item.values() if isinstance(item, dict) else item
        pending += [(one, level + 1) for one in inner if isinstance(one, dict | list)]
    return deepest


# The slow way: what is wrong is found and named. Objects that carry a fault are marked.


class _Faulty(dict[str, Any]):
    """An object with a key that stands twice."""

    fault = ""


class _NotFinite:
    """Stands for NaN, Infinity, or a number too large to be one."""


NOT_FINITE = _NotFinite()


def _slow(data: bytes, max_entries: int) -> Document:
    root = _load(data)
    if not isinstance(root, dict):
        raise FileRefused("It is JSON, but not a FHIR resource or Bundle.")
    if root.get("resourceType") != "Bundle":
        return Document(False, None, 1, [], [_slow_entry(1, None, root)])
    if isinstance(root, _Faulty):
        raise FileRefused(root.fault)
    entries = root.get("entry", [])
    if not isinstance(entries, list):
        raise FileRefused("Bundle.entry is not a list.")
    _check_count(len(entries), max_entries)
    found = [_slow_item(number, item) for number, item in enumerate(entries, 1)]
    heads = [_slow_head(entry) for entry in found]
    return Document(True, root.get("type"), len(found), heads, found)


def _slow_item(number: int, item: Raw) -> RawEntry:
    if not isinstance(item, dict):
        return RawEntry(number, None, None, b"", "The entry is not an object.")
    if isinstance(item, _Faulty):
        return RawEntry(number, None, None, b"", item.fault)
    if not isinstance(item.get("resource"), dict):
        return RawEntry(number, None, None, b"", "The entry holds no resource.")
    return _slow_entry(number, item.get("fullUrl"), item["resource"])


def _slow_head(entry: RawEntry) -> Head:
    resource = entry.resource or {}
    return Head(entry.full_url, resource.get("resourceType"), resource.get("id"))


def _load(data: bytes) -> Raw:
    if not data.strip():
        raise FileRefused("It is empty.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileRefused("It is not UTF-8 text.") from error
    try:
        return json.loads(
            text, object_pairs_hook=_pairs, parse_float=_float, parse_constant=lambda _: NOT_FINITE
        )
    except RecursionError as error:
        raise FileRefused("It is nested too deep.") from error
    except ValueError as error:
        raise FileRefused(NOT_JSON) from error


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    faulty = _Faulty(found)
    keys = [key for key, _ in pairs]
    faulty.fault = _twice(keys)
    return faulty


def _float(written: str) -> Raw:
    value = float(written)
    return value if value - value == 0 else NOT_FINITE


def _slow_entry(number: int, full_url: Raw, resource: dict[str, Any]) -> RawEntry:
    fault = _fault(resource)
    if fault is not None:
        raw = json.dumps(resource, default=lambda _: None, separators=(",", ":")).encode()
        return RawEntry(number, full_url, _named_only(resource), raw, fault)
    try:
        raw = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return RawEntry(number, None, None, b"", "It holds characters that are not Unicode.")
    return RawEntry(number, full_url, resource, raw)


def _named_only(resource: dict[str, Any]) -> dict[str, Any]:
    """What a refusal needs of a faulty resource: its type, id and patient link."""
    wanted = ("resourceType", "id", "subject", "patient")
    return {name: resource[name] for name in wanted if name in resource}


def _fault(value: Raw) -> str | None:
    pending: list[tuple[Any, int]] = [(value, 1)]
    while pending:
        item, level = pending.pop()
        if item is NOT_FINITE:
            return "A number is NaN, Infinity or too large."
        if isinstance(item, _Faulty):
            return item.fault
        if level > DEEPEST:
            return TOO_DEEP
        if isinstance(item, dict | list):
            inner = item.values() if isinstance(item, dict) else item
            pending += [(one, level + 1) for one in inner]
    return None


def _find_twice(raw: bytes) -> str | None:
    try:
        return _fault(_load(raw))
    except FileRefused as refused:
        return refused.reason
