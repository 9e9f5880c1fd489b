"""Names of drugs, conditions, procedures and vaccines that the chart itself uses.

A question may use the whole name or one telling word of it ("Lasix", "hypertension"); dose
forms, salts and words that many names share tell nothing alone. What is not among the chart's
names is not found here: that is not the same as "the patient does not have it".
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from pipelines.answers.question.spelling import misspelt_here, nearest_word, own_words
from pipelines.answers.question.text import QuestionText, key, tokens, words
from pipelines.answers.question.vocabulary import (
    Displays,
    is_disease,
    known_words,
    meant,
    names_of,
    other_things,
)
from pipelines.answers.verify.reading import negation_scopes
from pipelines.terms import site

TABLE = Path(__file__).with_name("question_names.toml")
LONGEST = 10
LONG_NAME = 7
SHORTEST_WORD = 3
_JOINED = re.compile(r",|\b(?:and|or|nor)\b")


@dataclass(frozen=True, slots=True)
class NamedThings:
    """The chart's displays that were named; `certain` = by a word that is no everyday word.

    `groups` keeps apart what was named side by side ("lisinopril and losartan").
    """

    displays: tuple[str, ...]
    certain: bool
    words: tuple[str, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The displays that one stretch of the question names."""

    start: int
    end: int
    displays: tuple[str, ...]


def take_names(text: QuestionText, displays: tuple[str, ...]) -> NamedThings:
    """Every display that the text names, whole or by telling words, blanked."""
    index = _index(displays)
    said_so: list[str] = []
    groups: list[Group] = []
    certain = False
    known_words = _known(displays)
    absent: list[tuple[int, int]] = []
    for start, end, said in _runs(text.text):
        named = any(w in known_words for w in _forms(said)) or said in text.meanings
        if not named or text.text[start:end].strip() == "":
            continue
        if any(first <= start and end <= last for first, last in absent):
            continue
        known = next((w for w in _written(said) if w in index), said)
        worded = _meanings(said, index.get(known, ()), displays)
        meanings = _with_coded(worded, text.meanings.get(said, ()), displays)
        if not meanings:
            # Of a disease that the chart does not have no part is another one.
            absent += [(start, end)] if is_disease(said) else []
            continue
        said_so.append(said)
        for meaning in meanings:
            groups = _joined_to(groups, Group(start, end, meaning), text.whole)
        certain = certain or " " in known or known not in _shared()
        text.blank(start, end)
    groups = _by_number(text, groups)
    found = tuple(dict.fromkeys(d for group in groups for d in group.displays))
    _blank_rest(text, found)
    kept = tuple(dict.fromkeys(group.displays for group in groups))
    return NamedThings(found, certain, tuple(said_so), kept)


def _meanings(
    said: str, worded: tuple[str, ...], displays: tuple[str, ...]
) -> tuple[tuple[str, ...], ...]:
    """The names that hold the words, with those that the vocabulary knows for the same thing.

    A name that is said whole means itself. One meaning takes the names that hold the words;
    where there are several, each stays by itself.
    """
    if " " in said and any(key(display) == said for display in worded):
        return (worded,)
    known = meant(said, displays)
    if not known and not worded:
        return ()
    others = other_things(said, worded)
    rest = tuple(d for d in worded if d not in others and not any(d in m for m in known))
    if len(known) == 1:
        return (tuple(d for d in displays if d in {*known[0], *rest}),)
    return (*known, rest) if rest else known


def _with_coded(
    meanings: tuple[Displays, ...], coded: tuple[Displays, ...], displays: Displays
) -> tuple[Displays, ...]:
    """With the names that mean the same by their code; of several meanings each keeps its own."""
    apart = list(meanings)
    for group in coded:
        alone = len(coded) == 1 and len(apart) <= 1
        near = [g for g in apart if alone or set(g) & set(group)]
        whole = {d for g in (group, *near) for d in g} & set(displays)
        rest = [g for g in apart if g not in near]
        apart = [*rest, tuple(d for d in displays if d in whole)] if whole else apart
    return tuple(apart)


def _joined_to(groups: list[Group], own: Group, whole: str) -> list[Group]:
    """The groups with one more name: it narrows those that it belongs to, and adds to others.

    "Metoprolol succinate" is one drug; "lisinopril and losartan" are two, and the second says
    nothing about the first.
    """
    apart = [g for g in groups if _JOINED.search(_between(g, own, whole)) is not None]
    near = {d for g in groups if g not in apart for d in g.displays}
    narrowed = tuple(d for d in own.displays if d in near)
    if narrowed:
        return [*apart, Group(own.start, own.end, narrowed)]
    return [*groups, own]


def _by_number(text: QuestionText, groups: list[Group]) -> list[Group]:
    """The groups cut to the stage or strength that is said anywhere beside them ("stage 3")."""
    for (one, start, _), (other, _, end) in pairwise(tokens(text.text)):
        said = f"{one} {other}"
        if not (one[0].isdigit() or other[0].isdigit()) or end - start != len(said):
            continue
        cut = [tuple(d for d in g.displays if f" {said} " in f" {key(d)} ") for g in groups]
        if any(cut):
            groups = [
                replace(g, displays=c or g.displays) for g, c in zip(groups, cut, strict=True)
            ]
            text.blank(start, end)
    return groups


def _between(one: Group, other: Group, whole: str) -> str:
    return whole[min(one.end, other.end) : max(one.start, other.start)]


def take_close(text: QuestionText, displays: tuple[str, ...]) -> tuple[str, ...]:
    """The displays of one long name that the question, or the chart, misspells, blanked.

    Prednisone and prednisolone are two drugs: a word that may be either is neither.
    """
    own = own_words(displays)
    for said, start, end in tokens(text.text):
        if len(said) < LONG_NAME or said not in text.left():
            continue
        meant_word = misspelt_here(said, own) or nearest_word(said, own)
        if meant_word is None:
            continue
        found = _meanings(meant_word, _index(displays).get(meant_word, ()), displays)
        if found:
            text.blank(start, end)
            return tuple(dict.fromkeys(d for group in found for d in group))
    return ()


def _written(said: str) -> tuple[str, ...]:
    """How the chart may write what was said: as it is, in the singular, or another word."""
    _, single, _ = _forms(said)
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


def only(named: NamedThings, keep: Callable[[str], bool]) -> NamedThings:
    """What was named, cut to the displays that are to be kept."""
    groups = (tuple(d for d in group if keep(d)) for group in named.groups)
    displays = tuple(d for d in named.displays if keep(d))
    return replace(named, displays=displays, groups=tuple(g for g in groups if g))


def is_about(display: str, said: tuple[str, ...], question: str) -> bool:
    """Whether a procedure is done about a thing, and the question does not ask for such a one.

    "Radiation therapy" is a therapy; "chemotherapy for breast cancer" is no proof of the cancer.
    """
    parts, asked = key(display).split(), set(key(question).split())
    about, deeds = _sets("about"), _sets("deed")
    if asked & (about | deeds):
        return False
    of = next((n for n, w in enumerate(parts) if w in ("of", "for")), len(parts))
    named = _parts(said)
    aimed = bool(deeds & set(parts[:of])) and not any(w in named for w in parts[:of])
    return bool(about & set(parts)) or (aimed and of < len(parts))


def is_doubted(display: str, said: tuple[str, ...], question: str) -> bool:
    """Whether a name denies what was said, or says it of somebody else or as a fear."""
    if len(key(display).split()) > 1 and key(display) in key(question):
        return False  # asked for by its whole name, "without …" included
    doubts = _sets("doubt") & set(key(display).split())
    if doubts and not doubts & set(key(question).split()):
        return True
    return is_denied(display, said)


def doubting() -> frozenset[str]:
    """Words by which a name says a thing of somebody else, or as a fear."""
    return _sets("doubt")


def is_denied(display: str, said: tuple[str, ...]) -> bool:
    """Whether a name denies what was said of it ("no diabetic retinopathy")."""
    low = display.lower()
    named = _parts(said)
    spots = [start for word, start, _ in tokens(low) if word in named]
    return any(a <= spot < b for a, b in negation_scopes(low) for spot in spots)


def _parts(said: tuple[str, ...]) -> set[str]:
    """The single words of what was said, as charts may write them."""
    written = {part for words in said for whole in _written(words) for part in whole.split()}
    known = {part for words in said for name in names_of(words) for part in name.split()}
    return written | (known - _empty())


@lru_cache(maxsize=256)
def _runs(text: str) -> tuple[tuple[int, int, str], ...]:
    said = tokens(text)
    runs = []
    for length in range(min(LONGEST, len(said)), 0, -1):
        for first in range(len(said) - length + 1):
            run = said[first : first + length]
            gaps = pairwise(run)
            if all(0 <= b[1] - a[2] <= 3 for a, b in gaps):
                runs.append((run[0][1], run[-1][2], " ".join(w for w, _, _ in run)))
    return tuple(runs)


@site.remembered(64)
def _known(displays: tuple[str, ...]) -> frozenset[str]:
    """All words by which one of these names may be said: most runs of a question are none."""
    return frozenset((*_index(displays), *_synonyms(), *known_words(displays)))


def _forms(said: str) -> tuple[str, str, str]:
    """Words as they are said, and as one of what they may name several of."""
    single = f"{said[:-3]}y" if said.endswith("ies") else said.removesuffix("s")
    return (said, single, said.removesuffix("s"))


@site.remembered(64)
def _index(displays: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for display in displays:
        whole = key(display)
        bare = key(display.partition("(")[0])
        telling = telling_words(display)
        pairs = [" ".join(p) for p in pairwise(telling) if " ".join(p) in whole]
        parts = whole.split()
        pairs += [" ".join(p) for p in pairwise(parts) if not set(p) & _common()]
        for written in dict.fromkeys((whole, bare, *pairs, *telling)):
            if written:
                index[written] = (*index.get(written, ()), display)
    return index


def telling_words(display: str) -> tuple[str, ...]:
    """The words of a name of the chart by which it is told from others."""
    return tuple(
        w for w in key(display).split()
        if (len(w) >= SHORTEST_WORD or w.upper() in display.split())
        and not w[0].isdigit()
        and w not in _common()
    )  # fmt: skip


def is_telling(word: str) -> bool:
    """Whether a word alone may name a thing: "type", "stage" and "acute" name nothing."""
    return len(word) >= SHORTEST_WORD and word not in _common() and word not in _shared()


@site.remembered()
def _synonyms() -> dict[str, tuple[str, ...]]:
    table = site.table(TABLE)["synonyms"]
    return {said: tuple(others) for said, others in table.items()}


@site.remembered()
def _common() -> frozenset[str]:
    """Words that tell nothing in a pair either."""
    return _empty() | frozenset(words()["filler"]["words"])


def _empty() -> frozenset[str]:
    return _sets("empty")


def _shared() -> frozenset[str]:
    return _sets("shared")


@site.remembered(8)
def _sets(name: str) -> frozenset[str]:
    return frozenset(site.table(TABLE)[name]["words"])
