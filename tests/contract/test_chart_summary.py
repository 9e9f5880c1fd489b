"""`brief PATIENT --hours all`: the chart summary on the command line, in each of its formats."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pipelines.answers.scripted_server import ScriptedServer
from tests.conftest import Run
from tests.contract.charts import bundle, patient, write


def test_the_summary_is_one_json_object_of_the_contract_and_is_logged(in_samples: Run) -> None:
    ended = in_samples("brief", "larkspurton", "--hours", "all", "--json")
    assert ended.returncode == 0
    made = json.loads(ended.stdout)
    assert list(made)[:10] == ["patient", "as_of", "from", "to", "summary", "sections",
                               "incomplete", "engine", "log_id", "seconds"]  # fmt: skip
    day = json.loads(in_samples("brief", "larkspurton", "--json").stdout)
    assert list(made) == list(day), "the summary has the keys of the briefing"
    assert made["from"] == "1984"
    assert made["to"] == made["as_of"]
    assert all(part["lines"] or part["empty"] in ("none recorded", "not in this chart")
               for part in made["sections"])  # fmt: skip
    assert all(line["citations"] for part in made["sections"] for line in part["lines"])
    shown = in_samples("log", "show", made["log_id"], "--json")
    assert json.loads(shown.stdout)["payload"]["hours"] == "all"


def test_json_and_format_json_are_the_same_summary(in_samples: Run) -> None:
    one = json.loads(in_samples("brief", "larkspurton", "--hours", "all", "--json").stdout)
    other = json.loads(
        in_samples("brief", "larkspurton", "--hours", "all", "--format", "json").stdout
    )
    assert (one["summary"], one["sections"]) == (other["summary"], other["sections"])


def test_html_is_one_page_with_identity_and_allergies(in_samples: Run) -> None:
    page = in_samples("brief", "quillfeather", "--hours", "all", "--format", "html").stdout
    assert page.startswith("<!DOCTYPE html>")
    head = page.split("</thead>")[0]
    assert "SYN-0048213" in head, "on every page, by the head of the table"
    assert "! ALLERGIES: " in head
    assert "DRAFT, not signed" in head
    assert not re.search(r"https?:", page)
    entries = json.loads(in_samples("log", "list", "--json").stdout)["entries"]
    assert [entry["action"] for entry in entries][-1] == "print", "what is printed is logged"


def test_a_model_writes_over_the_summary_and_without_one_the_lines_stand(in_samples: Run) -> None:
    words = ("brief", "larkspurton", "--hours", "all", "--engine", "ollama", "--json")
    with ScriptedServer() as server:
        with_model = json.loads(in_samples(*words, CHARTROOM_OLLAMA_URL=server.url).stdout)
    without = json.loads(in_samples(*words).stdout)
    assert with_model["narrative"]
    assert {line["support"] for line in with_model["narrative"]} <= {"supported", "computed"}
    assert with_model["engine"] == "ollama"
    assert with_model["prompt_version"].startswith("narrative.v1 ")
    assert (without["narrative"], without["engine"]) == ([], "embedded")
    assert "without a narrative" in without["notice"]
    assert with_model["sections"] == without["sections"]


def test_all_patients_may_have_their_summary(chartroom: Run, tmp_path: Path) -> None:
    files = [write(tmp_path / f"{one}.json", bundle(patient(one))) for one in ("p1", "p2")]
    chartroom("load", *map(str, files))
    made = json.loads(chartroom("brief", "--all", "--hours", "all", "--json").stdout)["briefings"]
    assert [one["sections"][0]["name"] for one in made] == ["Problems", "Problems"]


def test_nothing_after_an_earlier_as_of_is_told(in_samples: Run) -> None:
    ended = in_samples("brief", "larkspurton", "--hours", "all", "--as-of", "2022-01-01", "--json")
    made = json.loads(ended.stdout)
    dates = [c["date"] for part in made["sections"] for line in part["lines"]
             for c in line["citations"] if c["date"]]  # fmt: skip
    assert dates
    assert max(dates) < "2022-01-02"


def test_another_word_for_hours_is_a_usage_error(in_samples: Run) -> None:
    assert in_samples("brief", "larkspurton", "--hours", "everything").returncode == 2


def test_a_summary_goes_into_no_hand_over_form(in_samples: Run) -> None:
    words = ("brief", "larkspurton", "--hours", "all", "--form", "sbar")
    assert in_samples(*words).returncode == 2
