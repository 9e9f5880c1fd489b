"""Names of drugs, conditions, procedures and vaccines that the chart itself uses.

A question may use the whole name or one telling word of it ("Lasix", "hypertension"); dose
forms, salts and words that many names share tell nothing alone. What is not among the chart's
names is not found here: that is not the same as "the patient does not have it".
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from pipelines.answers.question_text import QuestionText, key, tokens, words

TABLE = Path(__file__).with_name("question_names.toml")
LONGEST = 10
LONG_NAME = 7
SHORTEST_WORD = 3


@dataclass(frozen=True, slots=True)
class NamedThings:
    """The chart's displays that were named; `certain` = by a word that is no everyday word."""

    displays: tuple[str, ...]
    certain: bool
    words: tuple[str, ...] = ()


def take_names(text: QuestionText, displays: tuple[str, ...]) -> NamedThings:
    """Every display that the text names, whole or by telling words, blanked."""
    index = _index(displays)
    found: dict[str, None] = {}
    said_so: list[str] = []
    certain = False
    for start, end, said in _runs(text):
        known = next((w for w in _written(said) if w in index), None)
        if known is None or text.text[start:end].strip() == "":
            continue
        said_so.append(said)
        narrowed = [d for d in index[known] if d in found] if found else []
        for display in narrowed or index[known]:
            found[display] = None
        if narrowed:
            found = dict.fromkeys(narrowed)
        certain = certain or " " in known or known not in _shared()
        text.blank(start, end)
    _blank_rest(text, tuple(found))
    return NamedThings(tuple(found), certain, tuple(said_so))


def take_close(text: QuestionText, displays: tuple[str, ...]) -> tuple[str, ...]:
    """The displays of one long name that a word of the question misses by one letter, blanked.

    No more than one letter: prednisone and prednisolone are two drugs.
    """
    from rapidfuzz.distance import Levenshtein

    index = _index(displays)
    for said, start, end in tokens(text.text):
        if len(said) < LONG_NAME or said not in text.left():
            continue
        close = [w for w in index if w[0] == said[0] and Levenshtein.distance(said, w) == 1]
        if len(close) == 1:
            text.blank(start, end)
            return index[close[0]]
    return ()


def _written(said: str) -> tuple[str, ...]:
    """How the chart may write what was said: as it is, in the singular, or another word."""
    single = f"{said[:-3]}y" if said.endswith("ies") else said.removesuffix("s")
    return (said, single, *_synonyms().get(said, ()), *_synonyms().get(single, ()))


def _blank_rest(text: QuestionText, displays: tuple[str, ...]) -> None:
    """Words of the question that stand in every name that was meant ("stage", "type 2")."""
    if not displays:
        return
    shared = set.intersection(*(set(key(display).split()) for display in displays))
    for word, start, end in tokens(text.text):
        if word in shared:
            text.blank(start, end)


def names_a_condition(named: NamedThings) -> bool:
    """Whether a condition was named as people say it ("high blood pressure")."""
    return any(" " in said and said in _synonyms() for said in named.words)


def _runs(text: QuestionText) -> list[tuple[int, int, str]]:
    said = tokens(text.text)
    runs = []
    for length in range(min(LONGEST, len(said)), 0, -1):
        for first in range(len(said) - length + 1):
            run = said[first : first + length]
            gaps = pairwise(run)
            if all(0 <= b[1] - a[2] <= 3 for a, b in gaps):
                runs.append((run[0][1], run[-1][2], " ".join(w for w, _, _ in run)))
    return runs


@lru_cache(maxsize=64)
def _index(displays: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for display in displays:
        whole = key(display)
        bare = key(display.partition("(")[0])
        telling = [
            w for w in whole.split()
            if (len(w) >= SHORTEST_WORD or w.upper() in display.split())
            and not w[0].isdigit()
            and w not in _empty()
        ]  # fmt: skip
        pairs = [" ".join(p) for p in pairwise(telling) if " ".join(p) in whole]
        parts = whole.split()
        pairs += [" ".join(p) for p in pairwise(parts) if not set(p) & _common()]
        for written in dict.fromkeys((whole, bare, *pairs, *telling)):
            if written:
                index[written] = (*index.get(written, ()), display)
    return index


@lru_cache(maxsize=1)
def _synonyms() -> dict[str, tuple[str, ...]]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))["synonyms"]
    return {said: tuple(others) for said, others in table.items()}


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """Words that tell nothing in a pair either."""
    return _empty() | frozenset(words()["filler"]["words"])


@lru_cache(maxsize=1)
def _empty() -> frozenset[str]:
    return frozenset(tomllib.loads(TABLE.read_text(encoding="utf-8"))["empty"]["words"])


@lru_cache(maxsize=1)
def _shared() -> frozenset[str]:
    return frozenset(tomllib.loads(TABLE.read_text(encoding="utf-8"))["shared"]["words"])
