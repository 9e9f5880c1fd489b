"""Reasons that the record itself codes, and what a chart holds of things no sentence tells of.

A drug that was stopped, held or not given may carry its reason, an order what it is for; a "why"
is answered by that before any note. What is said to be there is counted as of the chart's as-of,
so that an abstention says nothing false of the chart. It concludes nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.evidence_items import item
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question_classes import absent_drugs
from pipelines.answers.question_names import take_names
from pipelines.answers.question_text import QuestionText, tokens
from pipelines.answers.question_things import take_things
from pipelines.charts import sources
from pipelines.charts.immunizations import immunizations
from pipelines.charts.labs import results
from pipelines.charts.medications import medications
from pipelines.charts.question_names import result_names, thing_names
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact, Medication

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
    return _with_status(chart, entry.fact, DOING.get(entry.form, "dated"))


def _with_status(chart: Chart, fact: Fact, what: str) -> Evidence | None:
    """`Lisinopril, ordered 2021-07-12, status stopped; recorded reason: Dry cough.`"""
    for path, value in sources.all_leaves(sources.raw(chart, fact.resource)):
        if _REASON.fullmatch(path):
            status = f", status {fact.status}" if fact.status else ""
            begun = f", {what} {fact.when.clock}" if fact.when is not None else ""
            line = f"{fact.display}{begun}{status}; recorded reason: {value}."
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


def nearest(chart: Chart, question: ChartQuestion) -> str:
    """What the chart does hold of the things a question names, as one sentence or nothing."""
    absent = _drugs_absent(chart, question)
    parts = [*_results_held(chart, question), *_drugs_held(chart, question)]
    if not parts:
        return absent
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{absent} The chart does hold {listed}.".strip()


def _drugs_absent(chart: Chart, question: ChartQuestion) -> str:
    drugs = thing_names(chart).get("medication", ())
    absent = absent_drugs((word for word, _, _ in tokens(question.text)), drugs)
    return f"No medication entry of this chart names {' or '.join(absent)}." if absent else ""


def _results_held(chart: Chart, question: ChartQuestion) -> list[str]:
    said = []
    for thing in take_things(QuestionText(question.text), result_names(chart), [])[:2]:
        count = len(results(chart, thing.code_keys)) if thing.code_keys else 0
        if count:
            title = thing.title if thing.title.isupper() else thing.title.lower()
            said.append(f"{count} {title} result{'' if count == 1 else 's'}")
    return said


def _drugs_held(chart: Chart, question: ChartQuestion) -> list[str]:
    named = take_names(QuestionText(question.text), thing_names(chart).get("medication", ()))
    if not named.certain:
        return []
    own = [m for m in medications(chart) if m.name in named.displays]
    count = len(own)
    word = "entry" if count == 1 else "entries"
    return [f"{count} medication {word} of {own[-1].name}"] if own else []
