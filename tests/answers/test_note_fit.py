"""A sentence answers only where it tells the kind of thing that was asked, else it is the nearest.

Each row is one question and one note. What a question expects (a number of the thing, an organism,
a diet, a telephone) must stand in the sentence; words of the question alone are no answer to it.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers import pipeline
from pipelines.answers.two_questions import halves, second_half
from pipelines.records.answers import Answer
from pipelines.settings import Settings
from tests.answers.test_pipeline import NOWHERE, chart_of

TELLS = [
    ("What was the T-score?", "DXA: T-score -2.9 at the hip."),
    ("What is her PHQ-9 score?", "Mood: PHQ-9 = 14, started sertraline."),
    ("What diet is she on?", "Diet: 2 g sodium, 1.5 L fluid."),
    ("Which bacteria was it?", "Urine grew Klebsiella pneumoniae over 100,000."),
    ("How did the fall happen?", "Tripped on the hall rug; fall from standing."),
]
DOES_NOT = [
    ("What was the T-score?", "Bone density missed in May, no ride for the T-score."),
    ("What is her PHQ-9 score?", "Mood: PHQ-2 = 2, tired of it."),
    ("What is her MoCA score?", "MoCA to be repeated every 6 months."),
    ("What diet is she on?", "Dietitian: diet discussed with daughter."),
    ("Which germ caused the pneumonia?", "Pneumonia: germ not named so far."),
    ("How did the fall happen?", "CC: fall, hip pain."),
    ("Tell me about hospice care", "Hospice care."),
    ("Assessment of anxiety", "Anxiety."),
]


def ask(text: str, *notes: str) -> Answer:
    settings = replace(Settings(), ollama_url=NOWHERE)
    return pipeline.answer(chart_of(*notes), text, thread=(), engine="embedded", settings=settings)


@pytest.mark.parametrize(("asked", "note"), TELLS)
def test_a_sentence_that_tells_what_is_asked_answers(asked: str, note: str) -> None:
    given = ask(asked, note)
    assert given.status == "answered", given.answer
    assert note.split(";", maxsplit=1)[0].rstrip(".") in given.answer


@pytest.mark.parametrize(("asked", "note"), DOES_NOT)
def test_a_sentence_that_only_has_the_words_is_no_answer(asked: str, note: str) -> None:
    given = ask(asked, note)
    assert given.status == "abstained", given.answer
    assert given.values == ()


def test_what_does_not_answer_is_named_as_the_nearest() -> None:
    given = ask("What was the T-score?", "Bone density missed in May, no ride for the T-score.")
    assert "nearest in the notes, which does not say it: “Bone density missed" in given.answer


def test_yes_or_no_is_answered_by_the_words_themselves() -> None:
    assert ask("Any hospice care?", "Hospice care.").status == "answered"


@pytest.mark.parametrize(
    ("question", "second"),
    [
        ("when was the port placed and by whom", "who placed the port"),
        ("when was the hip operation and who did it", "who performed the hip operation"),
        ("when was the line placed and who placed it", "who placed the line"),
        ("what dose of losartan and since when", "since when"),
    ],
)
def test_the_second_question_takes_the_thing_of_the_first(question: str, second: str) -> None:
    parts = halves(question)
    assert parts is not None
    assert second_half(parts) == second


def test_half_an_answer_says_what_is_missing() -> None:
    given = ask("What is the last potassium and who drew it?", "Potassium drawn.")
    assert given.status == "abstained" or "who drew it" in (given.notice or "")
