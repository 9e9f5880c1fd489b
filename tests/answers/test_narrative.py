"""Sentences of notes answer only what they state: causes, what studies showed, never by a stem."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers import pipeline, question
from pipelines.answers.evidence import gather
from pipelines.records.answers import Answer
from pipelines.settings import Settings
from tests.answers.test_pipeline import NOWHERE, chart_of


def ask(text: str, *notes: str) -> Answer:
    settings = replace(Settings(), ollama_url=NOWHERE)
    chart = chart_of(*notes)
    return pipeline.answer(chart, text, thread=(), engine="embedded", settings=settings)


CAUSE = "AKI: acute tubular necrosis due to septic hypotension."


@pytest.mark.parametrize(
    ("text", "note", "said"),
    [
        pytest.param("Why did the creatinine rise?", CAUSE, "septic hypotension", id="cause"),
        pytest.param("Why is her creatinine so high?", CAUSE, "septic hypotension", id="wording"),
        pytest.param("What did the chest x-ray show?", "CXR: dense RLL consolidation.",
                     "consolidation", id="study"),
        pytest.param("Did the patient have a fall?", "She fell at home on Monday.", "fell",
                     id="a real fall"),
    ],
)  # fmt: skip
def test_a_sentence_that_states_it_is_lifted_word_for_word(text: str, note: str, said: str) -> None:
    answer = ask(text, note)
    assert answer.status == "answered"
    assert said in answer.answer
    for statement in answer.statements:
        cited = statement.citations[0]
        assert note[cited.start : cited.end] == cited.quote


@pytest.mark.parametrize(
    ("text", "note"),
    [
        pytest.param("Why did the creatinine rise?", "Creatinine 1.3, was 0.9.", id="no cause"),
        pytest.param("Why did the creatinine rise?", "Reason: rising creatinine.", id="a label"),
        pytest.param("Did the patient have a fall?", "Some itching in the fall.", id="a season"),
        pytest.param("Did the patient have a fall?", "Clearance is falling.", id="a stem"),
        pytest.param("Did the patient have a fall?", "Fall precautions.", id="a precaution"),
        pytest.param("Does she have diabetes?", "Her mother has diabetes.", id="a relative"),
        pytest.param("Was a bronchoscopy done?", "Plan: consider bronchoscopy.", id="a plan"),
    ],
)
def test_a_sentence_that_does_not_state_it_is_not_lifted(text: str, note: str) -> None:
    answer = ask(text, note)
    assert (answer.status, answer.answer and "[1]" in answer.answer) == ("abstained", False)


def test_an_abstention_names_what_the_chart_does_hold() -> None:
    answer = ask("Why is the potassium high?", "Slept well.")
    assert answer.answer == (
        "No sentence of this chart states why; the last potassium is of 2026-11-22 05:30."
    )


def test_words_not_understood_may_go_to_a_model_and_topics_may_not() -> None:
    chart = chart_of("Slept well.")
    unknown = question.understand("How many potassium flurbishes were there?", chart=chart)
    advice = question.understand("Should I give potassium?", chart=chart)
    assert unknown.not_understood
    assert not unknown.is_declined
    assert gather.gather(chart, unknown).items
    assert advice.is_declined
    assert gather.gather(chart, advice).items == ()
