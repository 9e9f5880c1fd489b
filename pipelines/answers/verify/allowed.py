"""What a sentence may say beside the words of its record: `verify_allowed.toml`, read once.

Promises: everything is data that a clinician can read; this file only compiles it. A word of the
paraphrase of one kind of record is no paraphrase of another kind: a result is not "prescribed".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from pipelines.answers.verify.language import words


@dataclass(frozen=True, slots=True)
class Allowed:
    """Compiled tables; see the comments in the TOML file for what each is for."""

    paraphrase: Mapping[str, str]
    guarded: Mapping[str, re.Pattern[str]]
    standing: Mapping[str, re.Pattern[str]]
    acts: Mapping[str, re.Pattern[str]]
    qualifiers: frozenset[str]
    unqualified: frozenset[str]
    roles: Mapping[str, re.Pattern[str]]
    frequency: re.Pattern[str]
    frequency_row: Mapping[str, int]
    causes: Mapping[str, frozenset[str]]
    by_kind: tuple[tuple[str, re.Pattern[str]], ...]
    hours: Mapping[str, tuple[int, int]]
    functions: Mapping[str, re.Pattern[str]]


@lru_cache(maxsize=1)
def allowed() -> Allowed:
    """The tables in force."""
    path = resources.files("pipelines.answers.verify").joinpath("verify_allowed.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = raw["frequency"]["rows"]
    return Allowed(
        paraphrase=raw["paraphrase"],
        guarded={name: words(items) for name, items in raw["guarded"].items()},
        standing={name: words(items) for name, items in raw["standing"].items()},
        acts={name: words(items) for name, items in raw["acts"].items()},
        qualifiers=frozenset(raw["qualifiers"]["kept"]),
        unqualified=frozenset(raw["qualifiers"]["unless"]),
        roles={name: words(items) for name, items in raw["roles"].items()},
        frequency=words(phrase for row in rows for phrase in row),
        frequency_row={phrase: row for row, phrases in enumerate(rows) for phrase in phrases},
        causes={name: frozenset(items) for name, items in raw["causes"].items()},
        by_kind=tuple((word, words(items)) for word, items in raw["by_kind"].values()),
        hours={name: (first, last) for name, (first, last) in raw["hours"].items()},
        functions={name: words(items) for name, items in raw["functions"].items()},
    )
