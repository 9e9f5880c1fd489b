"""Facts cited at the very leaf that says what was asked: a time, a dose, a reason.

Where the record has no such leaf the fact stays cited as it was. Nothing is chosen here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from pipelines.answers.question import ChartQuestion
from pipelines.charts import sources
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment

T = TypeVar("T")
REASONS = (
    "statusReason.text",
    "statusReason.coding[0].display",
    "statusReason[0].text",
    "statusReason[0].coding[0].display",
)


def dated(chart: Chart, fact: Fact, at: Moment | None) -> Fact:
    """The fact at this moment, cited where the record states it."""
    return leaf(chart, replace(fact, when=at), at.written) if at is not None else fact


def leaf(chart: Chart, fact: Fact, written: str) -> Fact:
    """The fact cited at the leaf that holds these words, where the record has one."""
    for path, value in sources.all_leaves(sources.raw(chart, fact.resource)):
        if value == written:
            return replace(fact, path=path, quote=value)
    return fact


def reason(chart: Chart, fact: Fact) -> str | None:
    """Why a thing has its status, in the record's words."""
    held = dict(sources.all_leaves(sources.raw(chart, fact.resource)))
    return next((held[path] for path in REASONS if path in held), None)


def by_pick(found: tuple[T, ...], question: ChartQuestion) -> tuple[T, ...]:
    """The one that the question's position names, or all."""
    position = question.picks[0].position if question.picks else None
    if position is None:
        return found
    index = position - 1 if position > 0 else position
    return (found[index],) if -len(found) <= index < len(found) else ()
