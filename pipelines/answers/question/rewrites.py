"""Everyday wordings turned into the words that the readers know, by a table.

In: a question in lower case. Out: the same question in other words, or as it was. The tables
(`TABLES`, in that order) are data that others can extend; a rewriting says the same thing, so
that no reader has to know every way of saying it. `unless` names the questions that a wording
means something else in.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

TABLES = (
    "question_rewrites_notes.toml",
    "question_rewrites_results.toml",
    "question_rewrites_stays.toml",
    "question_rewrites.toml",
    "question_rewrites_charts.toml",
)
Rewriting = tuple[re.Pattern[str], str, re.Pattern[str] | None]


@lru_cache(maxsize=1)
def rewritings() -> tuple[Rewriting, ...]:
    """The tables, in their order."""
    return tuple(row for name in TABLES for row in _rows(Path(__file__).with_name(name)))


def _rows(path: Path) -> Iterator[Rewriting]:
    """The rows of one table; `{name}` in a pattern stands for a family of the table."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    family = {f"{{{name}}}": words for name, words in table.get("family", {}).items()}
    for row in table["rewrite"]:
        said, unless = row["say"], row.get("unless")
        for name, words in family.items():
            said = said.replace(name, words)
            unless = unless and unless.replace(name, words)
        pattern = re.compile(rf"(?<![\w.])(?:{said})(?![\w])")
        yield pattern, row["as"], re.compile(unless) if unless else None


@lru_cache(maxsize=4096)
def rewritten(whole: str) -> str:
    """The question in the words of the readers."""
    for pattern, words, unless in rewritings():
        if pattern.search(whole) and not (unless is not None and unless.search(whole)):
            whole = pattern.sub(words, whole)
    return re.sub(r"\s+", " ", whole).strip()
