"""How the sentences of notes hang together: `verify_notes.toml`, read once.

Promises: everything is data that a clinician can read; this file only compiles it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from pipelines.answers.verify.language import words


@dataclass(frozen=True, slots=True)
class NoteWords:
    """Compiled tables; see the comments in the TOML file for what each is for."""

    goes_on: frozenset[str]
    goes_on_endings: tuple[str, ...]
    tight: frozenset[str]
    orders: frozenset[str]
    older: re.Pattern[str]
    told_older: re.Pattern[str]
    keeps: frozenset[str]
    relatives: re.Pattern[str]
    kin: frozenset[str]
    beside: frozenset[str]
    tells: re.Pattern[str]
    source: re.Pattern[str]
    same_order: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    more: re.Pattern[str]
    opposites: tuple[tuple[str, str], ...]
    less: re.Pattern[str]
    conditions: frozenset[str]
    reach: re.Pattern[str]
    ended: re.Pattern[str]
    ended_told: re.Pattern[str]
    up: re.Pattern[str]
    down: re.Pattern[str]
    neither: re.Pattern[str]


@lru_cache(maxsize=1)
def note_words() -> NoteWords:
    """The tables in force."""
    path = resources.files("pipelines.answers.verify").joinpath("verify_notes.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    order, course, told = raw["order"], raw["course"], raw["relatives"]
    return NoteWords(
        goes_on=frozenset(raw["goes_on"]["words"].split()),
        goes_on_endings=tuple(raw["goes_on"]["endings"]),
        tight=frozenset(raw["goes_on"]["tight"].split()),
        orders=frozenset(raw["goes_on"]["orders"].split()),
        older=words(raw["goes_on"]["older"]),
        told_older=words(raw["goes_on"]["told_older"]),
        keeps=frozenset(raw["keeps"]["words"].split()),
        relatives=words([*told["kin"], *told["others"]]),
        kin=frozenset(told["kin"]),
        beside=frozenset(told["beside"]),
        tells=words(told["tells"]),
        source=words(told["source"]),
        same_order=words(order["same"]),
        before=words(order["before"]),
        after=words(order["after"]),
        more=words(order["more"]),
        opposites=tuple(pair for a, b in order["opposites"] for pair in ((a, b), (b, a))),
        less=words(order["less"]),
        conditions=frozenset(raw["reach"]["conditions"]),
        reach=words(raw["reach"]["whole"]),
        ended=words(raw["ended"]["record"]),
        ended_told=words([*raw["ended"]["record"], *raw["ended"]["told"]]),
        up=words(course["up"]),
        down=words(course["down"]),
        neither=words(course["neither"]),
    )
