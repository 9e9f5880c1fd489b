"""What the cues of a question say, wherever they stand: elements wanted, kinds of records named.

The table `question_by_words.toml` is the whole of it. A cue explains itself and nothing beside it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question import Pick, Window
from pipelines.answers.question.scope import PlacedStay
from pipelines.answers.question.text import QuestionText, any_of, asks_if, phrase
from pipelines.answers.question.words_held import Records

TABLE = Path(__file__).with_name("question_by_words.toml")
OF_BILLS = ("bill", "decision")
CODES = frozenset(("code", "icd9", "icd10", "icd", "snomed", "cvx"))
MONEY = frozenset(("amount", "paid", "decision"))
# Kinds that are looked at where no noun names one; of two that hold the words alike, the first.
FREELY = ("immunization", "procedure", "problem", "allergy", "device")
OF_A_VISIT = frozenset(("who", "where", "why", "number", "left"))
_DOSES = re.compile(r"\bdoses\b")
_WHAT_FOR = re.compile(r"\bwhat (?:was|is|were|did)\b.* for$")
_AM_I_RIGHT = re.compile(
    r"\bam i (?:correct|right)\b|\bis it (?:true|correct|right)\b|\b(?:correct|right|true) that\b"
    r"|\bconfirm (?:that|whether|if)\b|\b(?:is|are) .* (?:among|on) (?:the|his|her) "
    r"|^(?:she|he|they|patient|pt) .*[, ](?:right|correct|yes|true)$"
)


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table of words."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@dataclass(slots=True)
class Asked:
    """What the cues of a question say: elements wanted, kinds named, words left to be held."""

    text: QuestionText
    wanted: set[str] = field(default_factory=set)
    nouns: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    sets: list[Records] = field(default_factory=list)
    strong: int = 0


@dataclass(frozen=True, slots=True)
class Scope:
    """When and where the question is about, and which of them."""

    window: Window | None
    stays: tuple[PlacedStay, ...]
    picks: tuple[Pick, ...]


# "Is the defibrillator on?" asks how it works, which no record of it says.
_RUNS = re.compile(r"^(?:is|was|are|were) .+ (?:on|off|up)$")


def never(whole: str) -> bool:
    """Whether the question narrows, negates, supposes or is about somebody else."""
    bare = said_in("unless").sub(" ", whole)
    return said_in("never").search(bare) is not None or _RUNS.search(bare) is not None


@lru_cache(maxsize=8)
def said_in(name: str) -> re.Pattern[str]:
    """The phrases of one list of the table as one pattern."""
    return phrase(any_of(table()[name]))


@lru_cache(maxsize=32)
def noun(kind: str) -> re.Pattern[str]:
    """The words that name one kind of record."""
    return phrase(any_of(table()["noun"][kind]))


@lru_cache(maxsize=1)
def _cues() -> tuple[re.Pattern[str], Mapping[str, tuple[tuple[str, str], ...]]]:
    """Every phrase that says what is wanted or names a kind, as one pattern; and its meanings."""
    means: dict[str, list[tuple[str, str]]] = {}
    for name, one in table()["wanted"].items():
        for said in one["said"]:
            means.setdefault(said, []).append(("wanted", name))
    for kind, said_of in table()["noun"].items():
        for said in said_of:
            means.setdefault(said, []).append(("noun", kind))
    pattern = phrase(any_of(tuple(means)))
    return pattern, {said: tuple(meanings) for said, meanings in means.items()}


def take_cues(asked: Asked) -> None:
    """Take every cue of the text, wherever it stands, and keep what it means."""
    pattern, means = _cues()
    for match in asked.text.take_all(pattern):
        for part, name in means[" ".join(match.group().split())]:
            (asked.wanted if part == "wanted" else asked.nouns).add(name)
    if _DOSES.search(asked.text.whole) and not asked.wanted:
        asked.wanted.add("count")
    if _WHAT_FOR.search(asked.text.whole.strip(" .?")) is not None:
        asked.wanted.add("why")


def kinds_of(asked: Asked) -> tuple[str, ...]:
    """The kinds that may be meant: those named, or those that have what is wanted."""
    if asked.wanted & CODES:
        asked.wanted.discard("amount")
        asked.nouns -= {"bill", "visit"}
    if {"visit", "team"} <= asked.nouns:
        asked.nouns.discard("team")
    wanted = table()["wanted"].items()
    only = [tuple(w["kinds"]) for name, w in wanted if name in asked.wanted and "kinds" in w]
    nouns = {"decision" if n == "bill" and asked.wanted & {"paid", "decision"} else n
             for n in asked.nouns}  # fmt: skip
    if "amount" in asked.wanted and not asked.wanted & {"paid", "decision"}:
        nouns = (nouns - {"visit", "procedure", "immunization"}) | {"bill"}
    if asked.wanted & {"paid", "decision"}:
        return ("decision",)
    freely = nouns <= {"visit"}
    kinds = [*FREELY, *nouns] if freely else sorted(nouns - {"visit"})
    if not asked.nouns and asked.wanted & OF_A_VISIT:
        kinds.append("visit")
    if only and not freely:
        return tuple(k for k in kinds if any(k in kinds_ for kinds_ in only)) or tuple(kinds)
    if only:
        several = tuple(dict.fromkeys(kind for kinds_ in only for kind in kinds_))
        return tuple(dict.fromkeys((*(k for k in kinds if k in several),
                                    *(k for k in several if len(several) < 3))))  # fmt: skip
    return tuple(dict.fromkeys(kinds))


def yes_or_no(whole: str) -> bool:
    """Whether yes or no is wanted, by the beginning or by “am I right”."""
    return asks_if(whole) or _AM_I_RIGHT.search(whole) is not None
