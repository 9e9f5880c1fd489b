"""`cohort`: the contract's object and streams; its words for people."""

from __future__ import annotations

import json
from functools import partial

import pytest

from pipelines.desk import lists
from pipelines.desk.access import system_reader
from pipelines.desk.house import open_house
from pipelines.settings import Settings
from tests.conftest import Run, run_chartroom
from tests.contract.charts import bundle, patient, potassium, write

ASKED = "which of these have potassium > 5.5 now"
ROW = {"patient", "name", "answer", "status", "values", "statements", "as_of"}
STATEMENT = {"text", "support", "why", "citations"}
CITATION = {"n", "resource", "path", "quote", "start", "end", "date", "title"}
CHART = bundle(
    patient(),
    potassium("k1", 5.9, "2026-11-22T05:30:00-05:00"),
    patient("p2"),
    {**potassium("k2", 4.1, "2026-11-22T05:30:00-05:00"), "subject": {"reference": "Patient/p2"}},
    patient("p3"),
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("cohort")
    run = partial(run_chartroom, folder / "home")
    run("load", str(write(folder / "b.json", CHART)))
    return run


@pytest.fixture(scope="module")
def listed(loaded: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same home with two lists of this account, one of them empty."""
    house = open_house(Settings.read(loaded.args[0], {}))  # type: ignore[attr-defined]
    lists.make_by_hand(house, system_reader(), "Night", ["p1", "p3"])
    lists.make_by_hand(house, system_reader(), "Empty", [])
    house.close()
    return loaded


def test_a_row_a_patient_with_statements_as_ask_has_them(loaded: Run) -> None:
    ended = loaded("cohort", ASKED, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    told = json.loads(ended.stdout)
    assert set(told) >= {"question", "status", "rows", "counts", "log_id", "seconds"}
    assert (told["question"], told["status"]) == (ASKED, "answered")
    counts = told["counts"]
    assert (counts["yes"], counts["no"], counts["not_said"]) == (1, 1, 1)
    rows = {row["patient"]: row for row in told["rows"]}
    assert {name: row["status"] for name, row in rows.items()} == {
        "p1": "yes", "p2": "no", "p3": "not_said",
    }  # fmt: skip
    assert all(set(row) >= ROW for row in rows.values())
    [statement] = rows["p1"]["statements"]
    assert set(statement) == STATEMENT
    assert set(statement["citations"][0]) == CITATION
    assert statement["citations"][0]["resource"] == "Observation/k1"
    assert rows["p1"]["values"] == [[5.9]]


def test_the_log_shows_the_entry_that_was_printed(loaded: Run) -> None:
    told = json.loads(loaded("cohort", ASKED, "--json").stdout)
    shown = json.loads(loaded("log", "show", told["log_id"], "--json").stdout)
    assert shown["action"] == "cohort"
    assert shown["payload"]["rows"] == told["rows"]
    assert json.loads(loaded("log", "verify", "--json").stdout)["whole"]


def test_people_see_the_counts_first_and_the_source_of_each_row(loaded: Run) -> None:
    ended = loaded("cohort", ASKED)
    first = ended.stdout.splitlines()[0]
    assert first.startswith("3 patients: 1 yes, 1 no, 1 the chart does not say.")
    assert "{Observation/k1}" in ended.stdout


def test_of_named_patients_alone(loaded: Run) -> None:
    told = json.loads(loaded("cohort", ASKED, "--patient", "MRN-p2", "--json").stdout)
    assert [row["patient"] for row in told["rows"]] == ["p2"]


def test_of_a_saved_list_and_of_named_patients_beside_it(listed: Run) -> None:
    told = json.loads(listed("cohort", ASKED, "--list", "Night", "--json").stdout)
    assert {row["patient"] for row in told["rows"]} == {"p1", "p3"}
    both = json.loads(
        listed("cohort", ASKED, "--list", "Night", "--patient", "p2", "--patient", "p1",
               "--json").stdout
    )  # fmt: skip
    assert sorted(row["patient"] for row in both["rows"]) == ["p1", "p2", "p3"], "none twice"


def test_an_empty_list_is_no_question_of_everyone(listed: Run) -> None:
    ended = listed("cohort", ASKED, "--list", "Empty", "--json")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("There is no patient to ask about")


def test_a_list_that_is_not_there_is_one_sentence(listed: Run) -> None:
    ended = listed("cohort", ASKED, "--list", "Day", "--json")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "There is no list of that name; your lists are: Empty, Night.\n"


@pytest.mark.parametrize("words", [("",), (ASKED, "--patient", "nobody")])
def test_what_cannot_be_asked_fails_with_one_sentence(loaded: Run, words: tuple[str, ...]) -> None:
    ended = loaded("cohort", *words, "--json")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1


def test_in_an_empty_home_it_says_that_nothing_is_loaded(chartroom: Run) -> None:
    ended = chartroom("cohort", ASKED, "--json")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "loaded" in ended.stderr
