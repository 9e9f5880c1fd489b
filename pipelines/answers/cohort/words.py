"""The words of a question about many patients → the question that is asked of each of them.

"Which of these have potassium > 5.5 now" asks of one patient whether the newest potassium is above
5.5; "latest creatinine of everyone" asks of one what the latest creatinine is. What the frame
leaves over is not touched: no word that narrows a question is lost here. Words that no frame fits
are asked of each patient as they stand.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("cohort_words.toml")
_SPACE = re.compile(r"\s+")
_ONE_OF = {"are": "is", "were": "was"}
NEWEST = "is the latest {rest}"
"""How a bound on the newest result is asked of one patient."""


@dataclass(frozen=True, slots=True)
class CohortWords:
    """What is asked of each patient.

    `asks` is the question about one patient; `newest` the same about the newest result alone,
    where nothing in the words means another time (None otherwise). `is_yes_no` says that a frame
    of "which of them" was found: rows are then yes or no. `decline` is the sentence for words that
    cannot be asked of many: a "not", which would mix what is denied with what is not recorded.
    """

    asks: str
    newest: str | None
    is_yes_no: bool
    decline: str | None = None


def read(question: str) -> CohortWords:
    """Read a question about many patients; never empty for a question that is not."""
    text = _SPACE.sub(" ", question).strip().strip("?.! ").replace("\u2019", "'")
    without = _without_everyone(text)
    for pattern, asks in _frames():
        found = pattern.match(without)
        if found is not None:
            return _framed(found, asks)
    is_now = not _says(_then(), without)
    decline = _table()["negated"]["says"] if _chooses().match(text) and _denied(text) else None
    newest = NEWEST.format(rest=_bare(without)) if is_now else None
    return CohortWords(without, newest, False, decline)


def _framed(found: re.Match[str], asks: str) -> CohortWords:
    parts = {name: value or "" for name, value in found.groupdict().items()}
    verb = parts.get("verb", "").lower()
    parts["verb_one"] = _ONE_OF.get(verb, verb)
    asked = _SPACE.sub(" ", asks.format(**parts)).strip()
    said = " ".join(parts[name] for name in ("thing", "rest") if parts.get(name))
    other_time = _says(_then(), said) or verb in _table()["then"]["verbs"]
    if other_time and verb in ("had", "have had", "has had"):
        asked = asked.replace("does the patient have", "did the patient ever have", 1)
    newest = None if other_time else NEWEST.format(rest=_bare(said))
    decline = _table()["negated"]["says"] if _denied(said) else None
    return CohortWords(asked, newest, True, decline)


def _without_everyone(text: str) -> str:
    """The text without the words that only say: of each of them."""
    for place in ("before", "behind"):
        for pattern in _everyone(place):
            cut = pattern.sub("", text, count=1).strip(" ,")
            if cut:
                text = cut
    return text


def _bare(text: str) -> str:
    """What is asked for, without the words for "now" and the beginning of a question."""
    bare = _now().sub(" ", text)
    bare = re.sub(r"(?i)^\s*(?:what|how)(?: is|'s| are| was| were| high is| low is)?\s+", " ", bare)
    bare = re.sub(r"(?i)^\s*(?:is|are|the|a|an|any|their)\s+", " ", bare)
    bare = re.sub(r"(?i)^\s*(?:the|a|an|any|their)\s+", " ", bare)
    return _SPACE.sub(" ", bare).strip(" ,")


def _denied(text: str) -> bool:
    return _says(_negated(), text)


def _says(words: re.Pattern[str], text: str) -> bool:
    return words.search(text) is not None


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _frames() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(row["pattern"], re.I), row["asks"]) for row in _table()["frame"])


@lru_cache(maxsize=2)
def _everyone(place: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.I) for pattern in _table()["everyone"][place])


@lru_cache(maxsize=1)
def _now() -> re.Pattern[str]:
    return _any(_table()["now"]["words"])


@lru_cache(maxsize=1)
def _then() -> re.Pattern[str]:
    return _any(_table()["then"]["words"])


@lru_cache(maxsize=1)
def _chooses() -> re.Pattern[str]:
    """Beginnings that choose among patients, whether or not a frame fits what follows."""
    return re.compile(_table()["negated"]["chooses"], re.I)


@lru_cache(maxsize=1)
def _negated() -> re.Pattern[str]:
    return _any(_table()["negated"]["words"])


def _any(words: list[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in longest_first)})\b", re.I)
