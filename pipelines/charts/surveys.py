"""Answers to questionnaires of one chart, questionnaire by questionnaire in time order.

A question that was not answered is not here: silence is no "no". A response that is still in
progress keeps that status. Entered in error is left out.
"""

from __future__ import annotations

from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.surveys import SurveyAnswer

ANSWERS = """
select resource, number, code_key, coalesce(question, link_id), status, authored_utc,
    authored_written, encounter, path, quote, questionnaire, authored_utc, authored_written,
    author, source, link_id, within, question, value_kind, value_number, value_text, unit
from questionnaire_response
where patient = $patient
  and status is distinct from 'entered-in-error'
  and known_by(authored_utc, encounter, $patient, $as_of)
order by authored_utc nulls first, resource, number
"""


def survey_answers(chart: Chart) -> tuple[SurveyAnswer, ...]:
    """All answers given by the as-of, undated questionnaires first."""
    return read(chart, ANSWERS, SurveyAnswer, "answer")
