"""One question over many charts: what is yes, what is no, and what the chart does not say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.desk import cohort, load
from pipelines.desk.house import House, open_house
from pipelines.errors import ChartroomError, NotFound
from pipelines.records.chart import Reader
from pipelines.records.cohort import CohortAnswer, CohortRow
from pipelines.settings import Settings
from tests.contract.charts import bundle, patient, potassium, write

READER = Reader("resident")
NOW = "2026-11-22T05:30:00-05:00"
ASKED = "which of these have potassium > 5.5 now"
WORDS = {"valueString": "hemolyzed"}
WHOLE_BLOOD = {
    "code": {"coding": [{"system": "http://loinc.org", "code": "6298-4", "display": "K, blood"}]}
}
IN_MG = {"valueQuantity": {"value": 23.0, "unit": "mg/dL", "code": "mg/dL"}}

Resource = dict[str, Any]


def chart(name: str, *results: Resource) -> list[Resource]:
    """A patient with these results and a last entry of now, so that the as-of is known."""
    mine = [{**item, "id": f"{name}-{item['id']}", "subject": {"reference": f"Patient/{name}"}}
            for item in results]  # fmt: skip
    heart = potassium("hr", {"valueQuantity": {"value": 80, "unit": "/min"}}, NOW)
    heart |= {
        "id": f"{name}-hr", "subject": {"reference": f"Patient/{name}"}, "referenceRange": [],
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Pulse"}]},
    }  # fmt: skip
    return [patient(name), *mine, heart]


CHARTS = [
    *chart("high", potassium("a", 4.0, "2026-11-20T06:00:00-05:00"), potassium("b", 5.9, NOW)),
    *chart("wasHigh", potassium("a", 6.9, "2026-11-21T06:00:00-05:00"), potassium("b", 4.1, NOW)),
    *chart("edge", potassium("a", 5.5, NOW)),
    *chart("old", potassium("a", 6.2, "2026-11-14T05:29:00-05:00")),
    *chart("sevenDays", potassium("a", 6.2, "2026-11-15T05:30:00-05:00")),
    *chart("hemolyzed", potassium("a", 6.2, "2026-11-21T06:00:00-05:00"),
           potassium("b", WORDS, NOW)),
    *chart("none"),
    *chart("twoAtOnce", potassium("a", 5.9, NOW), potassium("b", 5.2, NOW)),
    *chart("bloodIsNewer", potassium("a", 4.0, "2026-11-21T06:00:00-05:00"),
           potassium("b", 6.1, NOW, **WHOLE_BLOOD)),
    *chart("error", potassium("a", 4.0, "2026-11-21T06:00:00-05:00"),
           potassium("b", 7.0, NOW, status="entered-in-error")),
    *chart("prelim", potassium("a", 6.0, NOW, status="preliminary")),
    *chart("otherUnit", potassium("a", IN_MG, NOW)),
    *chart("open", potassium("a", {"valueQuantity": {
        "value": 5.0, "comparator": ">", "unit": "mmol/L", "code": "mmol/L"}}, NOW)),
    *chart("undated", potassium("a", 6.0, None)),
]  # fmt: skip
EXPECTED = {
    "high": "yes", "bloodIsNewer": "yes", "prelim": "yes", "sevenDays": "yes",
    "wasHigh": "no", "edge": "no", "error": "no",
    "old": "not_said", "hemolyzed": "not_said", "none": "not_said", "twoAtOnce": "not_said",
    "otherUnit": "not_said", "open": "not_said", "undated": "not_said",
}  # fmt: skip


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("ward")
    settings = Settings.read(folder / "home", {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"})
    house = open_house(settings, writing=True)
    load.load(house, READER, [write(folder / "b.json", bundle(*CHARTS))])
    yield house
    house.close()


@pytest.fixture(scope="module")
def answered(ward: House) -> CohortAnswer:
    return cohort.cohort(ward, READER, ASKED)


def row(answer: CohortAnswer, name: str) -> CohortRow:
    return next(row for row in answer.rows if row.patient == name)


@pytest.mark.parametrize(("name", "status"), EXPECTED.items())
def test_a_chart_is_in_its_own_part_of_the_list(
    answered: CohortAnswer, name: str, status: str
) -> None:
    assert row(answered, name).status == status, row(answered, name).answer


def test_every_yes_and_no_is_a_judged_statement_with_a_citation(answered: CohortAnswer) -> None:
    told = [one for one in answered.rows if one.status in ("yes", "no")]
    assert len(told) == 7
    for one in told:
        assert one.statements
        for item in one.statements:
            assert item.support == "supported"
            assert item.citations[0].resource.startswith(f"Observation/{one.patient}-")


def test_the_counts_are_of_the_rows(answered: CohortAnswer) -> None:
    counts = cohort.cohort_json(answered)["counts"]
    assert counts == {"yes": 4, "no": 3, "not_said": 7, "value": 0, "failed": 0}


def test_rows_stand_yes_first_and_what_is_not_said_last(answered: CohortAnswer) -> None:
    parts = list(dict.fromkeys(one.status for one in answered.rows))
    assert parts == ["yes", "no", "not_said"]


def test_an_old_result_is_told_as_not_measured_since(answered: CohortAnswer) -> None:
    old = row(answered, "old")
    assert old.answer.startswith("Not measured since 2026-11-14 05:29 (8 days before")
    assert "6.2 mmol/L" in old.answer
    assert old.age_hours == 192.0


def test_a_preliminary_result_says_so_in_its_row(answered: CohortAnswer) -> None:
    assert "preliminary" in row(answered, "prelim").answer


def test_the_reading_names_the_unit_that_a_bare_bound_is_read_in(answered: CohortAnswer) -> None:
    assert "5.5 mmol/L" in answered.read_as


def test_one_entry_of_the_log_keeps_all_rows_and_every_opening_stands_before_it(
    ward: House, answered: CohortAnswer
) -> None:
    entry = ward.ledger.entry(answered.log_id)
    assert (entry.action, entry.patient) == ("cohort", None)
    assert entry.payload["rows"] == cohort.cohort_json(answered)["rows"]
    opened = [e for e in ward.ledger.entries(action="open") if e.payload["reason"] == "cohort"]
    assert {e.patient for e in opened} == set(EXPECTED)
    assert max(e.seq for e in opened) < entry.seq
    assert ward.ledger.verify().whole


def test_a_value_is_asked_of_everyone(ward: House) -> None:
    answer = cohort.cohort(ward, READER, "latest potassium of everyone")
    assert row(answer, "wasHigh").values == ((4.1,),)
    assert row(answer, "none").status == "not_said"
    assert row(answer, "old").answer.startswith("Not measured since")


def test_a_past_bound_is_asked_of_every_result(ward: House) -> None:
    answer = cohort.cohort(ward, READER, "which of these ever had a potassium > 6.5")
    said = {one.patient: one.status for one in answer.rows}
    assert said["wasHigh"] == "yes"
    assert said["high"] == "no"
    assert said["none"] == said["hemolyzed"] == "not_said"


@pytest.mark.parametrize(
    "question",
    [
        "which have potassium and pulse above 5.5 now",
        "which have potassium > 5.5 and pulse > 60",
        "who has a potassium above 5.5 at the latest clinic visit now",
    ],
)
def test_a_bound_that_is_not_one_on_one_result_is_never_a_yes(ward: House, question: str) -> None:
    answer = cohort.cohort(ward, READER, question)
    said = {one.patient: one.status for one in answer.rows}
    assert said.get("wasHigh", "not_said") in ("not_said", "no")
    assert "value" not in said.values()


def test_a_window_in_which_nothing_was_measured_is_not_a_no(ward: House) -> None:
    answer = cohort.cohort(ward, READER, "who had potassium over 5.5 in the last 24 hours")
    said = {one.patient: one.status for one in answer.rows}
    assert (said["high"], said["edge"], said["old"]) == ("yes", "no", "not_said")


@pytest.mark.parametrize(
    "question", ["which of these should get calcium", "which have no potassium above 5.5"]
)
def test_what_is_declined_is_declined_once_for_all(ward: House, question: str) -> None:
    answer = cohort.cohort(ward, READER, question)
    assert (answer.status, answer.rows) == ("abstained", ())
    assert answer.answer


def test_a_list_is_asked_alone_and_never_quietly_shorter(ward: House) -> None:
    answer = cohort.cohort(ward, READER, ASKED, ["high", "none", "high"])
    assert [one.patient for one in answer.rows] == ["high", "none"]
    with pytest.raises(NotFound):
        cohort.cohort(ward, READER, ASKED, ["high", "nobody"])
    with pytest.raises(ChartroomError):
        cohort.cohort(ward, READER, ASKED, [])


@pytest.mark.parametrize("question", ["", "   ", "x" * 4001])
def test_an_empty_or_endless_question_is_refused(ward: House, question: str) -> None:
    with pytest.raises(ChartroomError):
        cohort.cohort(ward, READER, question)


def test_a_home_without_charts_says_so(tmp_path: Path) -> None:
    house = open_house(Settings.read(tmp_path / "empty", {}))
    with pytest.raises(NotFound):
        cohort.cohort(house, READER, ASKED)
