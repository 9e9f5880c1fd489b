"""Two results set against each other: which is higher, and by how much.

The result asked about stands first, its yardstick second; both are said with their times, and the
side in words. The judge does the arithmetic again over the two that are cited.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.answers.evidence.items import name_of, shown_unit, shown_value
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.extremes import write_extreme
from pipelines.answers.write_embedded.parts import (
    cell_of,
    computed,
    exact,
    fact_of,
    flag_clock,
    lowered,
    sentence_of,
    shown_number,
)
from pipelines.records.answers import Cell, DraftSentence
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact

Part = tuple[list[DraftSentence], list[tuple[Cell, ...]]]


def _only(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """The first and the last of a stay with one result are the same: nothing lies between.

    Asked for a change without two such ends, one result is told and no difference.
    """
    fact = fact_of(items[0])
    if fact.value is None or fact.comparator:
        return None
    text = f"{sentence_of(fact)[:-1]}, the only result."
    ends = len(question.picks) > 1 or question.attribute == "over_time"
    told = next((pick.extreme for pick in question.picks if pick.extreme), None)
    if told is not None:  # what is asked about is the highest itself
        made = write_extreme(replace(question, extreme=told), items)
        return made and (made[0], [(0,)])
    return [DraftSentence(text, (items[0].number,))], [(0,)] if ends else []


def write_difference(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """How far two results lie apart; None where one is no plain number."""
    if len(items) == 1:
        return _only(question, items)
    pair = _two_numbers(items)
    if pair is None:
        return None
    one, other = pair
    result = exact((one.value or 0.0) - (other.value or 0.0))
    unit = shown_unit(one.unit)
    name = lowered(name_of(one))
    told = f"{shown_value(one)} ({flag_clock(one)}) against "
    told += f"{shown_value(other)} ({flag_clock(other)})"
    text = f"The difference in {name} is {shown_number(result)}{unit}: {told}."
    if question.attribute == "sided":
        return _apart(question, items, one, result)
    if question.relation is not None:
        # "How much did it fall" is told as an amount; a rise comes out below zero.
        result = -result if question.relation == "less" else result
        verb = "fell" if question.relation == "less" else "rose"
        if result >= 0:
            text = f"{name_of(one)} {verb} by {shown_number(result)}{unit}: {told}."
    return [computed(text, items[:2], "difference", result, one.unit)], [(result,)]


def _apart(question: ChartQuestion, items: list[Evidence], one: Fact, gap: float) -> Part:
    """How far one result lies from the other it is measured against, the side said in words."""
    other = fact_of(items[1])
    way = "higher than" if gap > 0 else "lower than" if gap < 0 else None
    first, second = (f"{shown_value(f)} ({flag_clock(f)})" for f in (one, other))
    told = f"{shown_number(abs(gap))}{shown_unit(one.unit)} {way}" if way else "the same as"
    text = f"{name_of(one)} {first} is {told} {second}."
    if way is None:
        name = lowered(name_of(one))
        text = f"The difference in {name} is 0{shown_unit(one.unit)}: {first} against {second}."
    asked = exact(-gap if question.relation == "less" else gap)
    return [computed(text, items[:2], "difference", asked, one.unit)], [(asked,)]


def write_comparison(question: ChartQuestion, items: list[Evidence]) -> Part | None:
    """Whether the first result lies on the side asked for, or which of the two does."""
    if len(items) == 1:
        return _only(question, items)
    pair = _two_numbers(items)
    if pair is None:
        return None
    one, other = pair
    first, second = one.value or 0.0, other.value or 0.0
    truth = "higher" if first > second else "lower" if first < second else "same"
    wanted = "lower" if question.relation == "less" else "higher"
    holds = truth == wanted
    told = {"higher": "higher than", "lower": "lower than", "same": "the same as"}[truth]
    name = name_of(one)
    text = (
        f"{'Yes' if holds else 'No'}: {name} {shown_value(one)} ({flag_clock(one)}) is {told} "
        f"{shown_value(other)} ({flag_clock(other)})."
    )
    if question.attribute == "which":
        asked = items[0] if holds or truth == "same" else items[1]
        text = text.split(": ", 1)[1]
        return [computed(text, items[:2], "compare", truth, one.unit)], [(cell_of(fact_of(asked)),)]
    return [computed(text, items[:2], "compare", truth, one.unit)], [(int(holds),)]


def _two_numbers(items: Sequence[Evidence]) -> tuple[Fact, Fact] | None:
    facts = [fact_of(i) for i in items[:2]]
    if len(facts) < 2 or any(f.value is None or f.comparator for f in facts):
        return None
    return facts[0], facts[1]
