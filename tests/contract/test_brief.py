"""`brief` on the command line: one patient, all, since the last look, forms to hand over."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines import cli_brief
from pipelines.desk import lists
from pipelines.desk.access import system_reader
from pipelines.desk.house import open_house
from pipelines.errors import ChartroomError
from pipelines.records.handover import ListItem
from pipelines.settings import Settings
from tests.conftest import Run
from tests.contract.charts import bundle, patient, potassium, write

CHART = bundle(
    patient(),
    potassium("k1", 4.0, "2026-11-20T06:00:00-05:00"),
    potassium("k2", 5.9, "2026-11-22T05:30:00-05:00"),
)
OTHER = bundle(patient("p2"))


@pytest.fixture
def two(chartroom: Run, tmp_path: Path) -> Run:
    """A home with two patients."""
    paths = (write(tmp_path / "a.json", CHART), write(tmp_path / "b.json", OTHER))
    assert chartroom("load", *map(str, paths)).returncode == 0
    return chartroom


def test_all_is_one_json_value_with_an_object_a_patient(two: Run) -> None:
    ended = two("brief", "--all", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    value = json.loads(ended.stdout)
    assert list(value) == ["briefings"]
    assert {item["patient"] for item in value["briefings"]} == {"p1", "p2"}
    assert all(two("log", "show", item["log_id"]).returncode == 0 for item in value["briefings"])


def test_all_of_an_empty_home_is_an_empty_list(chartroom: Run) -> None:
    ended = chartroom("brief", "--all", "--json")
    assert ended.returncode == 0
    assert json.loads(ended.stdout) == {"briefings": []}


def test_since_last_is_what_came_in_after_the_last_briefing(two: Run, tmp_path: Path) -> None:
    first = json.loads(two("brief", "p1", "--since", "last", "--json").stdout)
    assert "not opened a briefing" in first["notice"]
    more = bundle(patient(), potassium("k3", 6.4, "2026-11-23T05:30:00-05:00"))
    two("load", str(write(tmp_path / "c.json", more)))
    later = json.loads(two("brief", "p1", "--since", "last", "--json").stdout)
    assert (later["from"], later["to"]) == (first["to"], "2026-11-23T05:30:00-05:00")
    assert later["since"] is not None
    new = next(part for part in later["sections"] if part["name"].startswith("New"))
    assert len(new["lines"]) == 1


@pytest.mark.parametrize("form", ["pre-round", "i-pass", "sbar"])
def test_a_form_comes_as_markdown_and_as_a_page_that_is_logged(two: Run, form: str) -> None:
    text = two("brief", "p1", "--form", form).stdout
    assert "5.9" in text
    assert "## Sources" in text
    page = two("brief", "p1", "--form", form, "--format", "html").stdout
    assert page.startswith("<!DOCTYPE html>")
    assert "MARROW, Ada" in page
    actions = [e["action"] for e in json.loads(two("log", "list", "--json").stdout)["entries"]]
    assert actions[-1] == "print"


def test_all_as_a_page_has_a_table_a_patient(two: Run) -> None:
    page = two("brief", "--all", "--format", "html").stdout
    assert page.count("<table>") == 2
    assert page.rstrip().endswith("</html>")


@pytest.fixture
def with_list(two: Run, tmp_path: Path) -> Run:
    """The same home, in which this account has a list "Night" with one of the two."""
    house = open_house(Settings.read(tmp_path / "home", {}))
    lists.make_by_hand(house, system_reader(), "Night", ["p2"])
    house.close()
    return two


def test_all_of_a_saved_list_are_its_patients_alone(with_list: Run) -> None:
    ended = with_list("brief", "--all", "--list", "Night", "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [item["patient"] for item in json.loads(ended.stdout)["briefings"]] == ["p2"]


def test_all_of_an_empty_list_is_an_empty_list(with_list: Run, tmp_path: Path) -> None:
    house = open_house(Settings.read(tmp_path / "home", {}))
    lists.make_by_hand(house, system_reader(), "Empty", [])
    house.close()
    ended = with_list("brief", "--all", "--list", "Empty", "--json")
    assert (ended.returncode, json.loads(ended.stdout)) == (0, {"briefings": []})


@pytest.mark.parametrize("form", ["json", "md", "html"])
def test_a_list_that_is_not_there_is_one_sentence_and_no_output(with_list: Run, form: str) -> None:
    ended = with_list("brief", "--all", "--list", "Day", "--format", form)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "There is no list of that name; your lists are: Night.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("brief",),
        ("brief", "p1", "--list", "Night"),
        ("brief", "p1", "--all"),
        ("brief", "p1", "--since", "last", "--hours", "24"),
        ("brief", "p1", "--since", "yesterday"),
        ("brief", "p1", "--form", "sbar", "--json"),
        ("brief", "p1", "--form", "soap"),
        ("brief", "p1", "--engine", "gpt"),
    ],
)
def test_what_does_not_go_together_is_a_usage_error(chartroom: Run, words: tuple[str, ...]) -> None:
    assert chartroom(*words).returncode == 2


def test_the_json_is_closed_when_the_list_breaks_off(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    def breaks_off() -> object:
        yield ListItem("p1", None, "Failed.")
        raise ChartroomError("The chart store is in use by another process.")

    with pytest.raises(ChartroomError):
        cli_brief._json_of_all(breaks_off())  # type: ignore[arg-type]
    value = json.loads(capfdbinary.readouterr().out)
    assert value == {"briefings": [{"patient": "p1", "failed": "Failed."}], "stopped": True}


def test_progress_is_one_line_that_overwrites_itself(capsys: pytest.CaptureFixture[str]) -> None:
    items = [ListItem("p1", None, "Failed."), ListItem("p2", None, "Failed.")]
    assert list(cli_brief._with_progress(iter(items), 2)) == items
    said = capsys.readouterr().err
    assert "1 of 2 briefings" in said
    assert "2 of 2 briefings" in said
    assert "\n" not in said
    assert said.endswith(cli_brief.CLEAR_LINE)
