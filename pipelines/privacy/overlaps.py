"""Overlapping hits become one span that covers them all.

The surest hit names the class and the reason, the longest among equals; the characters covered are
the union, so that no half of an identifier is left because another recognizer saw the other half.
Hits never cover what is sealed (redacted before): they are cut around it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pipelines.privacy.hits import Hit
from pipelines.privacy.reading import SEALED


def settle(hits: Iterable[Hit], text: str) -> list[Hit]:
    """Hits in order, none overlapping another, their union unchanged."""
    settled: list[Hit] = []
    group: list[Hit] = []
    end = -1
    for hit in sorted(_open_parts(hits, text), key=lambda hit: (hit.start, -hit.end)):
        if group and hit.start >= end:
            settled.append(_one(group, end))
            group = []
        group.append(hit)
        end = max(end, hit.end) if len(group) > 1 else hit.end
    if group:
        settled.append(_one(group, end))
    return settled


def _one(group: list[Hit], end: int) -> Hit:
    surest = max(group, key=lambda hit: (hit.score, hit.end - hit.start))
    return replace(surest, start=group[0].start, end=end)


def _open_parts(hits: Iterable[Hit], text: str) -> Iterable[Hit]:
    for hit in hits:
        start = hit.start
        for piece in text[hit.start : hit.end].split(SEALED):
            kept = piece.strip()
            if any(c.isalnum() for c in kept):
                first = start + piece.index(kept)
                yield replace(hit, start=first, end=first + len(kept))
            start += len(piece) + 1
