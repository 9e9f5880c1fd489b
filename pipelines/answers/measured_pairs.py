"""Two results of one measurement that are said as one: a blood pressure.

Both numbers must be plain, in one unit, of the same moment, unflagged and final, and their names
the same but for the word that tells them apart; whatever lacks one of these is told as two
sentences. Writer and judge both read the pair from the facts here, so that a sentence that sets
two readings of different times side by side has no pair to stand on.
"""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache

from pipelines.answers.evidence.items import TABLE, marks, name_of, shown_unit, shown_value
from pipelines.records.facts import Fact


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, str], re.Pattern[str]]:
    pairs = tomllib.loads(TABLE.read_text(encoding="utf-8"))["pairs"]
    first, second = pairs["concepts"]
    return (first, second), re.compile(rf"\b(?:{'|'.join(pairs['words'])})\b", re.IGNORECASE)


def pair_sentence(one: Fact, other: Fact) -> str | None:
    """`Blood pressure was 154/84 mmHg on 2026-11-21 12:30.`, or None where they are no pair."""
    if (one.concept, other.concept) != _table()[0] or one.when is None:
        return None
    name = _shared(one)
    together = one.when == other.when and one.unit == other.unit and name == _shared(other)
    if not (together and name and _plain(one) and _plain(other)):
        return None
    first, second = _number(one), _number(other)
    return f"{name} was {first}/{second}{shown_unit(one.unit)} on {one.when.clock}."


def _shared(fact: Fact) -> str:
    """What is left of the name, as the beginning of a sentence."""
    words = _table()[1].sub(" ", name_of(fact)).split()
    name = " ".join(w[0].lower() + w[1:] if w[1:].islower() else w for w in words)
    return name[:1].upper() + name[1:]


def _plain(fact: Fact) -> bool:
    return fact.value is not None and not fact.comparator and not marks(fact)


def _number(fact: Fact) -> str:
    return shown_value(fact).removesuffix(shown_unit(fact.unit))
