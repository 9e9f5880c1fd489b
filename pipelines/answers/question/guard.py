"""The last look at a question: no word that narrows, negates or supposes may have been passed over.

In: the question as it was written and as it was understood. Out: the same, or a decline that
names the word. The readers explain words one by one and lists of words that carry nothing grow;
this net does not care how a word was lost. A word of `question_guard.toml` must come back in what
was understood: in a name of the thing asked for, a stretch of time, what a list leaves out.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.text import asks_if, key, plain
from pipelines.terms.concepts import load

TABLE = Path(__file__).with_name("question_guard.toml")
LONGEST_ENDING = 3
BY_FLAG = ("flag", "check", "exists", "direction")
FLAGS = ("normal", "abnormal", "high", "low")


@dataclass(frozen=True, slots=True)
class Family:
    """Words of one kind; `fields` are what of a question, besides names, honours them."""

    name: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    fields: frozenset[str]

    def said(self, whole: str) -> tuple[str, ...]:
        """The words of this kind that the question has, wordings of another sense left out."""
        text = self.unless.sub(" ", whole) if self.unless is not None else whole
        found = self.pattern.finditer(text)
        return tuple(next((g for g in m.groups() if g), m.group()) for m in found)


@dataclass(frozen=True, slots=True)
class Guard:
    """The table: its families, the subjects it watches and the sentence of a decline."""

    families: tuple[Family, ...]
    subjects: frozenset[str]
    says: str
    joins: re.Pattern[str]
    meaning: re.Pattern[str]
    knowledge: str


@lru_cache(maxsize=1)
def guard() -> Guard:
    """The table as it stands."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    families = tuple(
        Family(
            row["name"],
            re.compile("|".join(row["patterns"])),
            re.compile(row["unless"]) if "unless" in row else None,
            frozenset(row.get("fields", ())),
        )
        for row in table["family"]
    )
    return Guard(
        families, frozenset(table["subjects"]), table["says"],
        re.compile(table["joins"]), re.compile(table["meaning"]), table["knowledge"],
    )  # fmt: skip


def guarded(question: str, asked: ChartQuestion) -> ChartQuestion:
    """The question as understood, or declined for a word that it does not honour."""
    if asked.decline is not None:
        return asked
    if _asks_what_it_is(plain(question), asked):
        return replace(asked, decline=guard().knowledge)
    lost = lost_word(question, asked)
    if lost is None:
        return asked
    return replace(asked, decline=guard().says.format(word=lost), not_understood=True)


def lost_word(question: str, asked: ChartQuestion) -> str | None:
    """The first guarded word of the question that what was understood does not hold, or None."""
    table = guard()
    if asked.subject not in table.subjects:
        return None
    whole = plain(question)
    honoured = _honoured(asked)
    lost = _compound(whole, asked) or _judged(whole, asked) or _time_left_out(asked)
    if lost is not None:
        return lost
    for family in table.families:
        if family.fields & _fields(asked):
            continue
        for said in family.said(whole):
            if not all(_comes_back(word, honoured) for word in key(said).split()):
                return said
    return None


def _compound(whole: str, asked: ChartQuestion) -> str | None:
    """The part of a compound that the chart has no result of ("potassium intake"), or None."""
    without = [thing for thing in asked.things if not thing.code_keys]
    if len(without) in (0, len(asked.things)) or guard().joins.search(whole) is not None:
        return None
    return without[0].title.lower()


def _judged(whole: str, asked: ChartQuestion) -> str | None:
    """ "The highest normal potassium": only a question for the flag itself honours it."""
    flagged = asked.subject == "result" and asked.attribute in FLAGS
    shown = asked.ask in BY_FLAG or (asked.ask == "extreme" and asks_if(whole))
    return asked.attribute if flagged and not shown else None


def _time_left_out(asked: ChartQuestion) -> str | None:
    """The stretch of time of a question whose answer is of no time ("allergies in 1985")."""
    timeless = asked.subject in ("allergy", "patient") or (
        asked.subject == "medication" and asked.attribute == "active"
    )
    return asked.window.words if timeless and asked.window is not None else None


def _asks_what_it_is(whole: str, asked: ChartQuestion) -> bool:
    """ "What is septic shock?" asks what the word means, whoever has it."""
    named = asked.subject in ("problem", "procedure") and bool(asked.names)
    return named and guard().meaning.fullmatch(whole) is not None


def _fields(asked: ChartQuestion) -> frozenset[str]:
    """What the question asks for or leaves out, by name."""
    without = ("without",) if asked.without or asked.against is not None else ()
    elements = (asked.attribute or "").split()
    return frozenset((asked.ask, *without, *elements, asked.attribute or ""))


def _honoured(asked: ChartQuestion) -> frozenset[str]:
    """Every word that stands in what was understood."""
    known = load().by_key
    said = [
        *asked.names, *asked.unlisted, *asked.without, *asked.searched, asked.attribute or "",
        *(name for group in asked.groups for name in group),
        asked.window.words if asked.window else "", asked.stay.words if asked.stay else "",
        *(pick.stay.words for pick in asked.picks if pick.stay),
        *(word for group in asked.note_words for word in group),
    ]  # fmt: skip
    for thing in asked.things:
        concept = known.get(thing.concept or "")
        said += [thing.title, *(d for choice in thing.choices for d in choice)]
        said += concept.names if concept is not None else ()
    return frozenset(word for text in said for word in key(text).split())


def _comes_back(word: str, honoured: frozenset[str]) -> bool:
    """Whether a word, or another form of it, is among those of what was understood."""
    if word in honoured:
        return True
    stem = word[: max(len(word) - LONGEST_ENDING, 4)]
    return len(word) > LONGEST_ENDING + 1 and any(w.startswith(stem) for w in honoured)
