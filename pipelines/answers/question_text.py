"""The words of a question, and which of them are already explained.

`QuestionText` hands out stretches that fit a phrase and blanks them, so that nothing is
explained twice and what is left at the end is what nobody understood. Phrases come from
`question_words.toml`; whole words only, the longest phrase first.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question_rewrites import rewritten

TABLE = Path(__file__).with_name("question_words.toml")
_TOKEN = re.compile(r"[a-z0-9]+(?:[.][0-9]+)?[+%]?")
_POSSESSIVE = re.compile(r"(?<=[a-z0-9])(?:'s|s')(?=\s|$|[?.,!])")
_SPACE = re.compile(r"\s+")


def plain(question: str) -> str:
    """Lower case, straight quotes, no possessive, no question mark, single spaces."""
    text = question.lower().replace("\u2019", "'").replace("\u2018", "'")
    text = text.replace("\u2013", "-").replace("\u2014", " - ").replace("\u200b", "")
    text = re.sub(r"\bwhat's\b", "what is", text)
    text = re.sub(r"\bwho's\b", "who is", text)
    text = re.sub(r"\b(?:the |this )?pt's\b", "patient", text)
    text = _POSSESSIVE.sub(" ", text)
    text = re.sub(r"[?!]+", " ", text)
    text = re.sub(r"\.(?=\s|$)", " ", text)
    return _SPACE.sub(" ", text).strip()


def tokens(text: str) -> tuple[tuple[str, int, int], ...]:
    """The words of a text with their places."""
    return tuple((m.group(), m.start(), m.end()) for m in _TOKEN.finditer(text))


def key(text: str) -> str:
    """A name as its words alone, by which names are compared."""
    return " ".join(word for word, _, _ in tokens(text.lower()))


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """The table of phrases."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def any_of(phrases: list[str] | tuple[str, ...]) -> str:
    """A pattern for any of the phrases, the longest first."""
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
    begins = words()["yes_no"]["begins"]
    start = re.sub(r"^(?:so|and|well|ok|okay|hey|hi|please)\b[ ,]*", "", whole)
    return any(re.match(rf"{re.escape(begin)}\b", start) for begin in begins)


class QuestionText:
    """The text of one question; `take` blanks what it finds, places stay what they were."""

    def __init__(self, question: str) -> None:
        self.whole = rewritten(plain(question))
        self.text = self.whole

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
