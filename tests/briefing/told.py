"""How much of a story's `truth.md` a briefing tells: one rule, written before the sections were.

A `[must]` item is told by the statements that cite any of its records. Together they must cite at
least half of the records and say every number of the item, dates and times aside; an item without
a number must have a third of its longer words said. A `[trap]` is told as fact where a statement
cites its first record, says what the trap quotes (or all its numbers), and none of the words that
mark it as doubtful. The rule is blind to wording, so a sentence about the same record that says
another thing can fool it; it is stricter than a reader where an item sums up several days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pipelines.records.answers import Briefing, Statement
from tests.sample_data.test_truth import Line, numbers

SHARE_OF_RECORDS, SHARE_OF_WORDS = 0.5, 1 / 3
WORD = re.compile(r"[A-Za-z]{4,}")
QUOTED = re.compile(r'"([^"]+)"')
DOUBTED = (
    "refuted", "withdrawn", "hemolyzed", "entered in error", "amended", "corrected", "copied",
    "differ", "conflict", "not given", "was before", "preliminary", "replaced", "resolved",
)  # fmt: skip


class Told(NamedTuple):
    """What of one item was said: records cited, numbers left out, share of its words."""

    item: Line
    cited: int
    missing: frozenset[float]
    words: float

    @property
    def is_told(self) -> bool:
        if not self.cited or self.cited < SHARE_OF_RECORDS * len(self.item.ids) or self.missing:
            return False
        return bool(numbers(self.item.text)) or self.words >= SHARE_OF_WORDS


def told(item: Line, briefing: Briefing) -> Told:
    """What of this item the briefing of its round says."""
    wanted = set(item.ids)
    mine = [said for said in statements(briefing) if _cites(said) & wanted]
    cited = {one for said in mine for one in _cites(said)} & wanted
    text = " ".join(said.text for said in mine)
    missing = numbers(item.text) - numbers(text)
    return Told(item, len(cited), frozenset(missing), _words(item.text, text))


def fell_for(trap: Line, briefing: Briefing) -> list[str]:
    """The statements that tell a trap as fact."""
    phrases = [phrase.lower() for phrase in QUOTED.findall(trap.text)]
    values = numbers(trap.text)
    found = []
    for said in statements(briefing):
        text = said.text.lower()
        if trap.ids[0] not in _cites(said) or any(word in text for word in DOUBTED):
            continue
        quoted = any(phrase in text for phrase in phrases)
        if quoted or (not phrases and values and values <= numbers(said.text)):
            found.append(said.text)
    return found


def statements(briefing: Briefing) -> Iterable[Statement]:
    """Every statement that the briefing shows."""
    yield from briefing.summary
    for section in briefing.sections:
        yield from section.lines


def _cites(said: Statement) -> set[str]:
    return {citation.resource for citation in said.citations}


def _words(item: str, text: str) -> float:
    wanted = {word.lower()[:6] for word in WORD.findall(item)}
    said = {word.lower()[:6] for word in WORD.findall(text)}
    return len(wanted & said) / len(wanted) if wanted else 1.0
