"""What the status of a result means, as `result_status.toml` says; nothing is decided here.

Every read that lists or counts results asks the same four lists: which statuses are never a
fact, which may still change, which were changed, and which take the place of one that was not
final. A result without a status is taken as it is: nothing is assumed and nothing marked.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("result_status.toml")


@dataclass(frozen=True, slots=True)
class ResultStatuses:
    """The statuses by what they mean, and the word that stands beside a result of each."""

    never_a_fact: tuple[str, ...]
    not_final: tuple[str, ...]
    revised: frozenset[str]
    takes_its_place: tuple[str, ...]
    words: dict[str, str]


@lru_cache(maxsize=1)
def statuses() -> ResultStatuses:
    """The rules in force."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return ResultStatuses(
        tuple(table["never_a_fact"]),
        tuple(table["not_final"]),
        frozenset(table["revised"]),
        tuple(table["takes_its_place"]),
        table["words"],
    )


def never_a_fact() -> list[str]:
    """The statuses of results that are left out everywhere, as a parameter of a statement."""
    return list(statuses().never_a_fact)
