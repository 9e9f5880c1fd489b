"""Why something is not taken in: one plain sentence, an element's path, never a value.

A refusal is shown to people who may not see the chart and is kept in the store's list, so no
chart text stands in it: it names the element (`effectiveDateTime`), not what stood there.
"""

from __future__ import annotations

import re

ELEMENT = re.compile(
    r"[a-z_][A-Za-z]*(\[\d+\])?(\.[A-Za-z]+(\[\d+\])?)*(?= (is|has|lies|ends|holds)\b)"
)


def path_of(reason: str) -> str | None:
    """The element that a reason speaks of, which is its first word; None for none."""
    found = ELEMENT.match(reason)
    return found[0] if found else None


class EntryRefused(Exception):
    """One entry cannot be taken in; the rest of its file can."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class FileRefused(Exception):
    """Nothing of this file can be taken in."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
