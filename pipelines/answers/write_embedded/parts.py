"""What every part of the embedded writer shares: abstaining, listing, cells and numbers.

A cell is a number as a number, a time as `YYYY-MM-DD HH:MM:SS`, a word in lower case. Numbers
that arithmetic made are cut to ten significant digits, so that floating-point dust is not shown
as precision; recorded numbers are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.answers.evidence.items import marks, name_of, result_line, shown_unit, shown_value
from pipelines.records.answers import Cell, Computation, Draft, DraftSentence, Threshold
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact
from pipelines.terms.units import same

MOST_SENTENCES = 100
SIGNIFICANT = 10
_PLURAL = re.compile(r"(?:cells|ts|phils|cytes|gases|ketones|casts|proteins|lipids|steroids)$")
BOUND_WORDS = {
    "greater": "above {value}{unit}",
    "less": "below {value}{unit}",
    "at_least": "{value}{unit} or above",
    "at_most": "{value}{unit} or below",
    "equal": "{value}{unit}",
    "between": "{value} to {upper}{unit}",
}


def abstained(sentence: str) -> Draft:
    """A draft without an answer."""
    return Draft(answerable=False, sentences=(), abstention=sentence)


def lines(items: Iterable[Evidence], values: tuple[tuple[Cell, ...], ...] = ()) -> Draft:
    """Each item's own line (a note's own words) as a sentence that cites it."""
    drafted = tuple(
        DraftSentence(i.text if i.passage is not None else i.line, (i.number,))
        for i in list(items)[:MOST_SENTENCES]
    )
    return Draft(answerable=True, sentences=drafted, values=values)


def computed(
    text: str, items: Iterable[Evidence], operation: str, result: Cell, unit: str | None = None
) -> DraftSentence:
    """A sentence of arithmetic over these items, the deciding one first."""
    return DraftSentence(text, tuple(i.number for i in items), Computation(operation, result, unit))


def exact(value: float) -> float:
    """A computed number without floating-point dust."""
    return float(f"{value:.{SIGNIFICANT}g}")


def shown_number(value: float) -> str:
    """A computed number as it is read: up to two decimals, more below one."""
    if value == int(value):
        return str(int(value))
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.3g}"


def cell_of(fact: Fact) -> Cell:
    """The value of a result as a cell: its number, or its words."""
    if fact.value is not None and not fact.comparator:
        return fact.value
    return shown_value(fact).lower() if fact.comparator else (fact.value_text or fact.quote).lower()


def stamp_of(item: Evidence) -> Cell:
    """The time of an item as a cell."""
    fact = item.fact
    return fact.when.stamp if fact is not None and fact.when is not None else ""


def fact_of(item: Evidence) -> Fact:
    """The fact of an item that is none of a note."""
    if item.fact is None:
        raise TypeError("a passage has no fact")
    return item.fact


def flag_clock(fact: Fact) -> str:
    """The flag and the time of a value, as they stand in brackets behind it."""
    flag = marks(fact).strip(" ()")
    when = fact.when.clock if fact.when is not None else "no date recorded"
    return f"{flag}, {when}" if flag else when


def sentence_of(fact: Fact) -> str:
    """`Potassium was 5.9 mmol/L (high) on 2026-11-22 05:30.`"""
    if fact.value is None:
        return f"{result_line(fact)}."  # words of the record stay one piece
    name = name_of(fact)
    rest = result_line(fact)[len(name) :].strip()
    if fact.when is None:
        return f"{name} {was(name)} {rest} (no date recorded)."
    value = rest[: -len(fact.when.clock)].strip()
    return f"{name} {was(name)} {value} on {fact.when.clock}."


def was(name: str) -> str:
    """`were` for a name that is a plural ("Platelets"), else `was`."""
    head = re.split(r"[,/(\[]| in | by | of ", name.lower())[0].split()
    return "were" if head and _PLURAL.search(head[-1]) else "was"


def lowered(name: str) -> str:
    """A name inside a sentence; abbreviations (`INR`, `pH`, `SpO2`) stay as they are."""
    return " ".join(w[0].lower() + w[1:] if w[1:].islower() else w for w in name.split())


def bound_words(bound: Threshold, unit: str | None) -> str:
    """`above 180 mg/dL`, `70 to 180 mg/dL`: in the unit of the question, else the record's."""
    as_recorded = unit if bound.unit and unit and same(bound.unit, unit) else bound.unit or unit
    return BOUND_WORDS[bound.relation].format(
        value=shown_number(bound.value),
        upper=shown_number(bound.upper or 0.0),
        unit=shown_unit(as_recorded),
    )
