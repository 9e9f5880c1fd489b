"""The sentences of a note with the part of the note they stand in, each cut out word for word.

The stored passages are the sentences; what stands between them is a heading, and in many progress
notes the plan is written as headings ("# AKI: creatinine past its peak, hold lisinopril"). Such
lines are cut into sentences here, so that a plan written that way is not lost. The part is known
by the labels of `note_sections.toml`: a label counts until the next one. Nothing is rewritten:
`text` is always `note.text[start:end]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipelines.briefing.note_table import table
from pipelines.records.facts import Note, Passage

_LABEL = re.compile(r"^\W{0,3}(?P<label>[A-Za-z][A-Za-z /&,-]{0,28}?)\s*(?::|$)")
_PROBLEM = re.compile(r"^\s*(?:#+|\d{1,2}[.)])\s+(?=\S)")
_LINE = re.compile(r"[^\n]+")
_END = re.compile(r"[.!?]\s+(?=[A-Z0-9(\"])")
BODY, PLAN = "body", "plan"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a note and the part it stands in (a key of `[part]` in the table)."""

    passage: Passage
    part: str

    @property
    def plain(self) -> str:
        """Its text on one line."""
        return " ".join(self.passage.text.split())


def sentences(note: Note, passages: Sequence[Passage]) -> tuple[Sentence, ...]:
    """All sentences of this note in their order, those written as headings included."""
    mine = sorted([*passages, *_headlines(note, passages)], key=lambda one: one.start)
    found = []
    part, heading = BODY, None
    for passage in mine:
        if passage.heading != heading:
            heading = passage.heading
            part = _part(heading) or (PLAN if _is_problem(note, heading) else BODY)
        part = _part(passage.text) or part
        found.append(Sentence(passage, part))
    return tuple(found)


def is_label(one: Sentence) -> bool:
    """Whether a sentence is a heading and nothing more ("Assessment and Plan")."""
    text = one.plain.strip(" :.#*-").lower()
    return text in _parts() or text == (one.passage.heading or "").strip(" :").lower()


def _headlines(note: Note, passages: Sequence[Passage]) -> Iterator[Passage]:
    """Lines of a problem list ("# …") that no passage covers, cut into sentences."""
    pattern = passages[0] if passages else None
    if pattern is None or "#" not in note.text:
        return
    covered = [(one.start, one.end) for one in passages]
    for line in _LINE.finditer(note.text):
        marked = _PROBLEM.match(line.group())
        if marked is None or any(a < line.end() and line.start() < b for a, b in covered):
            continue
        for start, end in _cut(note.text, line.start() + marked.end(), line.end()):
            yield replace(
                pattern,
                passage_id=f"{note.fact.resource}@{start}",
                heading=table()["problem_heading"],
                start=start,
                end=end,
                text=note.text[start:end],
                earlier=(),
            )


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while start < end:
        stop = _END.search(text, start, end)
        last = stop.start() + 1 if stop else end
        kept = text[start:last].rstrip()
        if kept:
            yield start, start + len(kept)
        start = stop.end() if stop else end


def _is_problem(note: Note, heading: str | None) -> bool:
    """Whether a heading is a line of a problem list, so that what follows belongs to the plan."""
    return bool(heading) and f"# {heading}" in note.text


def _part(text: str | None) -> str | None:
    """The part that a heading, or a label at a sentence's beginning, opens."""
    match = _LABEL.match(text or "")
    return _parts().get(" ".join(match["label"].lower().split())) if match else None


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    return {label: part for part, labels in table()["part"].items() for label in labels}
