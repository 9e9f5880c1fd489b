"""Codes in required value sets, for every resource type, with a typed table or without.

A code element that FHIR binds to a fixed set (status, intent, use, gender, priority …) may hold
no other value; one that does refuses its entry by the element's name. The sets are those of R4
and R4B, with what newer releases add, so that a newer export is not refused for its codes. Not
checked here: codes deeper than one level, concepts (`coding`), and whether a required element is
there.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused

REQUIRED_CODES = Path(__file__).with_name("required_codes.toml")


class Bound(NamedTuple):
    """Bound elements of one type: plain ones, lists of codes, and those one level down."""

    plain: tuple[tuple[str, frozenset[str]], ...]
    lists: tuple[tuple[str, frozenset[str]], ...]
    inner: tuple[tuple[str, str, frozenset[str]], ...]


FREE = Bound((), (), ())
_bound_seen: dict[str, Bound] = {}


@lru_cache(maxsize=1)
def _bound() -> dict[str, Bound]:
    table = tomllib.loads(REQUIRED_CODES.read_text(encoding="utf-8"))
    found = {}
    for kind, elements in table["codes"].items():
        later, too = (table[name].get(kind, {}) for name in ("codes_of_r5", "codes_read_too"))
        plain, lists, inner = [], [], []
        for name, codes in elements.items():
            allowed = frozenset([*codes, *later.get(name, ()), *too.get(name, ())])
            outer, _, below = name.partition(".")
            if below:
                inner.append((outer, below, allowed))
            elif f"{kind}.{name}" in table["lists"]:
                lists.append((name, allowed))
            else:
                plain.append((name, allowed))
        found[kind] = Bound(tuple(plain), tuple(lists), tuple(inner))
    return found


def codes_of(kind: str, element: str) -> frozenset[str]:
    """The codes that an element may hold (`status`, `reaction.severity`); empty if it is free."""
    plain, lists, inner = _bound().get(kind, FREE)
    named = [*plain, *lists, *((f"{outer}.{below}", codes) for outer, below, codes in inner)]
    return next((codes for name, codes in named if name == element), frozenset())


def check_codes(kind: str, resource: Json) -> None:
    """Refuse a code that FHIR does not know; EntryRefused names the element, never the code."""
    plain, lists, inner = _bound_seen.get(kind) or _bound_of(kind)
    for name, allowed in plain:
        if name in resource and resource[name] not in allowed and resource[name] is not None:
            raise _unknown(name)
    for name, allowed in lists:
        if name in resource:
            _check_list(name, resource[name], allowed)
    for outer, name, allowed in inner:
        if outer in resource:
            _check_inner((outer, name), resource[outer], allowed)


def _bound_of(kind: str) -> Bound:
    found = _bound_seen[kind] = _bound().get(kind, FREE)
    return found


def _check_list(name: str, value: Element, allowed: frozenset[str]) -> None:
    if value is None:
        return
    if not isinstance(value, list):
        raise EntryRefused(f"{name} is not a list.")
    # A null stands for a value that only has extensions.
    if not all(one is None or one in allowed for one in value):
        raise _unknown(name)


def _check_inner(path: tuple[str, str], value: Element, allowed: frozenset[str]) -> None:
    outer, name = path
    for item in value if isinstance(value, list) else (value,):
        code = item.get(name) if isinstance(item, dict) else None
        if code is not None and code not in allowed:
            raise _unknown(f"{outer}.{name}")


def _unknown(element: str) -> EntryRefused:
    return EntryRefused(f"{element} has a value that FHIR does not know.")
