"""Panels of results: which tests are looked at together, from `panels.toml` and a site's own.

A panel names concepts, not codes, so that whatever code or name a chart files a test under comes
along where the vocabulary knows it; a LOINC code may be added for what has no concept. A panel
that names a concept which does not exist is a fault of the table and is told as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.terms import site
from pipelines.terms.concepts import load, title

TABLE = Path(__file__).with_name("panels.toml")


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: `title` is short, `name` in full, `source` why its tests belong together."""

    key: str
    title: str
    name: str
    concepts: tuple[str, ...]
    loinc: tuple[str, ...]
    source: str

    def titles(self) -> Mapping[str, str]:
        """Each member's name by its concept key or LOINC code, in the panel's order."""
        return {key: title(key) for key in self.concepts} | {code: code for code in self.loinc}


@site.remembered()
def panels() -> tuple[Panel, ...]:
    """All panels, in the order of the table; ChartroomError for a table that cannot be read."""
    table = site.table(TABLE)
    with site.shaped(TABLE.name):
        known = load().by_key
        made = tuple(
            Panel(
                key,
                str(entry["title"]),
                str(entry["name"]),
                tuple(entry["concepts"]),
                tuple(entry.get("loinc", ())),
                str(entry["source"]),
            )
            for key, entry in table["panel"].items()
        )
        _ = [known[concept] for panel in made for concept in panel.concepts]
    return made
