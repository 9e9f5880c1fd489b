"""Which known word a misspelt one stands for, or between which it cannot be decided.

Only a word that no table knows is looked at: a drug that is spelt rightly is never taken for
another one, whether a chart has it or not. One letter may be wrong, in long words two. Two words
that are equally near decide nothing, and neither does a drug that has a look-alike
(`lookalike_drugs.csv`) nearly as near: hydralazine and hydroxyzine are never exchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.terms import concepts, site
from pipelines.terms.vocabulary import entries_said, load
from pipelines.terms.words import as_words

TABLE = Path(__file__).with_name("lookalike_drugs.csv")
SHORTEST, LONG = 5, 8


@dataclass(frozen=True, slots=True)
class Spelling:
    """The word that is meant; none where `between` names the words that it may be."""

    meant: str | None
    between: tuple[str, ...] = ()


@site.remembered()
def lookalikes() -> frozenset[frozenset[str]]:
    """Pairs of drug names that are mistaken for one another."""
    with site.shaped(TABLE.name):
        rows = site.rows(TABLE)
        return frozenset(frozenset((as_words(r["one"]), as_words(r["other"]))) for r in rows)


def is_known(word: str) -> bool:
    """Whether a word stands in any name of the vocabularies, or is a look-alike of one."""
    return word in _words() or any(word in pair for pair in lookalikes())


def nearest(word: str, own: frozenset[str] = frozenset()) -> Spelling | None:
    """What a misspelt word means among the vocabularies' and a chart's own words, or None."""
    from rapidfuzz.distance import OSA

    if len(word) < SHORTEST or not word.isalpha() or word in own or is_known(word):
        return None
    most = 2 if len(word) >= LONG else 1
    near: dict[str, int] = {}
    for known in {*_words(), *own}:
        if (
            len(known) >= SHORTEST
            and known[0] == word[0]
            and abs(len(known) - len(word)) <= most + 1
        ):
            far = OSA.distance(word, known, score_cutoff=most + 1)
            if far <= most + 1:
                near[known] = far
    best = sorted(near, key=lambda known: (near[known], known))
    if not best or near[best[0]] > most:
        return None
    first = best[0]
    rivals = [w for w in best[1:] if not _same(first, w) and _rivals(first, w, near)]
    if rivals:
        # Which drug is meant has to be asked; of other words none is guessed.
        listed = frozenset().union(*lookalikes())
        words = (first, *rivals)
        of_drugs = any(w in listed or any(e.kind == "drug" for e in entries_said(w)) for w in words)
        return Spelling(None, tuple(sorted((first, *rivals)))) if of_drugs else None
    return Spelling(first)


def _rivals(first: str, other: str, near: dict[str, int]) -> bool:
    return near[other] == near[first] or frozenset((first, other)) in lookalikes()


def _same(one: str, other: str) -> bool:
    """Whether two words are one thing or forms of one word ("creatinin", "creatinine")."""
    said = load().said
    both = set(said.get(one, ())) & set(said.get(other, ()))
    named = concepts.load().named
    return bool(both or set(named.get(one, ())) & set(named.get(other, ()))) or one in (
        f"{other}s",
        other.removesuffix("s"),
    )


@site.remembered()
def _words() -> frozenset[str]:
    names = (*load().said, *load().written, *map(as_words, concepts.load().named))
    pairs = (word for pair in lookalikes() for name in pair for word in name.split())
    words = (word for name in names for word in name.split())
    return frozenset(word for word in (*words, *pairs) if len(word) >= SHORTEST)
