"""Evidence about social screenings: what was asked and answered, with the day, the latest first.

A screening is an answer on a day and no prediction: "at risk" is told only where the record says
so. Every answer on the matter is told, from questionnaires and from observations, so that a
later one stands before an earlier one that says otherwise; a condition of that name comes last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from pipelines.answers.evidence.items import item, result_item
from pipelines.answers.evidence.lists import problem_line
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.records import table
from pipelines.charts.encounters import encounters
from pipelines.charts.labs import kinds, results
from pipelines.charts.problems import conditions
from pipelines.charts.surveys import survey_answers
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Fact
from pipelines.records.surveys import SurveyAnswer

_SUMMARY = re.compile(r"\brisk\b")
_ANY_OF = re.compile(r"unable to get any of the following")


def screening_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Answers on the topic, the latest day first and a summary of risk before its questions."""
    topic = next(t for t in table()["screening"]["topic"] if t["title"] == question.attribute)
    found = [*_observed(chart, topic["asked"]), *_answered(chart, topic)]
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = [i for i in found if window and i.fact and in_window(i.fact.when, window)]
    ordered = sorted(found, key=_rank, reverse=True)
    return ordered if question.window is not None else [*ordered, *_held(chart, topic["condition"])]


def _rank(one: Evidence) -> tuple[str, bool]:
    return (one.date or "")[:10], _SUMMARY.search(one.title.lower()) is not None


def _observed(chart: Chart, asked: str) -> Iterable[Evidence]:
    keys = [k.code_key for k in kinds(chart) if re.search(asked, k.display.lower())]
    if not keys:
        return
    for fact in results(chart, keys):
        if fact.kind not in ("lab", "vital"):
            yield result_item(fact)


def _answered(chart: Chart, topic: dict[str, str]) -> Iterable[Evidence]:
    for one in survey_answers(chart):
        if one.value_text is None:
            continue
        asked = one.fact.display.lower()
        of_list = _ANY_OF.search(asked) and re.search(topic["value"], one.value_text.lower())
        if of_list or re.search(topic["asked"], asked):
            yield _answer_item(one)


def _answer_item(one: SurveyAnswer) -> Evidence:
    when = f" {one.authored.clock}" if one.authored is not None else ""
    question = one.fact.display.rstrip(" .")
    fact: Fact = replace(one.fact, kind="screening")
    return item(fact, f"{question}: {one.value_text}{when}")


def _held(chart: Chart, condition: str) -> Iterable[Evidence]:
    for one in conditions(chart):
        if re.search(condition, one.fact.display.lower()) and one.verification_status != "refuted":
            yield item(one.fact, problem_line(one))
