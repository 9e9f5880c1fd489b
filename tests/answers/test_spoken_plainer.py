"""Plainer wordings: short forms, clocks, clauses beside their dates, corrections, differences."""

from __future__ import annotations

import pytest

from pipelines.answers.question.spoken import _reworded as reworded
from pipelines.answers.question.spoken_plainer import (
    _reworded,
    _singular,
    _with_clock,
    _without_clauses,
)
from pipelines.answers.question.spoken_reasons import names_a_stay
from pipelines.answers.write_embedded.amounts import another_unit
from pipelines.records.facts import Fact


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("# CRPs ever", "number of CRPs ever"),
        ("no. of lactates drawn", "number of lactates drawn"),
        ("creatinine(last) - creatinine(first)", "change in creatinine from the first to the last"),
        ("last WBC minus first", "change in WBC from the first to the last"),
        ("sodium, dc - admit", "change in sodium from admission to discharge"),
        ("first hgb - last hgb", "how much higher was the first hgb than the last"),
        ("cefepime doses - total?", "cefepime how many doses?"),
        ("given haloperidol... no, sorry, I meant cefepime?", "given cefepime?"),
        ("Hct.. no wait, hgb today", "hgb today"),
        ("lowest o two sat", "lowest o2 sat"),
        ("the f i o two", "the fio2"),
        ("Aug-Sept 2137 admission", "Aug 2137 admission"),
        ("dischtime", "discharge time"),
        ("how many BPs (systolic) under 100", "how many systolic blood pressures under 100"),
    ],
)
def test_short_writing_is_written_out_before_anything_is_read(said: str, meant: str) -> None:
    assert reworded(said, "before") == meant


@pytest.mark.parametrize(
    "said",
    [
        "visit # 3",
        "dose #2 of hepatitis B",
        "do I mean cefepime",
        "what was the mean sodium",
        "the total dose of cefepime",
        "pain - left knee",
        "no fever",
        "systolic less than 90",
    ],
)
def test_what_only_looks_short_stays(said: str) -> None:
    assert reworded(said, "before") == said


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ldh at two in the morning on 2115-12-30", "ldh on 2115-12-30t02:00"),
        ("k at 14:05 2115-12-30", "k on 2115-12-30t14:05"),
        ("k at 12 am on 2115-12-30", "k on 2115-12-30t00:00"),
        ("k on 2115-12-30 at 3 pm", "k on 2115-12-30t15:00"),
        ("k at 0600 on 2115-12-30", "k on 2115-12-30t06:00"),
        # No day, two days, no half of the day, no hour: nothing is placed.
        ("k at two in the morning", "k at two in the morning"),
        ("k at 2 am from 2115-12-29 to 2115-12-30", "k at 2 am from 2115-12-29 to 2115-12-30"),
        ("k at 2 on 2115-12-30", "k at 2 on 2115-12-30"),
        ("k at 27:00 on 2115-12-30", "k at 27:00 on 2115-12-30"),
    ],
)
def test_a_time_of_day_is_joined_with_its_day(said: str, meant: str) -> None:
    assert " ".join(_with_clock(said).split()) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("scr on the day acyclovir was started (2166-08-22)", "scr on 2166-08-22"),
        (
            "ptt while on heparin (2144-10-30 10:20 through 2144-11-02 12:02)",
            "ptt between 2144-10-30 10:20 and 2144-11-02 12:02",
        ),
        (
            "during his first night here (between 2117-04-11 and 2117-04-12) hr",
            "night of 2117-04-11 hr",
        ),
    ],
)
def test_a_clause_beside_its_dates_is_those_dates(said: str, meant: str) -> None:
    assert _without_clauses(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "ptt while not on heparin (2144-10-30 to 2144-11-02)",
        "k during the morning shift (2144-10-30)",
        "k when he was dialysed first (2144-10-30)",
        "k while without oxygen (2144-10-30)",
    ],
)
def test_a_clause_that_narrows_stays(said: str) -> None:
    assert _without_clauses(said) == said


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("presenting wbc", "first wbc"),
        ("presenting complaint", "presenting complaint"),
        ("weight on day of dc", "weight on day of discharge"),
        ("dc the foley", "dc the foley"),
        ("any fever over 38 degrees", "any temperature over 38"),
        ("los in days (fractional, 2 decimals)", "los in days"),
        ("resp rte", "respiratory rate"),
        ("she has als right?", "does she have als?"),
        ("where did he go - home, rehab, snf?", "where did he go"),
        ("before he passed out", "before he passed out"),
    ],
)
def test_words_of_one_meaning_become_plain(said: str, meant: str) -> None:
    assert _reworded(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [("all her Ks", "all her K values"), ("as is", "as is"), ("his labs", "his labs")],
)
def test_a_plural_of_a_short_name_is_its_values(said: str, meant: str) -> None:
    assert _singular(said) == meant


def test_a_diagnosis_before_admission_names_the_stay() -> None:
    assert names_a_stay("list diagnoses of the tobacco use admission", ("tobacco use",))
    assert not names_a_stay("is tobacco use listed for the last admission", ("tobacco use",))


@pytest.mark.parametrize(
    ("asked", "unit", "told"),
    [
        ("how many milligrams was each dose", "dose", False),
        ("vancomycin mg per dose", "dose", False),
        ("total mg of morphine", "mg", True),
        ("how many grams of cefepime", "mg", True),
        ("how many ml of albumin", "mg", False),
        ("total morphine", "dose", True),
    ],
)
def test_an_amount_is_told_only_in_the_kind_of_unit_asked_for(
    asked: str, unit: str, told: bool
) -> None:
    fact = Fact("MedicationAdministration/1", "medication", "drug", "path", "quote", unit=unit)
    assert (another_unit(asked, [fact]) is None) is told
