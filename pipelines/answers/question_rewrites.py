"""Everyday wordings turned into the words that the readers know, by a table.

In: a question in lower case. Out: the same question in other words, or as it was. The tables
(`question_rewrites_results.toml`, then `question_rewrites.toml`, then that of charts) are data
that others can extend; a rewriting says the same thing, so that no reader has to know every way
of saying it. `unless` names the questions that a wording means something else in.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

TABLES = tuple(
    Path(__file__).with_name(name)
    for name in (
        "question_rewrites_results.toml",
        "question_rewrites.toml",
        "question_rewrites_charts.toml",
    )
)
Rewriting = tuple[re.Pattern[str], str, re.Pattern[str] | None]


@lru_cache(maxsize=1)
def rewritings() -> tuple[Rewriting, ...]:
    """The tables, in their order."""
    tables = (tomllib.loads(table.read_text(encoding="utf-8")) for table in TABLES)
    rows = [row for table in tables for row in table["rewrite"]]
    return tuple(
        (
            re.compile(rf"(?<![\w.])(?:{row['say']})(?![\w])"),
            row["as"],
            re.compile(row["unless"]) if "unless" in row else None,
        )
        for row in rows
    )


def rewritten(whole: str) -> str:
    """The question in the words of the readers."""
    for pattern, words, unless in rewritings():
        if pattern.search(whole) and not (unless is not None and unless.search(whole)):
            whole = pattern.sub(words, whole)
    return re.sub(r"\s+", " ", whole).strip()
