"""A story as read from its folder: facts in TOML, tables as text, notes as plain files.

Tables are written the way a chart shows them: times across for results, times down for vital
signs. An empty cell or `-` means: not measured. A note begins with `key: value` lines, then a line
of three dashes, then the text as its author wrote it.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from maker.clock import Clock

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Note:
    """One note file: its heading lines and its text."""

    name: str
    head: dict[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    """One patient's story; `slug` begins every id of its resources."""

    slug: str
    title: str
    bundle: str
    clock: Clock
    sex: str
    facts: Json
    notes: tuple[Note, ...]
    interpretations: bool = True

    def all(self, name: str) -> list[Json]:
        """The entries of one kind, none if the story has none."""
        found: list[Json] = self.facts.get(name, [])
        return found


def read_story(folder: Path) -> Story:
    """The story of one folder: `story.toml`, further `*.toml` beside it, and `notes/*.txt`."""
    facts: Json = {}
    for path in sorted(folder.glob("*.toml")):
        for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            facts[key] = facts[key] + value if key in facts else value
    head = facts["story"]
    notes = tuple(read_note(path) for path in sorted((folder / "notes").glob("*.txt")))
    return Story(
        slug=head["slug"],
        title=head["title"],
        bundle=head["bundle"],
        clock=Clock(head["year"], head["offset"]),
        sex=facts["patient"]["sex"],
        facts=facts,
        notes=notes,
        interpretations=head.get("interpretations", True),
    )


def read_note(path: Path) -> Note:
    """One note file."""
    head, _, text = path.read_text(encoding="utf-8").partition("\n---\n")
    pairs = (line.partition(":") for line in head.splitlines() if line.strip())
    return Note(path.stem, {key.strip(): value.strip() for key, _, value in pairs}, text)


def table(text: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """Column heads, and each row's name with its cells, of a table drawn with `|`."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    heads = rows[0][1:]
    for row in rows[1:]:
        if len(row) > len(heads) + 1:
            raise ValueError(f"more cells than columns: {row}")
    return heads, [(row[0], row[1:]) for row in rows[1:]]


def cells(text: str) -> list[tuple[str, str, str]]:
    """(row, column, cell) of every cell that holds something."""
    heads, rows = table(text)
    return [
        (name, head, cell)
        for name, values in rows
        for head, cell in zip(heads, values, strict=False)
        if cell not in ("", "-")
    ]
