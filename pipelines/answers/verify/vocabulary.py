"""One thing under two names: brand and generic, abbreviation and full name, lay word and diagnosis.

Promises: the house's vocabulary (`terms.vocabulary`) decides, by whole names, the longest first:
"pulmonary hypertension" is not covered by hypertension, and names that look or sound alike are
entries of their own. A product of two drugs is not covered by one of them.
"""

from __future__ import annotations

import re

from pipelines.terms import site
from pipelines.terms.vocabulary import LONGEST, entries_in, entries_said, load
from pipelines.terms.words import as_words

_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")


def same_thing(one: str, other: str) -> bool:
    """Whether a name, as people say it, is a name of what the chart calls `other`."""
    return bool(_keys(as_words(one)) & entries_in(other))


@site.remembered(4096)
def covered(low: str, name: str) -> tuple[tuple[int, int], ...]:
    """The stretches of a lower-case text that name what the chart calls `name`."""
    held = entries_in(name)
    spots = [match.span() for match in _WORD.finditer(low)]
    found, at = [], 0
    while held and at < len(spots):
        for last in range(min(at + LONGEST, len(spots)), at, -1):
            start, end = spots[at][0], spots[last - 1][1]
            keys = _keys(as_words(low[start:end])) if _is_one_line(low[start:end]) else frozenset()
            if keys:
                found += [(start, end)] if keys & held else []
                at = last
                break
        else:
            at += 1
    return tuple(found)


def _is_one_line(stretch: str) -> bool:
    return not any(mark in stretch for mark in ",;:.()")


@site.remembered(4096)
def _keys(said: str) -> frozenset[str]:
    known = {entry.key for entry in entries_said(said)}
    return frozenset(known | set(load().written.get(said, ())))
