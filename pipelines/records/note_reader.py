"""The notes of a chart as they are read: the list, one note opened, what changed in it.

Offsets count characters of the note's own text. Nothing is rewritten: a sentence is a slice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.records.facts import Note
from pipelines.records.moments import Moment
from pipelines.records.notes import NoteHead, NoteSection, UnreadDocument

State = Literal["copied", "changed", "moved", "new"]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class NoteSentence:
    """A sentence or list item of a note, `text[start:end]`, and the heading it stands under."""

    start: int
    end: int
    heading: str | None
    text: str


@dataclass(frozen=True, slots=True)
class ComparedSentence:
    """A sentence and what the compared note has of it.

    `copied`: the same words under the same heading. `changed`: the same words with other numbers;
    `before` is that sentence and `numbers` those of its numbers that are no longer said. `moved`:
    the same words under another heading, which is `before`. `new`: none of these.
    """

    sentence: NoteSentence
    state: State
    before: str | None = None
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoteChanges:
    """A note against an older one: its sentences in order, and what it says no longer."""

    sentences: tuple[ComparedSentence, ...]
    dropped: tuple[NoteSentence, ...]

    def count(self, state: State) -> int:
        """How many sentences are in this state."""
        return sum(item.state == state for item in self.sentences)


@dataclass(frozen=True, slots=True)
class ListedNote:
    """A note of the list and how often the searched words stand in it."""

    head: NoteHead
    hits: int = 0


@dataclass(frozen=True, slots=True)
class OpenNote:
    """One note, opened: text, sections, hits, sentences that talk to software, what changed.

    `compared_with` is the older note of `changes`, `comparable` all that may be chosen, the
    newest first; both are empty where this note is the first of its kind.
    """

    note: Note
    head: NoteHead
    sections: tuple[NoteSection, ...]
    hits: tuple[Span, ...]
    warnings: tuple[Span, ...]
    compared_with: NoteHead | None
    changes: NoteChanges | None
    comparable: tuple[NoteHead, ...]


@dataclass(frozen=True, slots=True)
class NotesChoice:
    """Which notes to list (empty: all), what to search in them, which one to open.

    `hours` counts back from the as-of; undated notes are listed only without it. `order` is
    `newest`, `type` or `author`. `resource` None opens the first of the list; `compare_with` None
    means the note that the rule chooses.
    """

    kinds: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    hours: int | None = None
    order: str = "newest"
    words: str = ""
    resource: str | None = None
    compare_with: str | None = None


@dataclass(frozen=True, slots=True)
class NoteShelf:
    """The list of notes that fit, and the opened one.

    `in_chart` counts all readable notes; `kinds` and `authors` are theirs; `unread` could not be
    read, so that no search looked into them. `is_left_out` says that the note that was open does
    not fit the filter any more.
    """

    listed: tuple[ListedNote, ...]
    in_chart: int
    kinds: tuple[str, ...]
    authors: tuple[str, ...]
    unread: tuple[UnreadDocument, ...]
    opened: OpenNote | None
    as_of: Moment
    is_left_out: bool = False
