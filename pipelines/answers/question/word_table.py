"""A table of words as patterns: the lists of one data file, read once.

Each list of a table that stands beside the readers of questions is one pattern, the longest phrase
first; what the lists mean is their readers' business.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.answers.question.text import any_of, phrase


class WordTable:
    """The lists of a data file that stands beside the readers of questions."""

    def __init__(self, name: str) -> None:
        self.path = Path(__file__).with_name(name)
        self._patterns: dict[tuple[str, ...], re.Pattern[str]] = {}

    @cached_property
    def words(self) -> dict[str, Any]:
        """The whole table."""
        return tomllib.loads(self.path.read_text(encoding="utf-8"))

    def said(self, section: str, name: str = "words") -> re.Pattern[str]:
        """The phrases of one list as one pattern; `field.place` is a section in a section."""
        return self._kept(
            ("said", section, name), lambda: phrase(any_of(self._list(section, name)))
        )

    def written(self, section: str, name: str) -> re.Pattern[str]:
        """A pattern that stands in the table as it is."""
        return self._kept(("written", section, name), lambda: re.compile(self._list(section, name)))

    def _list(self, section: str, name: str) -> Any:  # noqa: ANN401 - phrases, or one pattern
        inner = self.words
        for part in section.split("."):
            inner = inner[part]
        return inner[name]

    def _kept(self, key: tuple[str, ...], make: Callable[[], re.Pattern[str]]) -> re.Pattern[str]:
        if key not in self._patterns:
            self._patterns[key] = make()
        return self._patterns[key]
