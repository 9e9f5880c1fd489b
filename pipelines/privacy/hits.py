"""What a recognizer found, before overlaps are settled.

Offsets are in the reading of a text (`reading.py`), not yet in the text itself. `type` is a class
of `replacements.toml`. A `Hit` holds no text, so it can stand in a log or an error.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """One identifier found in a reading: where, of which class, why, and how surely."""

    start: int
    end: int
    type: str
    reason: str
    score: float
