"""The judge's word lists, read once from their three TOML files.

Promises: every list is data that a clinician can read; phrases are matched longest first; names
of the house's terms (`terms/concepts.toml`) count as synonyms too. It decides nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from pipelines.terms import concepts

# `mg`, `ca` and `be` are more often a unit, a word or a place than an analyte.
SHORTEST_NAME = 3
SHORTEST_PLURAL = 5
PLANS = ("planned", "plan_told", "plan_said")
MODIFIERS = ("family", "uncertain", "past", "planned")


@dataclass(frozen=True, slots=True)
class Language:
    """Compiled word lists; see the comments in the TOML file for what each is for."""

    framing: frozenset[str]
    generic: frozenset[str]
    claims: Mapping[str, re.Pattern[str]]
    marked: Mapping[str, re.Pattern[str]]
    negation_before: re.Pattern[str]
    negation_after: re.Pattern[str]
    negation_short: re.Pattern[str]
    negation_pseudo: re.Pattern[str]
    negation_ends: re.Pattern[str]
    modifiers: Mapping[str, re.Pattern[str]]
    plan_told: re.Pattern[str]
    plan_also: re.Pattern[str]
    plan_said: re.Pattern[str]
    two_way_modifiers: frozenset[str]
    causal: re.Pattern[str]
    clinical_suffixes: tuple[str, ...]
    clinical_words: frozenset[str]
    compounds: Mapping[str, tuple[str, str]]
    canonical: Mapping[str, str]
    phrases: re.Pattern[str]
    capitals: Mapping[str, str]
    in_capitals: re.Pattern[str]
    also: Mapping[str, tuple[str, ...]]
    denied: Mapping[str, str]
    denying: re.Pattern[str]
    number_words: Mapping[str, int]
    comparators: Mapping[str, str]
    instructions: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Units:
    """Spellings of units; `canonical` maps each to the first of its group."""

    canonical: Mapping[str, str]
    not_in_prose: frozenset[str]
    monovalent: frozenset[str]
    monovalent_pair: frozenset[str]


@lru_cache(maxsize=1)
def language() -> Language:
    """The word lists in force."""
    raw = _table("verify_language.toml")
    compounds = {name: (a, b) for name, (a, b) in raw["compounds"].items()}
    framing = frozenset(raw["framing"].split())
    more = _table("clinical_synonyms.toml")
    groups = _merged([*raw["synonyms"]["groups"], *map(_with_plurals, more["groups"]["names"])])
    canonical = _synonyms(groups, framing)
    capitals = {short: name for name, many in more["capitals"].items() for short in many}
    for word, (key, direction) in concepts.load().findings.items():
        name = concepts.load().by_key[key].names[0]
        compounds[word] = (canonical.get(name, name), direction)
    canonical.update({word: word for word in compounds})
    adjectives = {f"{word[:-1]}c": word for word in compounds if word.endswith("emia")}
    canonical.update(adjectives)
    for name in more["capitals"]:
        canonical.setdefault(name, name)
    return Language(
        framing=framing,
        generic=frozenset(raw["generic"].split()),
        claims={name: words(items) for name, items in raw["claims"].items()},
        marked={name: words(items) for name, items in raw["marked"].items()},
        negation_before=words(raw["negation"]["before"]),
        negation_after=words(raw["negation"]["after"]),
        negation_short=words(raw["negation"]["short"]),
        negation_pseudo=words(raw["negation"]["pseudo"]),
        negation_ends=words(raw["negation"]["ends"]),
        modifiers={n: words(raw["modifiers"][n]) for n in MODIFIERS},
        plan_told=words([*raw["modifiers"]["planned"], *raw["modifiers"]["plan_told"]]),
        plan_also=words(
            word for n in ("planned", "plan_told", "plan_also") for word in raw["modifiers"][n]
        ),
        plan_said=words(word for n in PLANS for word in raw["modifiers"][n]),
        two_way_modifiers=frozenset(raw["modifiers"]["both"]),
        causal=words(raw["causal"]["phrases"]),
        clinical_suffixes=tuple(raw["clinical"]["suffixes"]),
        clinical_words=frozenset(raw["clinical"]["words"]),
        compounds=compounds,
        canonical=canonical,
        phrases=words(canonical),
        capitals={short: canonical.get(name, name) for short, name in capitals.items()},
        in_capitals=re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, capitals))})(?![\w/])"),
        also={name: tuple(many) for name, many in more["also"].items()},
        denied={word: canonical.get(thing, thing) for word, thing in more["denying"].items()},
        denying=words(more["denying"]),
        number_words=raw["numbers"]["words"],
        comparators={phrase: sign for sign, many in raw["comparators"].items() for phrase in many},
        instructions=tuple(re.compile(p, re.IGNORECASE) for p in raw["instructions"]["patterns"]),
    )


@lru_cache(maxsize=1)
def units() -> Units:
    """The unit spellings in force."""
    raw = _table("verify_units.toml")
    canonical = {item: group[0] for group in raw["groups"] for item in group}
    return Units(
        canonical=canonical,
        not_in_prose=frozenset(raw["not_in_prose"]),
        monovalent=frozenset(raw["monovalent"]),
        monovalent_pair=frozenset(raw["monovalent_pair"]),
    )


def _with_plurals(group: list[str]) -> list[str]:
    longer = [f"{name}s" for name in group if len(name) >= SHORTEST_PLURAL and name[-1] != "s"]
    return [*group, *longer]


def _merged(groups: list[list[str]]) -> list[list[str]]:
    """Groups that share a name are one."""
    made: list[list[str]] = []
    for group in groups:
        shared = [one for one in made if set(one) & set(group)]
        whole = [name for one in shared for name in one] + group
        made = [one for one in made if one not in shared] + [list(dict.fromkeys(whole))]
    return made


def words(items: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of `items` as whole words, the longest first."""
    ordered = sorted(set(items), key=len, reverse=True)
    return re.compile(r"(?<![a-z0-9])(?:" + "|".join(map(re.escape, ordered)) + r")(?![a-z0-9])")


def _table(name: str) -> dict[str, Any]:
    text = resources.files("pipelines.answers.verify").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)


def _synonyms(groups: list[list[str]], framing: frozenset[str]) -> dict[str, str]:
    """Each known name → one name for its thing; a name that two concepts share is its own."""
    found = {item: group[0] for group in groups for item in group}
    shared = {name for name, keys in concepts.load().named.items() if len(keys) > 1}
    for concept in concepts.load().by_key.values():
        names = [concept.title.lower(), *concept.names]
        usable = [n for n in names if n in found or _is_name(n, framing | shared)]
        head = next((found[name] for name in usable if name in found), names[0])
        for name in usable:
            found.setdefault(name, head)
    return {**found, **{name: name for name in shared}}


def _is_name(name: str, taken: frozenset[str]) -> bool:
    return len(name) >= SHORTEST_NAME and name not in taken
