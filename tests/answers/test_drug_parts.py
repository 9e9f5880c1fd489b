"""Drugs are read by their parts in any order; a word that no entry says leaves them unread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers import pipeline
from pipelines.answers.question import ChartQuestion, understand
from pipelines.answers.question.drug_sounds import sound
from pipelines.answers.write_embedded.days_asked import with_days
from pipelines.records.answers import Answer, Cell, Draft
from pipelines.records.chart import Chart
from pipelines.settings import Settings
from tests.answers.structured_chart import SUBJECT, Resource, loaded, order
from tests.answers.test_pipeline import NOWHERE


def _given(ident: str, name: str, at: str, amount: float, route: str) -> Resource:
    return {
        "resourceType": "MedicationAdministration", "id": ident, "status": "completed",
        "medicationCodeableConcept": {"text": name}, "subject": SUBJECT, "effectiveDateTime": at,
        "dosage": {"route": {"text": route}, "dose": {"value": amount, "unit": "mg"}},
    }  # fmt: skip


def _missed(ident: str, name: str, at: str) -> Resource:
    return {
        "resourceType": "MedicationAdministration", "id": ident, "status": "not-done",
        "medicationCodeableConcept": {"text": name}, "subject": SUBJECT, "effectiveDateTime": at,
        "statusReason": [{"text": "asleep"}],
    }  # fmt: skip


def ask(chart: Chart, text: str) -> Answer:
    settings = replace(Settings(), ollama_url=NOWHERE)
    return pipeline.answer(chart, text, thread=(), engine="embedded", settings=settings)


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    ordered = {
        **order("r1", "Ramipril 10 MG Oral Tablet", "active"),
        "reasonCode": [{"text": "Hypertension"}], "requester": {"display": "Dr. Ada Quill"},
    }  # fmt: skip
    return loaded(
        tmp_path_factory.mktemp("drugs") / "chart.duckdb",
        [
            ordered,
            _given("b1", "Bumetanide", "2020-03-01T08:00:00Z", 40, "IV"),
            _given("b2", "Bumetanide", "2020-03-01T20:00:00Z", 40, "IV"),
            _given("b3", "Bumetanide", "2020-03-02T08:00:00Z", 20, "PO"),
            _missed("m1", "Bumetanide", "2020-03-02T20:00:00Z"),
        ],
    )


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("IV bumetanide, number of doses charted as given", ((2,),)),
        ("bumetanide by mouth: how many doses charted", ((1,),)),
        ("bumetanyde doses missed, how many?", ((1,),)),
        ("bumetanide dose two hung at", (("2020-03-01 20:00:00",),)),
        ("what is the ramipril for", (("hypertension",),)),
        ("ramipril tablet ordered by?", (("dr. ada quill",),)),
    ],
)
def test_parts_in_any_order_are_read(
    chart: Chart, question: str, rows: tuple[tuple[Cell, ...], ...]
) -> None:
    answer = ask(chart, question)
    assert answer.status == "answered", answer.answer
    assert answer.values == rows


@pytest.mark.parametrize(
    "question",
    [
        "how many bumetanide patches were given",
        "how many doses of bumetanide should be given",
        "number of bumetanide doses given to her mother",
        "how much more bumetanide than yesterday was given",
        "number of rectal bumetanide doses charted",
    ],
)
def test_a_word_that_no_entry_says_is_declined(chart: Chart, question: str) -> None:
    assert ask(chart, question).status == "abstained"


@pytest.mark.parametrize(
    ("said", "meant", "same"),
    [
        ("lasics", "lasix", True),
        ("seftriaxone", "ceftriaxone", True),
        ("hydralazine", "hydroxyzine", False),
        ("prednisone", "prednisolone", False),
    ],
)
def test_a_drug_is_known_by_its_sound_alone(said: str, meant: str, same: bool) -> None:
    assert (sound(said) == sound(meant)) is same


@pytest.mark.parametrize(
    ("question", "row"),
    [
        ("which day was it given", ("2020-03-01 08:00:00", "2020-03-01")),
        ("at what time was it given", ("2020-03-01 08:00:00",)),
        ("how many days was it given", ("2020-03-01 08:00:00",)),
    ],
)
def test_a_day_stands_beside_the_moment_where_one_is_asked(
    question: str, row: tuple[Cell, ...]
) -> None:
    drafted = Draft(True, (), (("2020-03-01 08:00:00",),))
    assert with_days(drafted, ChartQuestion(question, "medication", "when")).values == (row,)


@pytest.mark.parametrize("thing", ["pills", "meds", "medicines", "drugs"])
def test_pills_are_medications_in_talk(chart: Chart, thing: str) -> None:
    asked = understand(f"Which {thing} are on hold?", chart=chart)
    assert (asked.subject, asked.ask, asked.attribute) == ("medication", "list", "on hold")
