"""Which sentences of a note talk to software instead of about the patient.

A reader who opens a source sees them marked. The judge lets such a sentence support nothing but
its own words; this only says where they stand. Recognition is by patterns and can be evaded, so
that a note without a mark is no promise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

Span = tuple[int, int]
_GAP = re.compile(r"\n[ \t\r]*\n")


def to_software(text: str) -> tuple[Span, ...]:
    """Offsets of the sentences that read like instructions to a program, in order.

    Of a stretch of lines without a full stop, the lines that do so, where one alone does.
    """
    from pipelines.answers.verify.reading import sentences
    from pipelines.answers.verify.safety import reads_like_instruction

    return tuple(
        found
        for start, end in _between(text, _GAP, (0, len(text)))
        for a, b in sentences(text[start:end])
        for found in _told(text, (start + a, start + b), reads_like_instruction)
    )


def _told(text: str, span: Span, is_told: Callable[[str], bool]) -> Iterator[Span]:
    if not is_told(text[slice(*span)]):
        return
    lines = [line for line in _between(text, re.compile("\n"), span) if is_told(text[slice(*line)])]
    yield from lines or [span]


def _between(text: str, gap: re.Pattern[str], span: Span) -> Iterator[Span]:
    """The stretches of a span between gaps, without space at their ends; empty ones are none."""
    edges = [span[0]]
    for match in gap.finditer(text, *span):
        edges += match.span()
    edges.append(span[1])
    for start, end in list(pairwise(edges))[::2]:
        said = text[start:end]
        if said.strip():
            yield start + len(said) - len(said.lstrip()), end - len(said) + len(said.rstrip())
