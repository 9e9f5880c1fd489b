"""Social history and screening: the newest answer to each question, with its day.

Answers come from observations and from questionnaires; `social.toml` names the questions and
their order. An answer is what was said on that day, never a diagnosis. Social findings that are
filed as conditions stand behind them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pipelines.briefing import wording
from pipelines.briefing.chart_summary.diagnoses import diagnosis_line, name_of
from pipelines.briefing.chart_summary.more import capped
from pipelines.briefing.chart_summary.problems import Diagnosis, Mention
from pipelines.briefing.line import Line, Part, part
from pipelines.charts import labs, problems, surveys
from pipelines.records.chart import Chart
from pipelines.records.facts import Condition, Fact

NAME = "Social determinants"
ANSWERS_LISTED, CONDITIONS_LISTED = 10, 5
LOINC = "http://loinc.org|"
TABLE = Path(__file__).with_name("social.toml")
LONGEST_ANSWER = 110


def social(chart: Chart, conditions: Sequence[Condition]) -> Part:
    """The section, from answers and from the social conditions of this chart."""
    told = [*_answers(chart), *_smoking(chart)]
    answers = capped(told, ANSWERS_LISTED, "more answer", "more answers")
    held = capped(_findings(chart, conditions), CONDITIONS_LISTED, "more finding", "more findings")
    lines = [*answers, *held]
    return part(NAME, lines, bool(lines) or bool(surveys.survey_answers(chart)))


def _answers(chart: Chart) -> Iterable[Line]:
    newest: dict[str, list[Fact]] = {}
    keys = [f"{LOINC}{code}" for code in _titles()]
    for fact in [*_asked(chart, keys), *labs.results(chart, keys)]:
        code = (fact.code_key or "").removeprefix(LOINC)
        before = newest.get(code)
        if before and before[-1].when and fact.when and before[-1].when.day == fact.when.day:
            if fact.value_text not in [other.value_text for other in before]:
                before.append(fact)
        elif not before or _later(fact, before[-1]):
            newest[code] = [fact]
    for code, title in _titles().items():
        for fact in newest.get(code, ()):
            yield _answer_line(title, fact)


def _asked(chart: Chart, keys: Sequence[str]) -> list[Fact]:
    """Questionnaire answers as facts whose value is the answer."""
    wanted = set(keys)
    return [
        replace(one.fact, value_text=one.value_text)
        for one in surveys.survey_answers(chart)
        if one.fact.code_key in wanted and one.value_text is not None
    ]


def _later(fact: Fact, other: Fact) -> bool:
    return fact.when is not None and (other.when is None or fact.when.instant >= other.when.instant)


def _answer_line(title: str, fact: Fact) -> Line:
    said = fact.value_text if fact.value_text is not None else fact.quote
    answer = wording.plain(said)
    answer = answer if len(answer) <= LONGEST_ANSWER else f"{answer[: LONGEST_ANSWER - 1]}…"
    return Line(f"{title}: {answer}, {fact.when.day if fact.when else 'undated'}", (fact,))


def _smoking(chart: Chart) -> Iterable[Line]:
    """The smoking status where its code is another than the table's."""
    keys = [k.code_key for k in labs.kinds(chart) if k.concept == "smoking_status"]
    others = [key for key in keys if key.removeprefix(LOINC) not in _titles()]
    found = labs.results(chart, others) if others else ()
    return [_answer_line(wording.name(fact), fact) for fact in found[-1:]]


def _findings(chart: Chart, conditions: Sequence[Condition]) -> list[Line]:
    """Active findings first, each kind once; of the past ones the newest."""
    kinds: dict[str, list[Mention]] = {}
    for condition in conditions:
        mention = Mention(condition, None, problems.is_active(condition, chart))
        kinds.setdefault(name_of(condition.fact), []).append(mention)
    found = [Diagnosis(None, tuple(mentions)) for mentions in kinds.values()]
    found.sort(key=lambda one: (not one.is_active, -one.last_seen.toordinal()))
    return [diagnosis_line(one) for one in found]


@lru_cache(maxsize=1)
def _titles() -> Mapping[str, str]:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {entry["loinc"]: entry["title"] for entry in table["answer"]}
