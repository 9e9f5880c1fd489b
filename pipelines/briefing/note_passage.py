"""A stretch of a note's text made into a passage, so that a line may quote and cite just it."""

from __future__ import annotations

from pipelines.records.facts import Note, Passage


def passage_of(note: Note, start: int, end: int, heading: str | None = None) -> Passage:
    """A stretch of a note as a passage that can be cited by its offsets."""
    return Passage(
        passage_id=f"{note.fact.resource}@{start}",
        resource=note.fact.resource,
        heading=heading,
        title=note.title,
        author=note.author,
        when=note.when,
        start=start,
        end=end,
        text=note.text[start:end],
        note_sha256=note.sha256,
        path=note.fact.path,
    )
