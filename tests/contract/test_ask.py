"""`ask`: the contract's object, its citations, its statuses, batches and conversations."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.contract.charts import bundle, patient, potassium, write

FIELDS = {
    "id", "patient", "question", "status", "answer", "values", "statements", "searched", "notice",
    "engine", "model", "model_digest", "prompt_version", "as_of", "log_id", "seconds",
}  # fmt: skip
CHART = bundle(
    patient(),
    potassium("k1", 4.0, "2026-11-20T06:00:00-05:00"),
    potassium("k2", 5.9, "2026-11-22T05:30:00-05:00"),
    potassium("k3", 4.8, "2026-11-21T05:30:00-05:00"),
)


@pytest.fixture
def loaded(chartroom: Run, tmp_path: Path) -> Run:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    return chartroom


def asked(run: Run, question: str, *options: str, patient_id: str = "p1") -> dict[str, Any]:
    ended = run("ask", patient_id, question, "--json", *options)
    assert ended.returncode in (0, 5), ended.stderr
    answer = json.loads(ended.stdout)
    assert set(answer) >= FIELDS
    assert ended.returncode == {"answered": 0, "abstained": 5}[answer["status"]]
    return answer


def test_the_latest_value_with_flag_date_and_citation(loaded: Run) -> None:
    answer = asked(loaded, "What is the latest potassium?")
    assert answer["answer"].startswith("Potassium was 5.9 mmol/L (high) on 2026-11-22 05:30")
    assert answer["values"] == [[5.9]]
    [citation] = answer["statements"][0]["citations"]
    assert (citation["n"], citation["resource"]) == (1, "Observation/k2")
    assert citation["path"].startswith("valueQuantity")
    assert citation["quote"].startswith("5.9")
    assert citation["date"] == "2026-11-22T05:30:00-05:00"


def test_arithmetic_cites_every_resource_the_deciding_one_first(loaded: Run) -> None:
    answer = asked(loaded, "What was the highest potassium?")
    statement = answer["statements"][0]
    assert (statement["support"], answer["values"]) == ("computed", [[5.9]])
    resources = [citation["resource"] for citation in statement["citations"]]
    assert resources[0] == "Observation/k2"
    assert set(resources) == {"Observation/k1", "Observation/k2", "Observation/k3"}


@pytest.mark.parametrize(
    "question",
    [
        "Should I give this patient calcium gluconate?",
        "What is the normal range of potassium in general?",
        "Order a repeat potassium.",
        "What is the potassium of patient 4711?",
        "What is the latest troponin?",
        "What is the weather today?",
    ],
)
def test_what_the_chart_does_not_say_is_abstained_with_what_was_searched(
    loaded: Run, question: str
) -> None:
    answer = asked(loaded, question)
    assert answer["status"] == "abstained"
    assert answer["answer"]
    assert answer["searched"]
    assert all(not item["citations"] for item in answer["statements"])


def test_nothing_after_the_as_of_time_is_read(loaded: Run) -> None:
    assert asked(loaded, "latest potassium", "--as-of", "2026-11-21")["values"] == [[4.8]]
    assert asked(loaded, "latest potassium", "--as-of", "2026-11-21T05:00:00-05:00")["values"] == [
        [4.0]
    ]


@pytest.mark.parametrize("name", ["p1", "MRN-p1", "urn:example:mrn|MRN-p1"])
def test_a_patient_is_found_by_id_and_by_identifier(loaded: Run, name: str) -> None:
    assert asked(loaded, "latest potassium", patient_id=name)["patient"] == "p1"


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("nobody", "latest potassium"), id="unknown patient"),
        pytest.param(("p1", ""), id="no question"),
        pytest.param(("p1", "latest potassium", "--as-of", "yesterday"), id="no time"),
        pytest.param(("p1", "latest potassium", "--as-of", "9999-12-31"), id="beyond time"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_and_a_failed_answer_that_is_logged(
    loaded: Run, words: tuple[str, ...]
) -> None:
    ended = loaded("ask", *words, "--json")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    answer = json.loads(ended.stdout)
    assert set(answer) >= FIELDS
    assert (answer["status"], answer["answer"]) == ("failed", "")
    assert loaded("log", "show", answer["log_id"]).returncode == 0


def test_an_unknown_patient_is_told_who_is_loaded(loaded: Run) -> None:
    assert "p1" in loaded("ask", "nobody", "latest potassium").stderr


def test_the_entry_is_in_the_ledger_before_the_answer_is_printed(
    loaded: Run, tmp_path: Path
) -> None:
    answer = asked(loaded, "latest potassium")
    shown = json.loads(loaded("log", "show", answer["log_id"], "--json").stdout)
    assert shown["payload"]["answer"] == answer["answer"]
    assert shown["payload"]["statements"] == answer["statements"]
    rows = sqlite3.connect(tmp_path / "home" / "ledger.sqlite").execute("select id from entry")
    assert answer["log_id"] in {row[0] for row in rows}


def test_a_batch_answers_every_line_and_keeps_conversations_apart(
    loaded: Run, tmp_path: Path
) -> None:
    lines = [
        {"id": "a", "patient": "p1", "question": "What is the latest potassium?", "thread": "t"},
        {"id": "b", "patient": "p1", "question": "And the one before?", "thread": "t"},
        {"id": "c", "patient": "nobody", "question": "latest potassium"},
        "not json",
        {"id": 7, "patient": "p1", "question": "Should I stop it?"},
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    out = tmp_path / "out.jsonl"
    ended = loaded("ask", "--batch", str(write(tmp_path / "in.jsonl", text)), "--out", str(out))
    assert ended.returncode == 0, ended.stderr
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [item["id"] for item in answers] == ["a", "b", "c", None, 7]
    assert [item["status"] for item in answers] == [
        "answered", "answered", "failed", "failed", "abstained",
    ]  # fmt: skip
    assert answers[1]["values"] == [[4.8]]
    logged = [e["id"] for e in json.loads(loaded("log", "list", "--json").stdout)["entries"]]
    assert all(item["log_id"] in logged for item in answers)


def test_odd_lines_of_a_batch_cost_only_themselves(loaded: Run, tmp_path: Path) -> None:
    asks = {"patient": "p1", "question": "latest potassium"}
    lines = [
        json.dumps({"id": "first", **asks}),
        "",
        json.dumps({"id": "half a character", **asks, "patient": "\ud800"}),
        json.dumps({"id": "\ud800", **asks}),
        json.dumps({"id": "nul", **asks, "question": "latest\x00 potassium \U0001f9ea"}),
        "[" * 100_000,
        json.dumps({"id": "last", **asks}),
    ]
    out = tmp_path / "out.jsonl"
    text = "\ufeff" + "\r\n".join(lines) + "\n\n"
    ended = loaded("ask", "--batch", str(write(tmp_path / "in.jsonl", text)), "--out", str(out))
    assert ended.returncode == 0, ended.stderr
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [item["status"] for item in answers] == [
        "answered", "failed", "failed", "answered", "answered", "failed", "answered",
    ]  # fmt: skip
    assert [item["id"] for item in answers[2:5]] == ["half a character", "\ud800", "nul"]


def test_a_batch_never_writes_over_its_own_questions(loaded: Run, tmp_path: Path) -> None:
    lines = write(tmp_path / "in.jsonl", "not empty\n")
    assert loaded("ask", "--batch", str(lines), "--out", str(lines)).returncode == 2
    assert lines.read_text() == "not empty\n"


def test_a_store_in_use_says_so(loaded: Run, tmp_path: Path) -> None:
    from pipelines.charts.store import ChartStore

    store = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    lines = write(tmp_path / "in.jsonl", "{}\n")
    several = loaded("ask", "--batch", str(lines), "--out", str(tmp_path / "out.jsonl"))
    ended = loaded("ask", "p1", "latest potassium", "--json")
    store.close()
    for one in (ended, several):
        assert one.returncode == 1
        assert "in use" in one.stderr
        assert len(one.stderr.splitlines()) == 1
    assert json.loads(ended.stdout)["status"] == "failed"
