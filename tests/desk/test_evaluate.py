"""`evaluate`: verdicts by the contract's rules, the table by kind, the log, the history."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.desk import evaluate, log
from pipelines.desk.house import House
from pipelines.errors import ChartroomError
from tests.desk.conftest import READER

LATEST = {"question": "What is the latest potassium?", "answer": [[5.9]], "kind": "value"}
ITEMS: list[dict[str, Any]] = [
    {**LATEST, "evidence": ["Observation/k2"]},
    {**LATEST, "answer": [[4.0]], "evidence": ["Observation/k1"]},
    {"question": "What is the latest ferritin?", "answer": [[9]], "kind": "value"},
    {"question": "Should I stop the heparin?", "answer": None, "kind": "decline"},
    {"question": "How many potassium results are there?", "answer": None, "kind": "decline"},
]


def key(path: Path, items: list[dict[str, Any]]) -> Path:
    """A key file; patients and ids are added where an item has none."""
    lines = [
        {"id": f"q{n}", "patient": "p1", "evidence": [], **item} for n, item in enumerate(items)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def run(house: House, path: Path, **more: Any) -> Any:  # noqa: ANN401 - the request's fields
    return evaluate.evaluate(house, READER, evaluate.EvaluateRequest(path, **more))


def test_each_item_gets_the_verdict_that_the_contract_names(house: House, tmp_path: Path) -> None:
    made = run(house, key(tmp_path / "k.jsonl", ITEMS))
    assert [item.verdict for item in made.items] == [
        "right", "wrong", "false abstention", "declined", "wrong",
    ]  # fmt: skip
    assert [item.evidence_recall for item in made.items] == [1.0, 0.0, None, None, None]


def test_the_table_tells_what_can_be_told_of_a_kind_and_nothing_else(
    house: House, tmp_path: Path
) -> None:
    made = run(house, key(tmp_path / "k.jsonl", ITEMS))
    decline, value, total = made.kinds
    assert (decline.kind, decline.accuracy, decline.abstention) == ("decline", None, 0.5)
    assert (value.kind, value.abstention) == ("value", None)
    assert (value.accuracy, value.false_abstention) == (1 / 3, 1 / 3)
    assert (total.kind, total.items, total.wrong_but_confident) == ("all", 5, 2 / 5)
    assert 0 < total.p50_ms <= total.p95_ms


def test_every_answer_and_the_run_itself_are_logged(house: House, tmp_path: Path) -> None:
    made = run(house, key(tmp_path / "k.jsonl", ITEMS))
    assert log.show(house, made.items[0].log_id).action == "answer"
    assert log.show(house, made.log_id).action == "evaluation"
    assert log.verify(house).whole


def test_the_history_holds_the_runs_of_the_same_questions_alone(
    house: House, tmp_path: Path
) -> None:
    first = run(house, key(tmp_path / "k.jsonl", ITEMS))
    again = run(house, key(tmp_path / "copy.jsonl", ITEMS))
    run(house, key(tmp_path / "k.jsonl", ITEMS[:2]))
    found = evaluate.history(house, first.key_sha256)
    assert [one.log_id for one in found] == [first.log_id, again.log_id]
    assert found[0].total == first.total
    assert len(evaluate.history(house)) == 3


def test_lines_of_one_thread_are_one_conversation(house: House, tmp_path: Path) -> None:
    follow_up = {"question": "And the one before?", "answer": [[4.0]], "kind": "follow-up"}
    threaded = [{**LATEST, "thread": "t"}, {**follow_up, "thread": "t"}]
    made = run(house, key(tmp_path / "k.jsonl", [*threaded, follow_up]))
    assert [item.verdict for item in made.items] == ["right", "right", "false abstention"]


def test_a_patient_that_is_not_here_fails_its_item_alone(house: House, tmp_path: Path) -> None:
    made = run(house, key(tmp_path / "k.jsonl", [{**LATEST, "patient": "nobody"}, LATEST]))
    assert [item.verdict for item in made.items] == ["failed", "right"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("", "no questions", id="an empty file"),
        pytest.param('{"id": "a"}\n', "Line 1", id="a line that is no item"),
        pytest.param("\n{]\n", "Line 2", id="a line that is no JSON"),
        pytest.param(json.dumps({**LATEST, "id": "a", "answer": 5.9}), "Line 1", id="no rows"),
        pytest.param(json.dumps({**LATEST, "id": "a"}), "names no patient", id="of nobody"),
    ],
)
def test_a_key_that_is_none_is_refused_in_a_sentence(
    house: House, tmp_path: Path, content: str, says: str
) -> None:
    path = tmp_path / "k.jsonl"
    path.write_text(content)
    with pytest.raises(ChartroomError, match=says):
        run(house, path)


def test_the_patient_given_is_asked_where_an_item_names_none(house: House, tmp_path: Path) -> None:
    path = tmp_path / "k.jsonl"
    path.write_text(json.dumps({**LATEST, "id": "a"}))
    assert run(house, path, patient="p1").items[0].verdict == "right"
