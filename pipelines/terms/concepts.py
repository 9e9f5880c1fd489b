"""What the words and codes for results mean: one concept for the many names of an analyte.

`concepts.toml`, with what a site adds to it, is the whole vocabulary; nothing about a single
analyte stands in code. A LOINC code decides first, a code of a local system second, the name
last; a code that the table does not know never lends its meaning to a look-alike. What is
unknown stays unknown (`None`): the chart's own name for it is then the only one. It does not
read questions and does not convert.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.terms import site

TABLE = Path(__file__).with_name("concepts.toml")
KINDS = ("lab", "vital", "observation")
LOINC = "http://loinc.org"
STANDARD_SYSTEMS = ("http://snomed.info", "http://www.nlm.nih.gov", "http://unitsofmeasure.org")

# Zero-width characters stand in some exports of LOINC names ("[Mass/<200b>volume]").
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff]")
_BRACKETS = re.compile(r"\[[^\]]*\]")
# The specimen and method of a LOINC name that leave the analyte what it is. Urine, stool and
# the like are not here: glucose in urine is another analyte.
_BLOOD = re.compile(
    r"\s+(?:in|of)\s+(?:(?:arterial|venous|capillary)\s+)?"
    r"(?:blood|serum or plasma|serum|plasma|ser/plas)(?=\s|$)"
)
_METHOD = re.compile(
    r"\s+by\s+(?:automated count|calculation|test strip|pulse oximetry|manual count)$"
)
_LOINC_CODE = re.compile(r"\d{1,7}-\d")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Concept:
    """One analyte, sign or score. `members` is filled for a panel only."""

    key: str
    title: str
    kind: str
    names: tuple[str, ...]
    loinc: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    high: str | None = None
    low: str | None = None


@dataclass(frozen=True, slots=True)
class Concepts:
    """The vocabulary with its indexes. `named` and `finding` go by name in lower case."""

    by_key: Mapping[str, Concept]
    by_loinc: Mapping[str, str]
    by_local: Mapping[str, str]
    named: Mapping[str, tuple[str, ...]]
    findings: Mapping[str, tuple[str, str]]


SHORT = 6  # letters, from which on a name of a result is no abbreviation


@site.remembered()
def short_names() -> frozenset[str]:
    """The abbreviations of results, in lower case ("k", "hgb", "crit")."""
    names = (name for concept in load().by_key.values() for name in concept.names)
    return frozenset(name.lower() for name in names if len(name) < SHORT)


@site.remembered()
def load() -> Concepts:
    """The vocabulary, read once for each site."""
    table = site.table(TABLE)
    with site.shaped(TABLE.name):
        by_key = {
            key: _concept(key, kind, entry)
            for kind in (*KINDS, "panel")
            for key, entry in table.get(kind, {}).items()
        }
        _ = [by_key[member] for concept in by_key.values() for member in concept.members]
    named: dict[str, tuple[str, ...]] = {}
    for concept in by_key.values():
        for name in dict.fromkeys((*concept.names, plain_name(concept.title))):
            named[name] = (*named.get(name, ()), concept.key)
    return Concepts(
        by_key=by_key,
        by_loinc=_first_wins(by_key, "loinc"),
        by_local=_first_wins(by_key, "local"),
        named=named,
        findings=_findings(by_key),
    )


def concept_of(
    codings: tuple[tuple[str | None, str | None], ...], display: str | None
) -> str | None:
    """The concept that `(system, code)` pairs and a display name mean, or None.

    The display decides only where no LOINC code is given, and only word for word: a LOINC code
    that the table does not know (glucose in urine) is another analyte, whatever its name.
    """
    concepts = load()
    for system, code in codings:
        if code and (system or "").rstrip("/") == LOINC and code in concepts.by_loinc:
            return _one(concepts, concepts.by_loinc[code])
    for system, code in codings:
        if code and _is_local(system) and code in concepts.by_local:
            return concepts.by_local[code]
    coded = any(
        (system or "").rstrip("/") == LOINC and _LOINC_CODE.fullmatch(code or "")
        for system, code in codings
    )
    if coded or not display:
        return None
    keys = [key for key in concepts.named.get(plain_name(display), ()) if not _panel(concepts, key)]
    return keys[0] if keys else None


def title(key: str) -> str:
    """The name that an answer uses for a concept; the key itself where it is unknown."""
    concept = load().by_key.get(key)
    return concept.title if concept is not None else key.replace("_", " ")


@lru_cache(maxsize=8192)
def plain_name(display: str) -> str:
    """A laboratory's name in lower case, without property, blood specimen and method.

    `Leukocytes [#/volume] in Blood by Automated count` is `leukocytes`.
    """
    text = _BRACKETS.sub(" ", _INVISIBLE.sub("", display)).lower()
    text = _SPACE.sub(" ", text).strip()
    text = _METHOD.sub("", text)
    return _SPACE.sub(" ", _BLOOD.sub(" ", text)).strip()


def _concept(key: str, kind: str, entry: Mapping[str, Any]) -> Concept:
    return Concept(
        key=key,
        title=entry["title"],
        kind=kind,
        names=_strings(entry["names"]),
        loinc=_strings(entry.get("loinc", ())),
        local=_strings(entry.get("local", ())),
        prefer=_strings(entry.get("prefer", ())),
        members=_strings(entry.get("members", ())),
        high=entry.get("high"),
        low=entry.get("low"),
    )


def _strings(listed: Iterable[object]) -> tuple[str, ...]:
    """A list of a table, each a string; a single string is no list of its letters."""
    if isinstance(listed, str) or not all(isinstance(item, str) for item in listed):
        raise TypeError("not a list of strings")
    return tuple(str(item) for item in listed)


def _first_wins(by_key: Mapping[str, Concept], field: str) -> dict[str, str]:
    index: dict[str, str] = {}
    for concept in by_key.values():
        for code in getattr(concept, field):
            index.setdefault(code, concept.key)
    return index


def _findings(by_key: Mapping[str, Concept]) -> dict[str, tuple[str, str]]:
    """`hyperkalemia` → (`potassium`, `high`): what a finding says about a result."""
    found: dict[str, tuple[str, str]] = {}
    for concept in by_key.values():
        for word, direction in ((concept.high, "high"), (concept.low, "low")):
            if word:
                found[word] = (concept.key, direction)
    return found


def _one(concepts: Concepts, key: str) -> str | None:
    """The concept of a code; a panel's own code (blood pressure) is no single analyte."""
    return None if _panel(concepts, key) else key


def _panel(concepts: Concepts, key: str) -> bool:
    return bool(concepts.by_key[key].members)


def _is_local(system: str | None) -> bool:
    return bool(system) and not (system or "").startswith((LOINC, *STANDARD_SYSTEMS))
