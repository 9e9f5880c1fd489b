"""One resource's JSON text into Python values, strictly.

Strict means: UTF-8, no NaN or Infinity, no key twice in an object, no bottomless nesting, no
number too large to be one. The quick way says only that something is wrong (`NotPlain`); the
careful way says what. The raw text is compact JSON with the keys in the record's order; a number
that a float would write otherwise (`4.50`) keeps its digits.
"""

from __future__ import annotations

import json
import re
from typing import Any, TypeAlias

import msgspec

from pipelines.charts.refusals import FileRefused

Raw: TypeAlias = Any
"""Parsed JSON of any kind."""

# What orjson writes at the deepest, so that the quick way needs no look of its own.
DEEPEST = 250
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}", re.ASCII)
EMPTY = "It is empty."
NOT_JSON = "It is not JSON, or it is cut off."
NOT_FHIR = "It is JSON, but not a FHIR resource or Bundle."
TOO_DEEP = f"It is nested more than {DEEPEST} levels deep."
NOT_UNICODE = "It holds characters that are not Unicode."


class NotPlain(ValueError):
    """The quick way does not take this text; the careful way says whether anything is wrong."""


def compact(text: bytes) -> bytes:
    """The same JSON without blanks between its parts; NotPlain where it is none."""
    try:
        return msgspec.json.format(text, indent=-1)
    except (ValueError, RecursionError) as error:
        raise NotPlain from error


# The careful way: what is wrong is found and named. Objects that carry a fault are marked.


class _Faulty(dict[str, Any]):
    """An object with a key that stands twice."""

    fault = ""


class _NotFinite:
    """Stands for NaN, Infinity, or a number too large to be one."""


_NOT_FINITE = _NotFinite()
_LONGEST_INTEGER = 400


def read_carefully(text: bytes) -> tuple[Raw, str | None]:
    """The parsed value and what is wrong inside it; FileRefused where it is no JSON at all."""
    value = _load(text)
    return value, _fault(value)


def as_json(value: Raw) -> bytes:
    """A value with faults as JSON all the same, null where it cannot be said."""
    written = json.dumps(value, default=lambda _: None, separators=(",", ":"), ensure_ascii=True)
    return written.encode()


def _load(data: bytes) -> Raw:
    if not data.strip():
        raise FileRefused(EMPTY)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileRefused("It is not UTF-8 text.") from error
    try:
        return json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_float=_float,
            parse_int=_integer,
            parse_constant=lambda _: _NOT_FINITE,
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
    faulty.fault = duplicate_key(_first_again([key for key, _ in pairs]))
    return faulty


def _first_again(keys: list[str]) -> str:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return ""


def duplicate_key(key: str) -> str:
    """The sentence for a key that stands twice; an odd key may be chart text and is not named."""
    named = f" {key}" if PLAIN_KEY.fullmatch(key) else ""
    return f"Duplicate key: an object has the key{named} twice."


def _float(written: str) -> Raw:
    value = float(written)
    return value if value - value == 0 else _NOT_FINITE


def _integer(written: str) -> Raw:
    if len(written) > _LONGEST_INTEGER:
        return _NOT_FINITE
    value = int(written)
    return value if -(2**63) <= value < 2**64 else _float(written)


def _fault(value: Raw) -> str | None:
    pending: list[tuple[Any, int]] = [(value, 1)]
    while pending:
        item, level = pending.pop()
        if item is _NOT_FINITE:
            return "A number is NaN, Infinity or too large."
        if isinstance(item, _Faulty):
            return item.fault
        if isinstance(item, str) and not _is_unicode(item):
            return NOT_UNICODE
        if isinstance(item, dict | list):
            if level > DEEPEST:
                return TOO_DEEP
            pending += [(one, level + 1) for one in item]  # of a dict: its keys
            if isinstance(item, dict):
                pending += [(one, level + 1) for one in item.values()]
    return None


def _is_unicode(text: str) -> bool:
    """Whether a string holds no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
