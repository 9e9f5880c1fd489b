"""Who, when and which stay, as people say it: names, dates in words, letters apart, units."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.answers.question.spoken import _joined, _reworded
from pipelines.answers.question.spoken_dates import with_dates
from pipelines.answers.question.spoken_person import NotThisPatient, with_patient

DAYS = frozenset(
    date.fromisoformat(day)
    for day in (
        "2174-05-31", "2120-05-12", "2148-09-12", "2148-09-14", "2026-05-04", "2026-11-10",
        "2177-03-15", "2189-06-09", "2155-12-03", "2020-12-30", "2002-10-13",
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ferritin from may 26 ng/mL", "ferritin from 2026-05 ng/mL"),
        ("at what time on 11/10 was it", "at what time on 2026-11-10 was it"),
        ("on the fifteenth of March", "on 2177-03-15"),
        ("the night of june ninth", "the night of 2189-06-09"),
        ("december thirtieth twenty twenty", "2020-12-30"),
        ("december the thirtieth, twenty twenty", "2020-12-30"),
        ("in october two thousand two", "in 2002-10"),
        ("first of october two thousand and two", "2002-10-01"),
        ("in may twenty one seventy four", "in 2174-05"),
        ("twenty first of may twenty one twenty", "2120-05-21"),
        ("march twenty twenty one", "2021-03"),
        ("12 May", "2120-05-12"),
        ("Sept 12-14", "between 2148-09-12 and 2148-09-14"),
        (
            "Between the 12th and the 14th of September 2148 inclusive, what",
            "between 2148-09-12 and 2148-09-14, what",
        ),
        ("dec admission", "2155-12 admission"),
        ("in two thousand two", "in 2002"),
        ("9/12/48", "2148-09-12"),
    ],
)
def test_a_date_as_it_is_said_is_written_as_one(said: str, meant: str) -> None:
    assert with_dates(said, DAYS) == meant


@pytest.mark.parametrize(
    "said",
    [
        "she may begin 3 doses",
        "HPV dose 3",
        "pain 8/10",
        "strength 5/5 in december 2020 gcs",
        "the first may be high",
        "two thousand mg",
        "blood pressure 12/14",
        "the second one",
        "april icu",
    ],
)
def test_what_is_no_date_or_none_of_this_chart_stays(said: str) -> None:
    kept = with_dates(said, DAYS)
    assert kept == said.replace("december 2020", "2020-12")


NAMES = frozenset({"larkspurton", "desmond", "a", "dare640", "quillfeather"})


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("What day did Mr Larkspurton get it?", "What day did the patient get it?"),
        ("missus quillfeathers lumpectomy", "the patient's lumpectomy"),
        ("larkspurtons a1c", "the patient's a1c"),
        ("Desmond's last A1c", "the patient's last A1c"),
        ("mr. larkspurtn's BP", "the patient's BP"),
        ("Larkspurton: last BP", "last BP"),
        ("administered to dare?", "administered to the patient?"),
        ("lactate on this lady", "lactate on the patient"),
        ("this 72 year old woman's bp", "the patient's bp"),
    ],
)
def test_every_way_of_naming_the_patient_is_the_patient(said: str, meant: str) -> None:
    assert with_patient(said, NAMES) == meant


@pytest.mark.parametrize(
    "said", ["did they dare to give it", "Dr Larkspurton saw him", "did she miss doses"]
)
def test_words_that_are_no_name_here_stay(said: str) -> None:
    assert with_patient(said, NAMES) == said


@pytest.mark.parametrize(
    "said", ["did Mr Smith get it", "missus jones weight", "Miss Lopez's sodium"]
)
def test_a_title_before_another_name_tells_of_another_patient(said: str) -> None:
    with pytest.raises(NotThisPatient):
        with_patient(said, NAMES)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("whats the last p t t", "whats the last ptt"),
        ("in the i c u", "in the icu"),
        ("per the H and P", "per the h&p"),
        ("the v b g", "the vbg"),
        ("vitamin a c x", "vitamin a c x"),
    ],
)
def test_letters_apart_are_one_word_where_a_list_knows_it(said: str, meant: str) -> None:
    assert _joined(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("peak cr + when", "peak cr and when"),
        ("max creat ever and date", "max creat ever and which day"),
        ("AVG(creatinine), mg/dL", "average creatinine in mg/dL"),
        ("max(AST), whole chart", "highest AST,"),
        ("argmax date of ratio and its value", "what was highest ratio and when"),
        ("HDL 2026 minus HDL 2023", "change in HDL between 2023 and 2026"),
        ("HDL 2023 minus HDL 2026", "HDL 2023 minus HDL 2026"),
        ("delta hgb 2018 vs 2013", "change in hgb between 2013 and 2018"),
        ("hgb 2013 vs 2018, delta?", "change in hgb between 2013 and 2018?"),
        ("# of cultures", "number of cultures"),
        ("white blood cell count of the patient", "white blood cell count of the patient"),
        ("time?", "when was that?"),
    ],
)
def test_a_notation_is_put_in_words(said: str, meant: str) -> None:
    assert _reworded(said, "same") == meant
