"""The table of what is lifted from notes, read once: `note_sections.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).with_name("note_sections.toml")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The whole table."""
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


@lru_cache(maxsize=32)
def cues(name: str) -> re.Pattern[str]:
    """The patterns of one group of cue words, as one."""
    return re.compile("|".join(f"(?:{one})" for one in table()["cue"][name]), re.IGNORECASE)
