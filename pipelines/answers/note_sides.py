"""Whether a sentence of a note says a thing, or denies or takes it back.

Notes contradict each other: a reaction that one shift saw another did not, and a report is taken
back. Read by the judge's own rules of negation; a sentence without any of its words says it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from pipelines.answers.question.narrative import any_pattern
from pipelines.answers.verify.language import language
from pipelines.answers.verify.reading import Reading, negation_scopes

Groups = Iterable[Collection[str]]


def denies(text: str, things: Groups) -> bool:
    """Whether a sentence denies one of the things that it is asked about, or takes it back."""
    low = " ".join(text.lower().split())
    if is_taken_back(low):
        return True
    scopes = _scopes(low)
    spots = [m.start() for group in things for w in group for m in word(w).finditer(low)]
    return any(start <= spot < end for spot in spots for start, end in scopes)


def _scopes(low: str) -> tuple[tuple[int, int], ...]:
    """Where a sentence denies: by the judge's rules, and in the forms of notes ("Pain: none")."""
    own = (m.span() for m in any_pattern("sides", "denied").finditer(low))
    partial = any_pattern("sides", "partial")
    whole = [s for s in negation_scopes(low) if not partial.match(low[s[0] : s[1]].lstrip())]
    return (*whole, *own)


def denied_word(text: str, things: Groups) -> str | None:
    """The word by which a sentence denies what is asked; None where it says any part of it."""
    low = " ".join(text.lower().split())
    scopes = _scopes(low)
    found: str | None = None
    for group in things:
        for w in sorted(group, key=len, reverse=True):
            spots = list(word(w).finditer(low))
            if not spots:
                continue
            if not all(any(a <= spot.start() < b for a, b in scopes) for spot in spots):
                return None
            found = found or spots[0].group()
            break
    return found


def says(text: str, things: Groups) -> bool:
    """Whether a sentence has a word of the things and does not deny it."""
    low = " ".join(text.lower().split())
    named = any(word(w).search(low) for group in things for w in group)
    return named and not denies(text, things)


def is_of_another(text: str) -> bool:
    """Whether a sentence, in lower case, is about a relative or somebody else.

    A relative who tells of the patient ("wife reports he fell") is not who it is about.
    """
    if any_pattern("relatives", "others").search(text) is not None:
        return True
    if any_pattern("relatives", "tells").search(text) is not None:
        return False
    return _subject().match(text) is not None or _of_whom().search(text) is not None


@lru_cache(maxsize=1)
def _subject() -> re.Pattern[str]:
    return re.compile(
        r"(?:[a-z]+: )?(?:(?:his|her|the|a|one|two|three|both|older|younger|maternal|paternal) )*"
        + language().modifiers["family"].pattern
    )


@lru_cache(maxsize=1)
def _of_whom() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:in|of) (?:(?:his|her|the|a|one|two|both) )*"
        + language().modifiers["family"].pattern.replace("(?![a-z0-9])", "s?(?![a-z0-9])")
    )


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
