"""The words of a question, and which of them are already explained.

`QuestionText` hands out stretches that fit a phrase and blanks them, so that nothing is
explained twice and what is left at the end is what nobody understood; `meanings` are the chart's
names that some words mean by their codes. Phrases come from `question_words.toml`; whole words
only, the longest phrase first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question.rewrites import rewritten
from pipelines.terms.words import TOKEN

TABLE = Path(__file__).with_name("question_words.toml")
_TOKEN = TOKEN
_POSSESSIVE = re.compile(r"(?<=[a-z0-9])(?:'s|s')(?=\s|$|[?.,!])")
# "The patient's HCO3": a name with a digit after a possessive is no patient's number.
_OWN_NAME = re.compile(r"\b(patient|pt|subject)'s\s+(?=[a-z0-9/-]*\d)")
_SPACE = re.compile(r"\s+")


@lru_cache(maxsize=20_000)
def plain(question: str) -> str:
    """Lower case, straight quotes, no possessive, no question mark, single spaces."""
    text = question.lower().replace("\u2019", "'").replace("\u2018", "'")
    text = text.replace("\u2013", "-").replace("\u2014", " - ").replace("\u200b", "")
    text = re.sub(r"\bwhat's\b", "what is", text)
    text = re.sub(r"\bwho's\b", "who is", text)
    text = re.sub(r"\b(?:the |this )?pt's\b", "patient", text)
    text = _OWN_NAME.sub(r"\1 own ", text)
    text = _POSSESSIVE.sub(" ", text)
    text = re.sub(r"[?!]+", " ", text)
    text = re.sub(r"\.(?=\s|$)", " ", text)
    return _SPACE.sub(" ", text).strip()


def tokens(text: str) -> tuple[tuple[str, int, int], ...]:
    """The words of a text with their places."""
    return tuple((m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text))


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """A name as its words alone, by which names are compared."""
    return " ".join(word for word, _, _ in tokens(text.lower()))


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The table of phrases."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def phrase_words() -> frozenset[str]:
    """Every single word of the table: words of asking, never names of things."""
    lists = (x for part in words().values() for x in part.values())
    return frozenset(word for one in lists for said in one for word in key(said).split())


def any_of(phrases: list[str] | tuple[str, ...]) -> str:
    """A pattern for any of the phrases, the longest first."""
    return _any_of(tuple(phrases))


@lru_cache(maxsize=512)
def _any_of(phrases: tuple[str, ...]) -> str:
    ordered = sorted(phrases, key=len, reverse=True)
    return "(?:" + "|".join(r"\s+".join(map(re.escape, p.split())) for p in ordered) + ")"


@lru_cache(maxsize=512)
def phrase(pattern: str) -> re.Pattern[str]:
    """A pattern that fits whole words only."""
    return re.compile(rf"(?<![\w.])(?:{pattern})(?![\w])")


@lru_cache(maxsize=128)
def listed(section: str, name: str = "words") -> re.Pattern[str]:
    """The phrases of one list of the table as one pattern."""
    return phrase(any_of(words()[section][name]))


def asks_if(whole: str) -> bool:
    """Whether a question wants yes or no, by its beginning."""
    return _begins_yes_no().match(whole) is not None


@lru_cache(maxsize=1)
def _begins_yes_no() -> re.Pattern[str]:
    begins = "|".join(map(re.escape, words()["yes_no"]["begins"]))
    return re.compile(rf"(?:(?:so|and|well|ok|okay|hey|hi|please)\b[ ,]*)?(?:{begins})\b")


_ASKS_ELSE = (
    r"^(?!(?:what|which|when|who|whom|whose|where|why|how|show|give|list|tell|find|time|number|count"
    r"|last|latest|first|most|labs|meds|medications|drugs|tests|results|procedures|can|could|please)\b)"
)
_BARE = re.compile(_ASKS_ELSE)
_ASKED_LATER = re.compile(r"\b(?:what|which|who|whom|how|where|why)\b|, when\b")
_SHORT = re.compile(
    rf"{_ASKS_ELSE}(?:\S+ ){{1,6}}?"
    r"(?:ever )?(?:given|checked|done|measured|tested|drawn|received|administered|performed"
    r"|sent|charted|monitored|obtained|recorded|collected|run|logged|documented|taken|sampled)\b"
)


def asks_if_in_short(text: QuestionText) -> bool:
    """ "Lasix given last admission?": a question mark behind a thing and what was done with it."""
    asks_else = _ASKED_LATER.search(text.whole) is not None  # "in March, what was the pH drawn?"
    return text.marked and not asks_else and _SHORT.match(text.whole) is not None


def is_bare(text: QuestionText) -> bool:
    """A thing with a question mark and no word that asks: whether it is there."""
    return text.marked and _BARE.match(text.whole) is not None


class QuestionText:
    """The text of one question; `take` blanks what it finds, places stay what they were."""

    def __init__(
        self, question: str, meanings: Mapping[str, tuple[tuple[str, ...], ...]] | None = None
    ) -> None:
        self.whole = rewritten(plain(question))
        self.text = self.whole
        self.marked = question.rstrip().endswith("?")
        self.meanings = meanings or {}

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first stretch that fits, left where it is."""
        return pattern.search(self.text)

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The first stretch that fits, blanked."""
        found = pattern.search(self.text)
        if found is not None:
            self.blank(found.start(), found.end())
        return found

    def take_all(self, pattern: re.Pattern[str]) -> tuple[re.Match[str], ...]:
        """Every stretch that fits, blanked."""
        found = tuple(pattern.finditer(self.text))
        for match in found:
            self.blank(match.start(), match.end())
        return found

    def blank(self, start: int, end: int) -> None:
        """Mark a stretch as explained."""
        self.text = self.text[:start] + " " * (end - start) + self.text[end:]

    def left(self) -> tuple[str, ...]:
        """The words that nothing explained, without those that carry nothing."""
        filler = _filler()
        return tuple(w for w, _, _ in tokens(self.text) if w not in filler)


@lru_cache(maxsize=1)
def _filler() -> frozenset[str]:
    return frozenset(words()["filler"]["words"])
