"""How a line of the briefing reads: short, the same way every time, in the record's own numbers.

Nothing is converted. A number is shortened only where the record writes more than three decimals;
its source shows them all. A flag is a word, with the range it rests on and, where that is
not the record's, whose range it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from pipelines.records.facts import Fact
from pipelines.records.moments import Moment
from pipelines.terms import concepts
from pipelines.terms.limits import RECORDED

FLAG_WORDS = {
    "H": "high",
    "L": "low",
    "HH": "critical high",
    "LL": "critical low",
    "A": "abnormal",
    "AA": "critical abnormal",
}
UNIT_WORDS = {
    "mm[Hg]": "mmHg", "Cel": "°C", "[degF]": "°F", "{score}": "", "score": "",
    "{beats}/min": "/min", "beats/min": "/min", "{breaths}/min": "/min", "breaths/min": "/min",
    "{INR}": "", "{count}": "", "{#}": "", "[pH]": "", "10*3/uL": "10^3/uL", "10*6/uL": "10^6/uL",
    "mL/min/{1.73_m2}": "mL/min/1.73m2",
}  # fmt: skip
MOST_DECIMALS = 3
_ROUND = str.maketrans("[]", "()")
_BRACKETS = re.compile(r"\s*\[[^\]]*\]|\s+in (?:Serum or Plasma|Serum|Plasma|Blood|Urine)\b.*$")


def name(fact: Fact) -> str:
    """The thing's short name: the house's term, else the record's without its LOINC tail."""
    if fact.concept:
        return concepts.title(fact.concept)
    return plain(_BRACKETS.sub("", fact.display)) or plain(fact.display)


def plain(text: str) -> str:
    """A name of the record on one line; square brackets become round ones.

    The judge takes `[E. coli] (coded …` for a link, as a Markdown viewer would.
    """
    return one_line(text).translate(_ROUND)


def one_line(text: str) -> str:
    """Text on one line, otherwise as it is."""
    return " ".join(text.split())


def unit(fact: Fact) -> str:
    """The unit as a clinician writes it, with the space before it."""
    word = UNIT_WORDS.get(fact.unit, plain(fact.unit)) if fact.unit else ""
    return f" {word}" if word and word != name(fact) else ""


def numbers(facts: Sequence[Fact]) -> list[str]:
    """The values as written, long ones short; `.0` goes where every value of the group ends so."""
    written = [
        fact.value_text or (f"{fact.value:g}" if fact.value is not None else "") for fact in facts
    ]
    whole = all(text.endswith(".0") for text in written)
    texts = [text.removesuffix(".0") if whole else short(text) for text in written]
    return [
        f"{fact.comparator or ''}{plain(text)}" for fact, text in zip(facts, texts, strict=True)
    ]


def short(text: str) -> str:
    """A number with more than three decimals to two, or to three digits that count."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -MOST_DECIMALS:
        return text
    decimals = max(2, 2 - number.adjusted()) if number else 2
    return f"{number:.{min(decimals, -exponent)}f}"


def mark(fact: Fact) -> str:
    """What is said of a value in brackets: its flag and range, or that there is none."""
    said = _flagged(fact)
    return f"{said}, {fact.status_word}" if fact.status_word else said


def bracketed(fact: Fact) -> str:
    """The mark in brackets; of a result in words, that it has no range is not worth saying."""
    is_bare = fact.value is None and fact.flag is None and fact.flag_source is None
    said = fact.status_word if is_bare else mark(fact)
    return f" ({said})" if said else ""


def _flagged(fact: Fact) -> str:
    source = fact.flag_source
    if source is None:
        return "no range"
    if fact.flag is None:
        word = "in range" if _limits(fact) or source == "interpretation" else "no range"
    else:
        word = FLAG_WORDS.get(fact.flag, fact.flag)
    if source in RECORDED:
        return f"{word}, range {_limits(fact)}" if _limits(fact) and fact.flag else word
    recorded, _comma, policy = source.partition(", ")
    if recorded in RECORDED:
        limits = f", range {_limits(fact)}" if _limits(fact) else ""
        return f"{word} by {policy}{limits}"
    return f"{word}, {source} {_limits(fact)}".rstrip()


def _limits(fact: Fact) -> str:
    reference = fact.reference_range
    if reference is None or (reference.low is None and reference.high is None):
        return ""
    if reference.low is None:
        return f"up to {reference.high:g}"
    if reference.high is None:
        return f"from {reference.low:g}"
    return f"{reference.low:g}\u2013{reference.high:g}"


def clock(moment: Moment | None) -> str:
    """When, as written; a thing without a time says so."""
    return moment.clock if moment else "undated"


def clock_after(moment: Moment | None, earlier: Moment | None) -> str:
    """When, without the day where it is the day just named."""
    if moment and earlier and moment.has_time and earlier.day == moment.day:
        return moment.clock.removeprefix(f"{moment.day} ")
    return clock(moment)
