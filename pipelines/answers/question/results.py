"""Words that mean something only beside a named result: ends of a series, days, units, fillers.

In: a question in which a result was found, its stretch blanked. Out: what the words say, taken
out of the text. They are read here and not for every question, since "started", "sent" or "days"
mean other things of a drug or a stay. A word that tells one specimen from another is no filler,
and an end that begins something else ("started to fall") is none.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.question import Thing
from pipelines.answers.question.scope import take_choice
from pipelines.answers.question.text import QuestionText, any_of, listed, phrase

TABLE = Path(__file__).with_name("question_results.toml")
BOTH = {"minimum": "minimum and maximum", "maximum": "maximum and minimum"}
"""What is asked where the lowest and the highest are wanted at once, in the order asked."""

AS_DRUG = phrase(
    r"(?:given|administered|infused|infusion|doses?|dosage|received|replaced|repleted)"
)
_SPREAD = phrase(r"ranges?|ranged|spreads?|span|limits|bounds")
_EVER = re.compile(r"ever|at any time|at any point|at some point")
_PERCENT = re.compile(r"\(?\b(?:(?:in|as)\s+)?(?:a\s+)?percent(?:age)?s?\b\)?")
_IN_UNIT = r"(?:,?\s*\(?\b(?:expressed |measured |reported |given |told )?(?:in|as)\s+|\(\s*|,\s*)"


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The table of words beside results."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _ends() -> tuple[tuple[int, re.Pattern[str]], ...]:
    other = (
        r"(?!\s+(?:to\s+(?!the\b|its\b|end|last|finish|final|clos)"
        r"|(?:ris|fall|dropp|climb|go|gett|tak|declin|increas|decreas)\w*ing\b))"
    )
    return tuple((int(n), phrase(any_of(said) + other)) for n, said in table()["ends"].items())


def take_ends(text: QuestionText) -> tuple[tuple[int, int], ...]:
    """Where the text says the first or the last by a beginning or an end, with its position."""
    return tuple((m.start(), n) for n, said in _ends() for m in text.take_all(said))


@lru_cache(maxsize=1)
def _days() -> re.Pattern[str]:
    said = table()["days"]
    nouns, behind = any_of(said["nouns"]), any_of(said["behind"])
    return phrase(
        rf"(?:on\s+)?{any_of(said['asked'])}\s+{nouns}"
        rf"|(?:every|each)\s+date(?=\s+{behind}\b)"
        rf"|(?:(?:the|all|all\s+the|every|each|any)\s+)?{nouns}(?=\s+{behind}\b)"
    )


def take_days(text: QuestionText) -> bool:
    """Whether days are the answer that is wanted."""
    return bool(text.take_all(_days()))


def take_both(text: QuestionText, extreme: str | None) -> str | None:
    """The extreme, or both where the other one is asked for as well."""
    other = take_choice(text, "extreme") if extreme is not None else None
    if not extreme or not other or other == extreme:
        return extreme
    text.take_all(_SPREAD)
    return BOTH[extreme]


def take_unit(text: QuestionText, *, share: bool) -> str | None:
    """The unit that a value is asked in, or None; a share is always told in percent."""
    if share:
        text.take_all(_PERCENT)
        return None
    units = any_of(table()["units"]["words"])
    found = text.take(re.compile(rf"{_IN_UNIT}(?P<unit>{units})(?![\w/])\)?")) or text.take(
        re.compile(rf"(?<=\s)(?P<unit>{units})(?![\w/])(?=\s*(?:$|[,;.=]))")  # "ferritin ng/mL"
    )
    return " ".join(found["unit"].split()) if found is not None else None


def take_ratio_unit(text: QuestionText) -> str | None:
    """A unit with a stroke that a value is asked in, before its "mg" is taken for magnesium."""
    ratios = any_of([u for u in table()["units"]["words"] if "/" in u])
    found = text.take(re.compile(rf"{_IN_UNIT}(?P<unit>{ratios})(?![\w/])\)?"))
    return " ".join(found["unit"].split()) if found is not None else None


def only_ever(taken: tuple[re.Match[str], ...]) -> bool:
    """Whether the words for "all" only said "ever": beside a place in time it adds nothing."""
    return all(_EVER.fullmatch(" ".join(m.group().split())) for m in taken)


def take_change(text: QuestionText) -> bool:
    """Whether a change is asked for in words that mean one only of a result."""
    return bool(text.take_all(phrase(any_of(table()["change"]["words"]))))


def is_of_a_result(text: QuestionText) -> bool:
    """Whether words that go with results stand beside a name that drugs have as well."""
    return text.find(phrase(any_of(table()["cue"]["words"]))) is not None


def take_fillers(text: QuestionText) -> None:
    """Blank the words that add nothing beside a result."""
    text.take_all(phrase(any_of(table()["filler"]["words"])))


def way_asked(text: QuestionText) -> str | None:
    """Whether results are asked to be on the rise or fall now, or on the mend."""
    for way in ("rising", "falling", "turning"):
        if text.take(listed("way", way)) is not None:
            return way
    return None


def asks_what_grew(text: QuestionText, things: tuple[Thing, ...]) -> bool:
    """Whether cultures are asked about; what grew is told of every one of them."""
    if not any("culture" in thing.title.lower() for thing in things):
        return False
    return bool(text.take_all(listed("way", "grew")))


def direction_asked(text: QuestionText) -> str | None:
    """Which way a change is asked to have gone: `did it fall` asks for less than before."""
    if text.find(listed("difference", "up")) is not None:
        return "greater"
    return "less" if text.find(listed("difference", "down")) is not None else None
