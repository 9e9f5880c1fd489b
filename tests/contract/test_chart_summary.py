"""`brief PATIENT --hours all`: the chart summary on the command line, in each of its formats."""

from __future__ import annotations

import json

from tests.conftest import Run


def test_the_summary_is_one_json_object_of_the_contract_and_is_logged(in_samples: Run) -> None:
    ended = in_samples("brief", "larkspurton", "--hours", "all", "--json")
    assert ended.returncode == 0
    made = json.loads(ended.stdout)
    told_of_a_model = {"model", "model_digest", "prompt_version", "narrative",
                       "narrative_unverified", "notice", "since"}  # fmt: skip
    assert set(made) - told_of_a_model == {
        "patient", "as_of", "from", "to", "summary", "sections", "incomplete", "engine", "log_id",
        "seconds",
    }  # fmt: skip
    assert not any(made[name] for name in told_of_a_model), "no model writes over a summary"
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
    assert page.startswith("<!doctype html>")
    assert "SYN-0048213" in page
    assert "⚠ Allergies: " in page
    assert "http" not in page


def test_nothing_after_an_earlier_as_of_is_told(in_samples: Run) -> None:
    ended = in_samples("brief", "larkspurton", "--hours", "all", "--as-of", "2022-01-01", "--json")
    made = json.loads(ended.stdout)
    dates = [c["date"] for part in made["sections"] for line in part["lines"]
             for c in line["citations"] if c["date"]]  # fmt: skip
    assert dates
    assert max(dates) < "2022-01-02"


def test_another_word_for_hours_is_a_usage_error(in_samples: Run) -> None:
    assert in_samples("brief", "larkspurton", "--hours", "everything").returncode == 2
