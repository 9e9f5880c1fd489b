"""Words of a question that nothing explains, read again as the words they are misspelt from.

A question that is understood is never respelt. What is left of one that is not is compared with
the vocabularies and the chart's own names; where one word alone can be meant the question is
read once more with it, and only a question that is then understood counts. Where two drugs may
be meant neither is taken: the reader is asked which.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.rewrites import rewritten
from pipelines.answers.question.text import key, plain
from pipelines.terms.spelling import SHORTEST, Spelling, is_known, nearest

if TYPE_CHECKING:
    from pipelines.answers.question.reading import Reading

WHICH = "“{said}” may be {names}; ask again with the name that is meant."


def read_respelt(
    reading: Reading, left: tuple[str, ...], names: Mapping[str, tuple[str, ...]]
) -> ChartQuestion | None:
    """The question read with its misspelt words put right, or asked about; None where neither."""
    from pipelines.answers.question.reading import read

    whole = reading.text.whole
    results = (name.display for name in reading.names)
    own = own_words((*(d for group in names.values() for d in group), *results))
    told = whole
    for word in dict.fromkeys(left):
        spelling = nearest(word, own)
        if spelling is not None and spelling.meant is None:
            return ChartQuestion(whole, "none", "decline", decline=which(word, spelling))
        if spelling is not None and spelling.meant is not None:
            told = re.sub(rf"\b{re.escape(word)}\b", spelling.meant, told)
    if told == whole or rewritten(plain(told)) == whole:
        return None
    again = read(told, reading.chart)
    understood = again.subject != "note" and not again.not_understood
    return replace(again, text=whole) if understood else None


def nearest_word(word: str, own: frozenset[str]) -> str | None:
    """The one word that is meant, or None."""
    spelling = nearest(word, own)
    return spelling.meant if spelling is not None else None


def misspelt_here(word: str, own: frozenset[str]) -> str | None:
    """The chart's own word for a known one that the chart misspells, or None."""
    if not is_known(word):
        return None
    found = [w for w in sorted(own) if not is_known(w) and nearest_word(w, frozenset()) == word]
    return found[0] if len(found) == 1 else None


def which(word: str, spelling: Spelling) -> str:
    """The sentence that names what a word may be and takes none of it."""
    return WHICH.format(said=word, names=" or ".join(spelling.between))


@lru_cache(maxsize=64)
def own_words(displays: tuple[str, ...]) -> frozenset[str]:
    """The words of a chart's names that are long enough to be recognised."""
    return frozenset(w for d in displays for w in key(d).split() if len(w) >= SHORTEST)
