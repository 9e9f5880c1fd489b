"""Ways of asking that are put into words which the readers know; the table has them.

A rewrite replaces words by others that say the same. It looks at the question alone, never at
the chart, and is applied once, in the table's order.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("question_rewrites.toml")


def rewritten(plain_question: str) -> str:
    """The question in the readers' words; unchanged where no rewrite fits."""
    text = plain_question
    for pattern, put in _rewrites():
        text = pattern.sub(put, text)
    return " ".join(text.split())


@lru_cache(maxsize=1)
def _rewrites() -> tuple[tuple[re.Pattern[str], str], ...]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))["rewrite"]
    return tuple((re.compile(one["from"]), one["to"]) for one in table)
