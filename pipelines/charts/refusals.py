"""Why something is not taken in: one plain sentence, an element's path, never a value.

A refusal is shown to people who may not see the chart and is kept in the store's list, so no
chart text stands in it: it names the element (`effectiveDateTime`), not what stood there.
"""

from __future__ import annotations


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
