"""Citations: where a shown statement stands, numbered in order of first appearance.

Promises: a citation of a note is exactly the slice of the note between its offsets, narrowed to
the whole sentences that carry the statement; any other quotes the leaf value at its path, as the
record has it. Nothing of a writer's own text ever enters a citation.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import cast

from pipelines.answers.verify.reading import Reading, read, sentences
from pipelines.records.answers import Citation
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact


@dataclass(slots=True)
class Numbering:
    """Gives each cited place its number; the same place keeps the one it has."""

    seen: dict[Citation, int] = field(default_factory=dict)

    def number(self, place: Citation) -> Citation:
        """`place` (number 0) with its number in this answer."""
        return replace(place, n=self.seen.setdefault(place, len(self.seen) + 1))


def place_of(evidence: Evidence, words: str | None = None) -> Citation:
    """The place of an item, number 0; `words` narrows a passage when they stand in it."""
    passage = evidence.passage
    if passage is None:
        fact = cast("Fact", evidence.fact)  # an item is a fact or a passage
        return Citation(
            0, fact.resource, fact.path, fact.quote, None, None, evidence.date, evidence.title
        )
    offset = passage.text.find(words) if words else -1
    start = passage.start + max(offset, 0)
    quote = words if words and offset >= 0 else passage.text
    return Citation(
        0, passage.resource, passage.path, quote, start, start + len(quote), evidence.date,
        evidence.title,
    )  # fmt: skip


def narrowest(sentence: Reading, evidence: Evidence, known_units: frozenset[str]) -> str | None:
    """The one sentence of a passage that has all the terms and numbers the passage shares."""
    if evidence.passage is None:
        return None
    text = evidence.passage.text
    wanted = sentence.names & read(text, known_units).names
    numbers = {quantity.value for quantity in sentence.quantities}
    for start, end in sentences(text):
        part = read(text[start:end], known_units)
        if wanted <= part.names and numbers <= {q.value for q in part.quantities} | _years(part):
            return text[start:end]
    return None


def _years(reading: Reading) -> set[object]:
    return {mention.year for mention in reading.dates}
