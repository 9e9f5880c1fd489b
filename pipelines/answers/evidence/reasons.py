"""Reasons that the record itself codes.

A drug that was stopped, held or not given may carry its reason, an order what it is for; a "why"
is answered by that before any note. It concludes nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.evidence.items import item
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.names import take_names
from pipelines.answers.question.text import QuestionText
from pipelines.charts import sources
from pipelines.charts.immunizations import immunizations
from pipelines.charts.medications import medications
from pipelines.charts.question_names import thing_names
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact, Medication
from pipelines.records.moments import Moment

MOST_REASONS = 3
ENDED = frozenset({"stopped", "stop", "held", "hold", "not given", "changed", "on hold"})
_REASON = re.compile(r"statusReason(?:\[\d+\])?\.(?:text|coding\[\d+\]\.display)")
_TAKING = re.compile(r"\b(?:on (?!hold)|taking|takes?|prescribed|start(?:ed)?|begun|added)\b")
DOING = {
    "request": "ordered",
    "administration": "dose of",
    "statement": "reported",
    "dispense": "dispensed",
}


def reason_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The coded reasons of the drugs or vaccines that a "why" names, the latest first."""
    asked = question.note
    if asked is None or asked.kind != "why" or asked.way is not None:
        return []
    ended = any(ENDED & set(group) for group in asked.events)
    named = _named(chart, question, "medication")
    entries = [
        m for m in reversed(medications(chart)) if m.fact.display in named or m.name in named
    ]
    taking = _TAKING.search(question.text) is not None
    found = [_ended(chart, m) for m in entries] if ended or not (taking or asked.events) else []
    if taking or not (asked.events or any(found)):
        found += [_for(chart, m) for m in entries]
    if ended or not found:
        vaccines = _named(chart, question, "immunization")
        found += [
            _with_status(chart, v.fact, "dated")
            for v in immunizations(chart)
            if v.fact.display in vaccines
        ]
    unique: dict[str, Evidence] = {}
    for one in found:
        if one is not None:
            unique.setdefault(one.text.lower(), one)
    return list(unique.values())[:MOST_REASONS]


def _named(chart: Chart, question: ChartQuestion, kind: str) -> frozenset[str]:
    text = QuestionText(question.text)
    return frozenset(take_names(text, thing_names(chart).get(kind, ())).displays)


def _ended(chart: Chart, entry: Medication) -> Evidence | None:
    return _with_status(chart, entry.fact, DOING.get(entry.form, "dated"), entry.end)


def _with_status(chart: Chart, fact: Fact, what: str, end: Moment | None = None) -> Evidence | None:
    """`Lisinopril, ordered 2021-07-12, status stopped; recorded reason: Dry cough.`"""
    for path, value in sources.all_leaves(sources.raw(chart, fact.resource)):
        if _REASON.fullmatch(path):
            status = f", status {fact.status.replace('-', ' ')}" if fact.status else ""
            begun = f", {what} {fact.when.clock}" if fact.when is not None else ""
            ended = f", ended {end.clock}" if end is not None else ""
            line = f"{fact.display}{begun}{status}{ended}; recorded reason: {value}."
            return item(replace(fact, path=path, quote=value), line)
    return None


def _for(chart: Chart, entry: Medication) -> Evidence | None:
    if entry.reason is None:
        return None
    for path, value in sources.all_leaves(sources.raw(chart, entry.fact.resource)):
        if value == entry.reason:
            line = f"{entry.name} is recorded for: {value}."
            return item(replace(entry.fact, path=path, quote=value), line)
    return None
