"""What reading a document gives: its text, the headings that its form marks, or why there is none.

Offsets count characters of the decoded text and nothing rewrites the text afterwards, because
citations count in it. A text that could not be made is None with a sentence that says why, so
that it is never taken for a document that says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

Json = dict[str, Any]

# Below every heading that a form marks (a Composition's section, <h1>, a section of a C-CDA).
LEVEL_IN_WORDS = 100
LEVEL_IN_BODY = 20


class Mark(NamedTuple):
    """A heading, or the start of a section without one (then `end` is `start`)."""

    start: int
    end: int
    level: int
    title: str | None
    code: Json | None = None
    path: str | None = None
    entries: tuple[str, ...] = ()


class Words(NamedTuple):
    """A text with its marked headings; or None, and why."""

    text: str | None
    marks: tuple[Mark, ...] = ()
    unread: str | None = None


def unread(reason: str) -> Words:
    """Nothing that can be read, and why."""
    return Words(None, (), reason)


@dataclass(slots=True)
class Sheet:
    """A text that is put together part by part, each on lines of its own."""

    parts: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    length: int = 0

    def add(self, part: str) -> int:
        """Append a part; the offset at which it starts."""
        start = self.length + (1 if self.parts else 0)
        if part:
            self.parts.append(part)
            self.length = start + len(part)
        return start

    def add_words(self, words: Words) -> None:
        """Append a text, its headings below those that stand here already."""
        start = self.add(words.text or "")
        for mark in words.marks:
            self.marks.append(mark._replace(
                start=mark.start + start, end=mark.end + start, level=mark.level + LEVEL_IN_BODY
            ))  # fmt: skip

    def words(self) -> Words:
        """All of it."""
        return Words("\n".join(self.parts), tuple(self.marks))
