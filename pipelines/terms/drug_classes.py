"""Which drugs of a chart belong to a class that people ask for ("antibiotics", "pressors").

`drug_classes.toml` is the whole table; a drug belongs by a word of its name, a stem or a name.
What the table does not know is in no class: that is not the same as "is none".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_name("drug_classes.toml")
SHORTEST_STEMMED = 6
_WORD = re.compile(r"[a-z]+(?:-[a-z]+)?")


@dataclass(frozen=True, slots=True)
class DrugClass:
    """One class: what people call it, and the words and stems of its drugs."""

    key: str
    title: str
    names: tuple[str, ...]
    stems: tuple[str, ...]
    excluded: frozenset[str]

    def holds(self, drug: str) -> bool:
        """Whether a drug, as a chart names it, is of this class."""
        words = _WORD.findall(drug.lower())
        parts = [*words, *(part for word in words for part in word.split("-"))]
        return any(self._fits(part) for part in parts if part not in self.excluded)

    def _fits(self, word: str) -> bool:
        for stem in self.stems:
            if stem.startswith("-"):
                if len(word) >= SHORTEST_STEMMED and word.endswith(stem[1:]):
                    return True
            elif stem.endswith("-"):
                if len(word) >= SHORTEST_STEMMED and word.startswith(stem[:-1]):
                    return True
            elif word == stem:
                return True
        return False


@lru_cache(maxsize=1)
def load() -> Mapping[str, DrugClass]:
    """The classes by their key."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    made = {}
    for key, entry in table.items():
        within = [table[other] for other in entry.get("includes", ())]
        stems = [*entry["stems"], *(stem for other in within for stem in other["stems"])]
        made[key] = DrugClass(
            key, entry["title"], tuple(entry["names"]), tuple(dict.fromkeys(stems)),
            frozenset(entry["not"]),
        )  # fmt: skip
    return made
