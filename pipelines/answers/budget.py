"""What of the evidence and of the conversation a model gets to read, by how much it can hold.

Promises: never more than `room` tokens. The first items, which decide, and arithmetic that code
has done are offered first, the others by how many words of the question they hold, then in their
own order; an item that is too long is passed over, never cut, and the next one is tried. How many
were left out is told: an answer over part of the evidence must not say "highest" or "only".
A third of a token a byte is safe for lab text and dates (measured by others, not here).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.answers.verify.lines import shown
from pipelines.answers.verify.safety import neutral
from pipelines.records.answers import Turn
from pipelines.records.evidence import Evidence

BYTES_PER_TOKEN = 3
DECIDING = 3
NAMED_AGAIN = 4  # tokens: the schema of the reply names each item once more
MOST_TURNS = 4
ASKED, ANSWERED = "Asked before: ", "Answered: "
_WORD = re.compile(r"[a-z0-9]{2,}")
_SMALL = frozenset(
    _WORD.findall(
        "the was were what when which who how is are has have had did does do of in on at to and or"
        " an patient this that with for any there most latest last her his show me give he she"
    )
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The items that fit, by number, and how many do not."""

    items: tuple[Evidence, ...]
    left_out: int


def tokens(text: str) -> int:
    """More tokens than a text can have."""
    return len(text.encode()) // BYTES_PER_TOKEN + 1


def line_of(item: Evidence) -> str:
    """The line of one item, as the request has it."""
    return f"[E{item.number}] {shown(item)}"


def chosen(question: str, items: Sequence[Evidence], room: int) -> Chosen:
    """The items that a request has room for; in: tokens that are free for their lines."""
    asked = frozenset(_WORD.findall(question.lower())) - _SMALL
    first = [item for item in items if item.computation is not None] + list(items[:DECIDING])
    rest = sorted(items, key=lambda item: -_shared(asked, item))
    kept: set[int] = set()
    for item in dict.fromkeys((*first, *rest)):
        cost = tokens(line_of(item)) + NAMED_AGAIN
        if cost <= room:
            room -= cost
            kept.add(item.number)
    fit = tuple(item for item in items if item.number in kept)
    return Chosen(fit, len(items) - len(fit))


def first_that_fit(items: Sequence[Evidence], room: int) -> Chosen:
    """The items in the order given until one has no room; a list told from its top has no holes."""
    kept = []
    for item in items:
        room -= tokens(line_of(item)) + NAMED_AGAIN
        if room < 0:
            break
        kept.append(item)
    return Chosen(tuple(kept), len(items) - len(kept))


def thread_lines(turns: Sequence[Turn], room: int) -> tuple[str, ...]:
    """The conversation before, oldest first; of the newest turns as many as there is room for.

    A question stands as it was said back, where it was: that one is whole by itself.
    """
    lines: list[str] = []
    for turn in reversed(turns[-MOST_TURNS:]):
        own = (ASKED + neutral(turn.asks or turn.question), ANSWERED + neutral(turn.answer))
        room -= sum(map(tokens, own))
        if room < 0:
            break
        lines = [*own, *lines]
    return tuple(lines)


def _shared(asked: frozenset[str], item: Evidence) -> int:
    return len(asked & frozenset(_WORD.findall(item.line.lower())))
