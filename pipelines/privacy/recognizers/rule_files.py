"""Reads the rules, which are data: a pattern, a class, a reason, an example that must be found.

Four files by subject (people, places, dates, numbers). A pattern may use `%NAME%` and the other
words below; `phi` is the group that is the identifier. `spared` is text in which the rule must find
nothing. A rule file with an unknown guard or class fails when it is read, not when it is needed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipelines.privacy.reading import SEALED

FILES = ("rules_people.toml", "rules_places.toml", "rules_dates.toml", "rules_numbers.toml")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: what it looks for, what it calls it and why, and what must be found by it."""

    name: str
    kind: str
    reason: str
    score: float
    pattern: re.Pattern[str]
    guard: str | None
    also_not: str | None
    near: re.Pattern[str] | None
    window: int
    example: str
    spared: str


def _data(name: str) -> dict[str, Any]:
    text = files("pipelines.privacy.recognizers").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def words() -> dict[str, str]:
    """What `%NAME%` and the other words of the patterns stand for."""
    places = _data("places.toml")
    known = {
        "CITY": _one_of(re.escape(city) for city in places["cities"]),
        "HOSPITAL": _one_of(places["hospitals"]),
        "SEALED": SEALED,
    }
    for name, pattern in _data("rule_words.toml").items():
        known[name] = _written_out(pattern, known)
    return known


def _one_of(alternatives: Iterable[str]) -> str:
    return f"(?:{'|'.join(sorted(alternatives, key=len, reverse=True))})"


def _written_out(pattern: str, known: dict[str, str]) -> str:
    return re.sub(r"%([A-Z_]+)%", lambda found: known[found[1]], pattern)


@lru_cache(maxsize=1)
def load() -> tuple[Rule, ...]:
    """Every rule, compiled, in the order of the files."""
    return tuple(_rule(entry) for name in FILES for entry in _data(name)["rule"])


def _rule(entry: dict[str, Any]) -> Rule:
    near = entry.get("near")
    return Rule(
        name=entry["name"],
        kind=entry["type"],
        reason=f"rule: {entry['reason']}",
        score=entry["score"],
        pattern=re.compile(_written_out(entry["pattern"], words())),
        guard=entry.get("guard"),
        also_not=entry.get("also_not"),
        near=re.compile(near) if near else None,
        window=entry.get("window", 0),
        example=entry["example"],
        spared=entry.get("spared", ""),
    )
