"""One chart's row of a question about many: judged statements, and yes, no, a value, or not said.

Of a result, "no" is said only where results were seen and each is known to miss the bound; a chart
that was never given the result does not say. Of medications, problems and allergies a "no" is what
the same question about one patient answers, with the entry or the Patient that it cites.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipelines.answers.cohort import newest
from pipelines.answers.cohort.newest import Newest
from pipelines.answers.cohort.words import CohortWords
from pipelines.answers.evidence import gather
from pipelines.answers.evidence.results import CONTEXT_RESULT
from pipelines.answers.evidence.stays import in_window
from pipelines.answers.note_finder import NoteFinder
from pipelines.answers.pipeline_work import Work, answer_of, shown_text
from pipelines.answers.question import ChartQuestion, understand
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.charts import labs
from pipelines.records.answers import Answer, Statement, Threshold
from pipelines.records.chart import Chart
from pipelines.records.cohort import CohortRow, RowStatus
from pipelines.records.evidence import EvidenceSet
from pipelines.settings import Settings

NONE_SUCH = "No {thing} result is in this chart."
NO_RESULT = "No such result is in this chart for what is asked."
OTHER_NAME = "Not every result under the names of this test is known to miss the bound."
NOT_ONE = "The bound was not understood as one on a single result of this chart."
NOT_CHECKED = "The sentence could not be checked against the chart."
YES_NO = ("exists", "check", "flag")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one chart makes of the question; `found` its newest results
    where a bound is set on results."""

    chart: Chart
    name: str
    question: ChartQuestion
    is_newest: bool
    found: Newest | None = None


def asked_of(chart: Chart, name: str, words: CohortWords) -> Asked:
    """Read the question with the names of this chart."""
    bounded = any(sign in (words.newest or "") for sign in "<>=0123456789")
    if words.newest is not None and (bounded or not words.is_yes_no):
        text = words.newest if bounded else words.asks
        question = newest.asked_of(chart, text)
        # A frame of "which have" asks for a bound; a value alone is no yes.
        if question is not None and (question.threshold is not None or not words.is_yes_no):
            return Asked(chart, name, question, True, newest.newest(chart, question))
    question = newest.with_unit(understand(words.asks, chart=chart))
    of_results = question.subject == "result" and question.threshold is not None
    found = newest.newest(chart, question) if of_results and question.things else None
    return Asked(chart, name, question, False, found)


def settled(asked: Asked, unit: str | None) -> Asked:
    """The same with the unit that the bound is read in, where the question names none."""
    bound = asked.question.threshold
    if bound is None or bound.unit is not None or unit is None:
        return asked
    return replace(asked, question=replace(asked.question, threshold=replace(bound, unit=unit)))


def row_of(asked: Asked, words: CohortWords, settings: Settings) -> CohortRow:
    """The row of one chart."""
    if asked.is_newest:
        return _newest_row(asked)
    return _general_row(asked, words, settings)


def _newest_row(asked: Asked) -> CohortRow:
    found, chart = asked.found, asked.chart
    if found is None:
        return _row(asked, "not_said", NONE_SUCH.format(thing=_title(asked.question)))
    draft, statements = newest.told(chart, asked.question, found)
    shown = _shown(statements)
    if not shown or len(shown) < len(statements):
        return _row(asked, "not_said", NOT_CHECKED)
    status, reason = _judged(asked, found)
    text = f"{reason} {shown_text(shown)}".strip()
    row = _row(asked, status, text, shown)
    when = found.fact.when
    age = (chart.as_of.instant - when.instant).total_seconds() / 3600 if when else None
    return replace(
        row,
        values=draft.values,
        measured=when.written if when is not None else None,
        age_hours=round(age, 1) if age is not None else None,
    )


def _judged(asked: Asked, found: Newest) -> tuple[RowStatus, str]:
    """Yes or no to the bound, a value where none was asked, and why where it is neither."""
    bound = asked.question.threshold
    if newest.is_old(asked.chart, found):
        return ("value" if bound is None else "not_said"), newest.since(asked.chart, found)
    return ("value", "") if bound is None else newest.decide(found.facts, bound)


def _general_row(asked: Asked, words: CohortWords, settings: Settings) -> CohortRow:
    question, chart = asked.question, asked.chart
    if words.is_yes_no and _bounds_otherwise(question):
        return _row(asked, "not_said", NOT_ONE)
    finder = NoteFinder(words.asks, settings)
    evidence = finder.completed(gather.gather(chart, question, finder.search))
    draft = write.write(question, evidence)
    statements = verify.verify(draft, evidence)
    answer = answer_of(
        Work(
            chart, words.asks, (), "embedded", settings, asked=question, evidence=evidence,
            draft=draft, statements=statements,
        )
    )  # fmt: skip
    if answer.status != "answered":
        return _row(asked, "not_said", answer.answer)
    status, reason = _status(asked, answer, evidence, words)
    text = f"{reason} {answer.answer}".strip() if reason else answer.answer
    shown = _shown(answer.statements)
    values = answer.values if status != "not_said" else ()
    return replace(_row(asked, status, text, shown), values=values)


def _bounds_otherwise(question: ChartQuestion) -> bool:
    """Whether a bound on results was not read as a yes or no about one of them.

    "The latest potassium above 5.5" is one that was above it once: told as an answer to "which
    have it now", it would be wrong.
    """
    bounded = question.subject == "result" and question.threshold is not None
    return bounded and (question.ask not in YES_NO or len(question.things) != 1)


def _status(
    asked: Asked, answer: Answer, evidence: EvidenceSet, words: CohortWords
) -> tuple[RowStatus, str]:
    """Whether an answer is a yes, a no, or something to be read."""
    question, chart = asked.question, asked.chart
    said = answer.values[0][0] if len(answer.values) == 1 and len(answer.values[0]) == 1 else None
    if not words.is_yes_no or question.ask not in YES_NO or said not in (0, 1):
        return "value", ""
    if question.subject != "result" or said == 1:
        return ("yes" if said == 1 else "no"), ""
    return _no_of_results(chart, question, evidence)


def _no_of_results(
    chart: Chart, question: ChartQuestion, evidence: EvidenceSet
) -> tuple[RowStatus, str]:
    """A "no" that every result in scope bears out, under whatever name it is filed."""
    thing = question.things[0]
    apart = ("patient", CONTEXT_RESULT)
    facts = [i.fact for i in evidence.items if i.fact is not None and i.kind not in apart]
    seen = [fact for fact in facts if fact.code_key in thing.code_keys]
    if not seen:
        return "not_said", NO_RESULT
    bound = question.threshold
    if bound is None:
        return "no", ""
    window, others = question.window, labs.results(chart, thing.code_keys)
    if window is not None and window.since is None:
        others = tuple(f for f in others if in_window(f.when, window))
    if question.stay is None and any(newest.decide([f], bound)[0] != "no" for f in others):
        return "not_said", OTHER_NAME
    verdict, reason = newest.decide(seen, bound)
    return ("no", "") if verdict == "no" else ("not_said", reason or newest.OPEN_BOUND)


def read_as(asked: Iterable[Asked], words: CohortWords, bound: Threshold | None) -> str:
    """One line that says what was asked of each chart."""
    if any(one.is_newest for one in asked):
        days = newest.STILL_NOW.days
        unit = f", the bound read as {bound.value:g} {bound.unit}" if bound and bound.unit else ""
        return (
            f"the newest result of each chart{unit}; one older than {days} days at the chart's"
            " last entry is not told as now"
        )
    return words.asks


def _row(
    asked: Asked, status: RowStatus, text: str, statements: tuple[Statement, ...] = ()
) -> CohortRow:
    chart = asked.chart
    return CohortRow(
        chart.patient_id, asked.name, status, text, (), statements, chart.as_of.written
    )


def _shown(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return tuple(item for item in statements if item.support != "unverified")


def _title(question: ChartQuestion) -> str:
    title = question.things[0].title
    return title if title.isupper() else title.lower()
