"""The vocabulary's names in a question, as the chart's own names for the same things.

A chart files a drug under a brand, an international name or a product of several, a disease
under its long name or a code. What was said is taken to mean every name of the chart in which
the same entry is found, so that no entry of the chart is passed over for its wording. Where
one word may mean several things, what this chart has is meant, each by itself. The chart's
own brackets teach as well: "[Ventolin]" or "(TPA)" in one name stands for the entry in others.
What the chart does not have gives nothing here.
"""

from __future__ import annotations

import re

from pipelines.answers.question.text import key
from pipelines.terms import site
from pipelines.terms.vocabulary import Entry, entries_in, entries_said, load
from pipelines.terms.words import as_words

UNKNOWN_WORDS = "The words “{said}” of the question were not understood."
NOT_NAMED = "No entry of this chart is known here as “{said}”{also}."
Displays = tuple[str, ...]
_BRAND = re.compile(r"\[([^\]]+)\]")
_SHORT = re.compile(r"\(([A-Z][A-Za-z0-9-]{1,7})\)")


def meant(said: str, displays: Displays) -> tuple[Displays, ...]:
    """The chart's names of each thing that these words may mean; none where it has none."""
    found, entries = _found(displays), _entries(said)
    groups = [found[entry.key] for entry in entries if entry.key in found]
    learned = _learned(displays).get(said)
    if learned is not None:
        groups.append(learned)
    apart: list[Displays] = []
    for group in groups:
        near = [g for g in apart if set(g) & set(group)]
        whole = {*group, *(d for g in near for d in g)}
        apart = [g for g in apart if g not in near]
        apart += [tuple(d for d in displays if d in whole)] if whole else []
    return tuple(apart)


def known_words(displays: Displays) -> tuple[str, ...]:
    """All that may be said for something here: the vocabulary's words and those learned."""
    return (*load().said, *_learned(displays))


def is_disease(said: str) -> bool:
    """Whether several words are together the name of a problem that the vocabulary knows."""
    return " " in said and any(entry.kind == "problem" for entry in entries_said(said))


def other_things(said: str, displays: Displays) -> frozenset[str]:
    """Those of the names that a word makes another thing than was said ("pulmonary")."""
    excluded = frozenset(word for entry in _entries(said) for word in entry.excluded)
    if not excluded:
        return frozenset()
    return frozenset(d for d in displays if excluded & set(key(d).split()))


def names_of(said: str) -> tuple[str, ...]:
    """All names of what these words mean, as charts and notes may write them."""
    return tuple(dict.fromkeys(name for entry in _entries(said) for name in entry.names))


def unexplained(left: tuple[str, ...]) -> str:
    """The sentence for words that nothing explains; that a known name is not here is said so."""
    said = " ".join(left)
    entries = _entries(said)
    if not entries:
        return UNKNOWN_WORDS.format(said=said)
    titles = dict.fromkeys(entry.title for entry in entries if as_words(entry.title) != said)
    also = f" ({', '.join(titles)})" if titles else ""
    return NOT_NAMED.format(said=said, also=also)


def _entries(said: str) -> tuple[Entry, ...]:
    return entries_said(said) or (entries_said(said[:-1]) if said.endswith("s") else ())


@site.remembered(128)
def _found(displays: Displays) -> dict[str, Displays]:
    """Every entry that is found in these names, with the names."""
    found: dict[str, Displays] = {}
    for display in displays:
        for entry in entries_in(display):
            found[entry] = (*found.get(entry, ()), display)
    return found


@site.remembered(128)
def _learned(displays: Displays) -> dict[str, Displays]:
    """What stands in brackets in one name, with all names of the same single entry."""
    learned: dict[str, Displays] = {}
    for display in displays:
        entries = entries_in(display)
        if len(entries) != 1:
            continue
        for written in (*_BRAND.findall(display), *_SHORT.findall(display)):
            said = key(written)
            if said and not entries_said(said):
                learned[said] = _found(displays)[next(iter(entries))]
    return learned
