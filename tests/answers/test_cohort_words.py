"""A question about many patients becomes the question about one, and loses no word that narrows."""

from __future__ import annotations

import pytest

from pipelines.answers.cohort.words import read

NEWEST = [
    ("which of these have potassium > 5.5 now", "is the latest potassium > 5.5", True),
    ("Which patients have a potassium above 5.5?", "is the latest potassium above 5.5", True),
    ("whose creatinine is above 2", "is the latest creatinine above 2", True),
    ("which patients' creatinine is above 2", "is the latest creatinine above 2", True),
    ("how many patients have a hemoglobin under 7", "is the latest hemoglobin under 7", True),
    ("list all patients with sodium below 130", "is the latest sodium below 130", True),
    ("anyone with lactate over 2?", "is the latest lactate over 2", True),
    ("who has K+ >= 5.5 mmol/L", "is the latest K+ >= 5.5 mmol/L", True),
    ("which have a glucose between 200 and 300", "is the latest glucose between 200 and 300", True),
    ("latest creatinine of everyone", "is the latest creatinine", False),
    ("everyone's latest lactate", "is the latest lactate", False),
    ("what is the latest hemoglobin for each patient?", "is the latest hemoglobin", False),
    ("INR of all patients", "is the latest INR", False),
]
OTHER_TIMES = [
    ("who had potassium over 6 in the last 24 hours",
     "did the patient ever have potassium over 6 in the last 24 hours"),
    ("which of these ever had a lactate > 4", "did the patient ever have lactate > 4"),
    ("which have had a glucose above 300", "did the patient ever have glucose above 300"),
    ("highest lactate of everyone", "highest lactate"),
    ("who had a hemoglobin below 7 during this admission",
     "did the patient ever have hemoglobin below 7 during this admission"),
    ("which were given vancomycin", "was the patient given vancomycin"),
]  # fmt: skip
ONE_PATIENT = [
    ("who is on warfarin", "is the patient on warfarin"),
    ("Is anyone on amiodarone?", "is the patient on amiodarone"),
    ("show me patients on insulin", "is the patient on insulin"),
    ("who is allergic to penicillin", "is the patient allergic to penicillin"),
    ("patients with diabetes", "does the patient have diabetes"),
    ("which of these should get insulin", "should the patient get insulin"),
]
DENIED = [
    "which patients have no allergies",
    "who is not on a statin",
    "patients without a creatinine",
    "which of my patients have not had a creatinine since yesterday",
    "who has never had a colonoscopy",
]


@pytest.mark.parametrize(("question", "asked", "is_yes_no"), NEWEST)
def test_a_bound_without_another_time_is_asked_of_the_newest_result(
    question: str, asked: str, is_yes_no: bool
) -> None:
    words = read(question)
    assert (words.newest, words.is_yes_no, words.decline) == (asked, is_yes_no, None)


@pytest.mark.parametrize(("question", "asked"), OTHER_TIMES)
def test_a_question_of_another_time_is_never_asked_of_the_newest_result(
    question: str, asked: str
) -> None:
    words = read(question)
    assert words.newest is None
    assert words.asks == asked


@pytest.mark.parametrize(("question", "asked"), ONE_PATIENT)
def test_which_of_them_becomes_is_the_patient(question: str, asked: str) -> None:
    assert read(question).asks == asked


@pytest.mark.parametrize("question", DENIED)
def test_a_not_over_many_charts_is_declined_in_one_sentence(question: str) -> None:
    assert "Ask which of them have it" in (read(question).decline or "")


def test_a_not_inside_a_name_that_is_only_asked_for_is_no_denial() -> None:
    assert read("latest non-HDL cholesterol of everyone").decline is None
