"""Which drugs of a chart belong to a class that people ask for ("antibiotics", "pressors").

`drug_classes.toml` is the whole table; a drug belongs by a word of its name, a stem or a name,
and under a brand or an international name by the drug that the vocabulary knows it for. What the
table does not know is in no class: that is not the same as "is none".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.terms import site
from pipelines.terms.vocabulary import entries_in
from pipelines.terms.vocabulary import load as vocabulary

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
        return self.key in classes_of(drug)

    def fits(self, name: str) -> bool:
        """Whether a word of this very name is one of the class."""
        words = _WORD.findall(name.lower())
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


@site.remembered()
def load() -> Mapping[str, DrugClass]:
    """The classes by their key."""
    with site.shaped(TABLE.name):
        table = site.table(TABLE)
        return {key: _made(key, entry, table) for key, entry in table.items()}


@site.remembered(20_000)
def classes_of(drug: str) -> frozenset[str]:
    """The keys of all classes that a drug is of, by its name or by the drugs that it holds."""
    known = vocabulary().by_key
    titles = (known[e].title for e in entries_in(drug) if known[e].kind == "drug")
    names = (drug, *titles)
    return frozenset(k for k, entry in load().items() if any(entry.fits(n) for n in names))


def _made(key: str, entry: Mapping[str, Any], table: Mapping[str, Any]) -> DrugClass:
    within = [table[other] for other in _with_included(key, table)]
    stems = [stem for one in within for stem in one["stems"]]
    excluded = [word for one in within for word in one.get("not", ())]
    return DrugClass(
        key, entry["title"], tuple(entry["names"]), tuple(dict.fromkeys(stems)),
        frozenset(excluded),
    )  # fmt: skip


def _with_included(key: str, table: Mapping[str, Any]) -> Iterator[str]:
    yield key
    for other in table[key].get("includes", ()):
        yield from _with_included(other, table)
