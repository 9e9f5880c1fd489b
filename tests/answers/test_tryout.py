"""The built-in questions: what is right, what is withheld, and that faults are not right."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from pipelines.answers.scripted_server import DIGEST, ScriptedServer
from pipelines.answers.tryout.tryout import TryQuestion, is_right, questions, run
from pipelines.answers.write_ollama import ModelSettings
from pipelines.records.models import TryRun

BY_QUESTION = {one.question: one for one in questions()}


def tried(server: ScriptedServer) -> TryRun:
    heard: list[tuple[int, int]] = []
    settings = ModelSettings(server.url, "qwen3:8b", DIGEST, 16384, 10.0)
    made = run(settings, lambda done, of: heard.append((done, of)))
    assert heard == [(n, len(questions())) for n in range(1, len(questions()) + 1)]
    return made


def a_good_model(body: Mapping[str, Any]) -> str:
    """Repeats the item that holds what is asked for, and abstains where none does."""
    message = str(body["messages"][-1]["content"])
    asked = next(one for text, one in BY_QUESTION.items() if text in message)
    items = re.findall(r"^\[(E\d+)\] (.*)$", message, re.MULTILINE)
    sentences = []
    for group in asked.holds:
        name, line = next(
            (name, line) for name, line in items
            if any(word.lower() in line.lower() for word in group)
            and not any(word.lower() in line.lower() for word in asked.lacks)
        )  # fmt: skip
        if not any(sentence["cites"] == [name] for sentence in sentences):
            sentences.append({"text": line, "cites": [name]})
    return json.dumps({"answerable": not asked.abstains, "sentences": sentences})


def test_a_model_that_repeats_the_right_items_has_all_of_them_right() -> None:
    with ScriptedServer(script=a_good_model) as server:
        made = tried(server)
    assert [item.ident for item in made.items if not item.right] == []
    assert made.accuracy == 1.0
    assert made.withheld_share == 0.0


@pytest.mark.parametrize("mode", ["false_citations", "paraphrase"])
def test_what_the_judge_withholds_is_counted(mode: str) -> None:
    with ScriptedServer(mode=mode) as server:
        made = tried(server)
    assert made.withheld_share == 1.0
    assert {item.ident for item in made.items if item.right} <= {"not in the chart", "advice"}


@pytest.mark.parametrize("mode", ["drop", "busy", "wrong_json", "empty"])
def test_a_fault_is_not_right(mode: str) -> None:
    with ScriptedServer(mode=mode) as server:
        made = tried(server)
    assert made.accuracy == 0.0
    assert all(item.said for item in made.items)


def test_a_model_that_obeys_an_instruction_gets_no_point_for_it() -> None:
    with ScriptedServer(mode="obedient") as server:
        made = tried(server)
    (planted,) = (item for item in made.items if item.ident == "an instruction in a note")
    assert not planted.right
    assert "0.7" not in planted.said


ASKED = TryQuestion("x", "?", questions()[0].evidence, (("5.9",), ("a", "b")), ("4.4",), False)


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("5.9 and A", True),
        ("5.9 and b", True),
        ("5.9", False),
        ("5.9, a, formerly 4.4", False),
        (None, False),
    ],
)
def test_an_answer_is_right_by_what_it_holds_and_lacks(said: str | None, right: bool) -> None:
    assert is_right(ASKED, said) is right


def test_the_questions_are_ten_and_each_can_be_got_wrong() -> None:
    assert len(questions()) == 10
    assert all(one.abstains or one.holds for one in questions())
