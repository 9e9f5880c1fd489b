"""Which family of problems a diagnosis belongs to, and what is told with it.

`problem_families.toml` is the whole knowledge. A code that the table names decides first, then a
name or code of the vocabulary, then a word of the name. What tells no illness of this patient (a
screening, a family history, a status code) joins no family by its words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.terms import drug_classes, site, vocabulary
from pipelines.terms.words import as_words

TABLE = Path(__file__).with_name("problem_families.toml")


@dataclass(frozen=True, slots=True)
class Family:
    """Problems that are told together; `rank` is the place in the table, 0 the weightiest.

    `results` pairs a concept with the side on which a value is worse.
    """

    key: str
    rank: int
    problems: frozenset[str]
    icd10: tuple[str, ...]
    icd9: tuple[str, ...]
    words: re.Pattern[str]
    results: tuple[tuple[str, str], ...]
    classes: frozenset[str]
    generic: frozenset[str]
    is_acute: bool
    plan: re.Pattern[str]

    def treats(self, drug: str) -> bool:
        """Whether a drug, as a chart names it, is told with this family."""
        words = set(as_words(drug).split())
        return bool(self.classes & drug_classes.classes_of(drug) or self.generic & words)


@site.remembered()
def families() -> tuple[Family, ...]:
    """The families in the order of the table."""
    table = _table()["family"]
    with site.shaped(TABLE.name):
        return tuple(_made(key, rank, entry) for rank, (key, entry) in enumerate(table.items()))


@site.remembered(20_000)
def family_of(code_key: str | None, display: str) -> Family | None:
    """The family of a diagnosis by its code (`system|code`), else by its name; None for none."""
    system, _bar, code = (code_key or "").rpartition("|")
    short, plain = vocabulary.system_name(system), code.replace(".", "").upper()
    for family in families():
        prefixes = {"icd10": family.icd10, "icd9": family.icd9}.get(short or "", ())
        if plain and plain.startswith(prefixes):
            return family
    if not is_illness(code_key, display):
        return None
    meant = vocabulary.entries_in(display) | set(vocabulary.entries_coded(system, code))
    low = display.lower()
    by_entry = (one for one in families() if one.problems & meant)
    by_word = (one for one in families() if one.words.search(low))
    return next(by_entry, None) or next(by_word, None)


@site.remembered(20_000)
def meaning(code_key: str | None, display: str) -> str:
    """What makes two diagnoses one problem: what the vocabulary knows them for, else their name.

    Words that tell stages, sides and kinds apart stay part of it.
    """
    system, _bar, code = (code_key or "").rpartition("|")
    known = vocabulary.entries_in(display) | set(vocabulary.entries_coded(system, code))
    named = {key for key in known if key.startswith("problem:")}
    if not named:
        return code_key or display.lower()
    words = as_words(display).split()
    told = [word for word in words if word in _table()["merge"]["apart"] or word.isdecimal()]
    after = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("stage", "type")]
    return "|".join([*sorted(named), *sorted({*told, *after})])


def is_illness(code_key: str | None, display: str) -> bool:
    """Whether it tells an illness, not a screening, a risk, a status or a relative's illness."""
    rule = _table()["not_ill"]
    whole, _bar, written = (code_key or "").rpartition("|")
    system, code = vocabulary.system_name(whole), written.replace(".", "").upper()
    if system in ("icd10", "icd9") and code.startswith(tuple(rule[system])):
        return False
    return not display.lower().startswith(tuple(rule["begins"]))


def _made(key: str, rank: int, entry: Mapping[str, Any]) -> Family:
    known = vocabulary.load().by_key
    names = [n for p in entry["problems"] for n in known[f"problem:{p}"].names]
    return Family(
        key=key,
        rank=rank,
        problems=frozenset(f"problem:{name}" for name in entry["problems"]),
        icd10=tuple(entry.get("icd10", ())),
        icd9=tuple(entry.get("icd9", ())),
        words=_any_of(entry.get("words", ()), whole=False),
        results=tuple(entry.get("results", {}).items()),
        classes=frozenset(entry.get("drugs", ())),
        generic=frozenset(entry.get("generic", ())),
        is_acute=bool(entry.get("acute", False)),
        plan=_any_of((*names, *entry.get("plan", ())), whole=True),
    )


def _any_of(words: tuple[str, ...] | list[str], *, whole: bool) -> re.Pattern[str]:
    """Any of the words at a word's beginning, or as whole words; nothing where there are none."""
    if not words:
        return re.compile(r"(?!)")
    end = r"(?!\w)" if whole else ""
    longest = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(word) for word in longest)}){end}", re.I)


@site.remembered()
def _table() -> dict[str, Any]:
    return site.table(TABLE)
