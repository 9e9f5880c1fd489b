"""Evidence of cultures' susceptibilities and of what reports conclude, in the reports' words.

A report's own conclusion stands before sentences of notes about it. It is taken where the
report's name holds everything that the question asks about; which of several is meant is not
guessed: the latest stand first.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.evidence.items import item, result_line
from pipelines.answers.evidence.leaves import leaf
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.note_sides import word
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.cultures import TOLD, told
from pipelines.charts.encounters import encounters
from pipelines.charts.reports import reports
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact
from pipelines.records.reports import Report

MOST_REPORTS = 3
_SENTENCE = re.compile(r"(?<=[.;])\s+")


def susceptibility_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The results that are meant, the latest first, with what the laboratory's note tells."""
    found = [fact for fact in told(chart) if fact.resource in question.records]
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = [fact for fact in found if window and in_window(fact.when, window)]
    return [_susceptibility(chart, fact) for fact in reversed(found)]


def _susceptibility(chart: Chart, fact: Fact) -> Evidence:
    line = result_line(fact)
    if not TOLD.search(fact.note or ""):
        return item(fact, f"{line}.")
    said = " ".join(part for part in _SENTENCE.split(fact.note or "") if TOLD.search(part))
    return item(leaf(chart, fact, fact.note or ""), f"{line}: {said}")


def report_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The conclusions of the reports that a "what did it show" names, the latest first."""
    asked = question.note
    if asked is None or asked.kind != "show" or asked.events or not asked.things:
        return []
    found = [
        one
        for one in reports(chart)
        if one.conclusion and all(_named(one, group) for group in asked.things)
    ]
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = [one for one in found if window and in_window(one.fact.when, window)]
    return [_conclusion(chart, one) for one in list(reversed(found))[:MOST_REPORTS]]


def _named(one: Report, group: tuple[str, ...]) -> bool:
    name = f"{one.fact.display} {' '.join(one.categories)}".lower()
    return any(word(said).search(name) for said in group)


def _conclusion(chart: Chart, one: Report) -> Evidence:
    status = f" ({one.fact.status})" if one.fact.status not in ("final", None) else ""
    when = f" {one.fact.when.day}" if one.fact.when is not None else ""
    line = f"{one.fact.display}{status}{when}: {one.conclusion}"
    fact = leaf(chart, replace(one.fact, kind="report"), one.conclusion or "")
    return item(fact, line)
