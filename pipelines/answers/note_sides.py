"""Whether a sentence of a note says a thing, or denies or takes it back.

Notes contradict each other: a reaction that one shift saw another did not, and a report is taken
back. Read by the judge's own rules of negation; a sentence without any of its words says it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from pipelines.answers.question_narrative import any_pattern
from pipelines.answers.verify_reading import Reading, negation_scopes

Groups = Iterable[Collection[str]]


def denies(text: str, things: Groups) -> bool:
    """Whether a sentence denies one of the things that it is asked about, or takes it back."""
    low = " ".join(text.lower().split())
    if is_taken_back(low):
        return True
    scopes = negation_scopes(low)
    spots = [m.start() for group in things for w in group for m in word(w).finditer(low)]
    return any(start <= spot < end for spot in spots for start, end in scopes)


def is_taken_back(text: str) -> bool:
    """Whether a sentence says that something before it was wrong."""
    return any_pattern("sides", "taken_back").search(text.lower()) is not None


def disagree(readings: Sequence[Reading]) -> bool:
    """Whether one of these sentences denies or takes back what another of them says."""
    for one in readings:
        denied = {term.name for term in one.terms if term.negated}
        if is_taken_back(one.low):
            denied |= one.names
        others = [other for other in readings if other is not one]
        said = {t.name for other in others for t in other.terms if not t.negated}
        if denied & said:
            return True
    return False


@lru_cache(maxsize=2_000)
def word(said: str) -> re.Pattern[str]:
    """A word or phrase whole, its plural too; endings beyond that are listed, not guessed."""
    body = r"\s+".join(re.escape(part) for part in said.split())
    plural = "(?:s|es)?" if len(said) > 2 and not said.endswith("s") else ""
    singular = body[:-1] + "s?" if len(said) > 4 and said.endswith("s") else body + plural
    return re.compile(rf"(?<![a-z0-9.])(?:{singular})(?![a-z0-9])")
