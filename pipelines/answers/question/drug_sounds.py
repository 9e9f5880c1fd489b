"""A drug of the chart by how its name sounds: "lasics" is Lasix, "metroprolol" is none.

In: the text of a question and the chart's names. Out: the names of the one drug that a word
sounds like, letter for letter of its sound; a word that is spelt like any known one is left alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.answers.question.names import take_names
from pipelines.answers.question.text import QuestionText, tokens
from pipelines.answers.question.vocabulary import known_words
from pipelines.terms import site
from pipelines.terms.spelling import SHORTEST, is_known

# Each word is sounded once: a question to 100 charts has the same 3,000 words 100 times.
_SOUNDS = (
    (r"ph", "f"), (r"x", "ks"), (r"c(?=[eiy])", "s"), (r"ch|ck|c|q", "k"), (r"y", "i"),
    (r"z", "s"), (r"th", "t"), (r"ae|oe", "e"), (r"h", ""), (r"(.)\1+", r"\1"), (r"e$", ""),
)  # fmt: skip


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """The word by its sound."""
    for written, said in _SOUNDS:
        word = re.sub(written, said, word)
    return word


def sounded(text: QuestionText, displays: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the drug that a word left in the text sounds like, blanked; else ()."""
    for word, start, end in tokens(text.text):
        if len(word) < SHORTEST or not word.isalpha() or is_known(word):
            continue
        found = {
            d
            for said in _by_sound(displays).get(sound(word), ())
            for d in take_names(QuestionText(said), displays).displays
        }
        if found:
            text.blank(start, end)
            return tuple(d for d in displays if d in found)
    return ()


@site.remembered(64)
def _by_sound(displays: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    own = (word for d in displays for word, _, _ in tokens(d.lower()))
    sounds: dict[str, tuple[str, ...]] = {}
    for word in dict.fromkeys((*own, *known_words(displays))):
        if len(word) >= SHORTEST and word.isalpha():
            sounds[sound(word)] = (*sounds.get(sound(word), ()), word)
    return sounds
