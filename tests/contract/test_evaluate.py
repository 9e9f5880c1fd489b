"""`evaluate` on the command line: its JSON, its table, its statuses."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import Run
from tests.contract.charts import bundle, patient, potassium, write

ITEM = {
    "id": "q1",
    "patient": "p1",
    "question": "What is the latest potassium?",
    "kind": "value",
    "answer": [[5.9]],
    "evidence": ["Observation/k2"],
}
CHART = bundle(
    patient(),
    potassium("k1", 4.0, "2026-11-20T06:00:00-05:00"),
    potassium("k2", 5.9, "2026-11-22T05:30:00-05:00"),
)


def key(tmp_path: Path) -> str:
    """A key of two questions, one of which the chart's answer does not meet."""
    path = tmp_path / "gold.jsonl"
    wrong = {**ITEM, "id": "q2", "answer": [[4.0]]}
    path.write_text(json.dumps(ITEM) + "\n" + json.dumps(wrong) + "\n")
    return str(path)


def test_json_has_the_table_each_item_and_the_history(chartroom: Run, tmp_path: Path) -> None:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    gold = key(tmp_path)
    chartroom("evaluate", gold, "--json")
    ended = chartroom("evaluate", gold, "--json")
    told = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert [kind["kind"] for kind in told["kinds"]] == ["value", "all"]
    assert told["kinds"][-1]["accuracy"] == 0.5
    assert [item["verdict"] for item in told["items"]] == ["right", "wrong"]
    assert [run["accuracy"] for run in told["history"]] == [0.5, 0.5]
    shown = chartroom("log", "show", told["items"][1]["log_id"], "--json")
    assert json.loads(shown.stdout)["action"] == "answer"


def test_people_see_a_line_a_kind_and_what_failed_by_its_log_id(
    chartroom: Run, tmp_path: Path
) -> None:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    ended = chartroom("evaluate", key(tmp_path), "--wrong")
    lines = ended.stdout.splitlines()
    assert lines[0].split()[:3] == ["kind", "n", "right"]
    assert lines[1].split()[:4] == ["value", "2", "50.0", "%"]
    assert lines[-1].split()[:2] == ["wrong", "q2"]


def test_a_key_that_is_not_there_ends_with_one_sentence(chartroom: Run, tmp_path: Path) -> None:
    chartroom("load", str(write(tmp_path / "b.json", CHART)))
    ended = chartroom("evaluate", str(tmp_path / "none.jsonl"))
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "The key cannot be read; check its path.\n"
