"""Evidence of particulars: one element a record, and results that are filed under a topic.

A particular is cited at the very element that says it. Of a topic the latest result of each name
is told, or those that the question's position or time names. Nothing is concluded from either.
"""

from __future__ import annotations

from pipelines.answers.evidence.items import item, result_item
from pipelines.answers.evidence.leaves import by_pick
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.particulars import holding, particulars
from pipelines.charts.encounters import encounters
from pipelines.charts.labs import kinds, results
from pipelines.charts.particulars import Entry, entries
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact

MOST_ENTRIES = 8
MOST_OF_EACH = 40


def particular_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """What the records that are meant say at the element, the latest first."""
    wanted = particulars()[int(question.attribute or 0)]
    found = holding(entries(chart, wanted, question.names), question)
    found = _in_time(chart, question, found)
    if question.picks:
        found = by_pick(tuple(reversed(found)), question)
    once: dict[tuple[str, str, str], Evidence] = {}
    for entry in found:
        own = entry.fact.resource if wanted.each else ""
        once.setdefault((entry.fact.display, entry.value, own), _told(entry, wanted.line))
    if question.ask == "count":
        return list(once.values())
    return list(once.values())[: MOST_OF_EACH if wanted.each else MOST_ENTRIES]


def _in_time(chart: Chart, question: ChartQuestion, found: tuple[Entry, ...]) -> tuple[Entry, ...]:
    if question.window is None:
        return found
    window = since(encounters(chart), question.window)
    return tuple(e for e in found if window and in_window(e.fact.when, window))


def _told(entry: Entry, line: str) -> Evidence:
    fact = entry.fact
    on = f" of {fact.when.clock}" if fact.when is not None else ""
    said = line.format(name=fact.display, on=on, value=entry.value.rstrip("."))
    return item(fact, said)


def topic_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The results of a topic: the latest of each name, or those of the time asked for."""
    found: list[Fact] = []
    for kind in kinds(chart):
        if kind.display not in question.names:
            continue
        own = results(chart, (kind.code_key,))
        if question.window is not None:
            window = since(encounters(chart), question.window)
            found += [f for f in own if window and in_window(f.when, window)]
        else:
            found += by_pick(own, question) if question.picks else _latest(own)
    newest = sorted(found, key=lambda f: f.when.instant.timestamp() if f.when else 0.0)
    return [result_item(fact) for fact in reversed(newest)]


def _latest(own: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The last result, with any other of the same moment."""
    last = own[-1].when if own else None
    return tuple(f for f in own if f.when == last) if last is not None else own[-1:]
