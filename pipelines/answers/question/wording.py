"""The way a question is put, made plain: courtesies go, short forms are written out.

It runs before anything of the question is understood and knows no chart: only phrases of
`question_wording.toml` are touched, and a mistyped word only where it is none of the words of
asking already and exactly one of the often mistyped ones is a slip away. What was asked is never
changed; a name of a drug or a test is left to the readers of those.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question.text import any_of, words

TABLE = Path(__file__).with_name("question_wording.toml")
SHORTEST_MISTYPED = 5
HUNDRED = 100
_WORD = re.compile(r"[A-Za-z]+")
_LOOSE = re.compile(r"(?:^[\s,.;:!-]+|(?<=\s)[,;](?=\s)|\s+[,.;:!-]+$)")


def worded(question: str) -> str:
    """The question as one would put it plainly; itself where nothing is left of it."""
    text = question
    for pattern in _courtesies():
        text = pattern.sub(" ", text)
    text = _written_out().sub(lambda m: _table()["written_out"][_key(m.group())], text)
    text = _WORD.sub(lambda m: _retyped(m.group()), text)
    text = _bounds().sub(_in_digits, text)
    text = re.sub(r"\s+", " ", text)
    text = _LOOSE.sub("", text).strip()
    return text if _WORD.search(text) else question


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _courtesies() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(p, re.IGNORECASE) for p in _table()["courtesy"]["patterns"])


@lru_cache(maxsize=1)
def _written_out() -> re.Pattern[str]:
    shorts = any_of(tuple(_table()["written_out"]))
    return re.compile(rf"(?<![\w/.-]){shorts}(?![\w/-])", re.IGNORECASE)


def _key(written: str) -> str:
    return " ".join(written.lower().split())


@lru_cache(maxsize=512)
def _retyped(word: str) -> str:
    """The often mistyped word that this is one slip away from, or the word itself."""
    from rapidfuzz.distance import OSA

    low = word.lower()
    if len(low) < SHORTEST_MISTYPED or low in _own_words():
        return word
    wanted = [w for w in _table()["mistyped"]["words"] if OSA.distance(low, w) == 1]
    wanted = [w for w in wanted if len(w) != len(low) or sorted(w) == sorted(low)]
    return wanted[0] if len(wanted) == 1 else word


@lru_cache(maxsize=1)
def _own_words() -> frozenset[str]:
    """Every word that some list of the table of asking has: none of them is a slip."""
    found: set[str] = set()

    def gather(value: object) -> None:
        if isinstance(value, str):
            found.update(value.split())
        elif isinstance(value, dict):
            for inner in value.values():
                gather(inner)
        elif isinstance(value, list):
            for inner in value:
                gather(inner)

    gather(words())
    return frozenset(found)


@lru_cache(maxsize=1)
def _bounds() -> re.Pattern[str]:
    """A bound and the number in words behind it."""
    relations = any_of([p for phrases in words()["relation"].values() for p in phrases])
    number = any_of((*_table()["numbers"], "hundred", "a hundred"))
    return re.compile(
        rf"\b(?P<bound>{relations})\s+(?P<number>{number}(?:[\s-]+(?:and\s+)?{number})*)\b",
        re.IGNORECASE,
    )


def _in_digits(found: re.Match[str]) -> str:
    total = 0
    for word in re.findall(r"[a-z]+", found["number"].lower()):
        if word == "hundred":
            total = max(total, 1) * HUNDRED
        else:
            total += _table()["numbers"].get(word, 0)
    return f"{found['bound']} {total}"
