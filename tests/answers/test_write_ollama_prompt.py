"""What goes to the model beside question and evidence: conversation, arithmetic, least thinking."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from pipelines.answers import pipeline
from pipelines.answers.evidence.gather import gather
from pipelines.answers.question import understand
from pipelines.answers.scripted_server import ScriptedServer
from pipelines.answers.write_ollama_prompt import Before, prompt
from pipelines.records.answers import Answer, Turn
from pipelines.records.chart import Chart
from pipelines.settings import Settings
from tests.answers.hand_made import POTASSIUM, SODIUM, evidence, note
from tests.answers.test_pipeline import chart_of

ASKED = "And the one before?"
ITEMS = evidence(POTASSIUM, SODIUM).items


@pytest.fixture(scope="module")
def chart() -> Chart:
    return chart_of("Potassium was repeated because of hemolysis.")


def answered(
    chart: Chart, server: ScriptedServer, question: str, thread: tuple[Turn, ...] = ()
) -> Answer:
    settings = Settings(ollama_url=server.url, num_ctx=4096)
    return pipeline.answer(chart, question, thread=thread, engine="ollama", settings=settings)


def user_of(server: ScriptedServer) -> str:
    return str(server.chats()[-1].body["messages"][1]["content"])


def test_the_question_stands_first_then_what_it_means_then_the_evidence() -> None:
    before = Before((Turn("K?", "Potassium was 5.9 mmol/L. [1]"),), "What is the second to last K?")
    made = prompt(ASKED, ITEMS, 8192, before)
    assert made is not None
    lines = made.user.split("\n")
    places = [
        lines.index(line)
        for line in (
            ASKED, "Asked before: K?", "Answered: Potassium was 5.9 mmol/L. [1]",
            "Understood as: What is the second to last K?",
        )
    ]  # fmt: skip
    first = next(n for n, line in enumerate(lines) if line.startswith("[E1]"))
    assert places == sorted(places)
    assert places[-1] < first
    assert "K?" not in made.system


def test_a_question_that_means_itself_is_not_said_twice() -> None:
    made = prompt("What is the latest K?", ITEMS, 8192, Before((), "What is the latest K?"))
    assert made is not None
    assert "Understood as" not in made.user


def test_a_long_conversation_leaves_the_evidence_its_room() -> None:
    long = Before(tuple(Turn("word " * 400, "word " * 400) for _ in range(9)))
    made = prompt(ASKED, ITEMS, 4096, long)
    assert made is not None
    assert made.numbers == {1, 2}
    assert len(made.user.encode()) / 3 + made.answer_tokens < 4096


def test_what_had_no_room_is_counted() -> None:
    items = evidence(POTASSIUM, *(note("word " * 300 + str(n)) for n in range(30))).items
    made = prompt("What is the latest potassium?", items, 4096)
    assert made is not None
    assert made.left_out == len(items) - len(made.numbers) > 0
    assert 1 in made.numbers


def test_a_follow_up_reaches_the_model_with_what_it_means(chart: Chart) -> None:
    before = (Turn("What is the latest potassium?", "Potassium was 5.9 mmol/L. [1]"),)
    with ScriptedServer() as server:
        answered(chart, server, ASKED, before)
    said = user_of(server)
    assert f"Question:\n{ASKED}\n" in said
    assert "Asked before: What is the latest potassium?" in said
    assert re.search(r"^Understood as: .*second to last potassium", said, re.MULTILINE)


def cites_arithmetic(body: Mapping[str, Any]) -> str:
    """A model that repeats the item of arithmetic that it was given."""
    message = str(body["messages"][-1]["content"])
    found = re.search(r"^\[(E\d+)\] computed: (.*)$", message, re.MULTILINE)
    assert found is not None
    sentences = [{"text": found[2], "cites": [found[1]]}]
    return json.dumps({"answerable": True, "sentences": sentences})


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What was the average potassium?", "5.15"),
        ("How many potassium results are there?", "2"),
        ("What was the highest potassium?", "5.9"),
    ],
)
def test_arithmetic_is_done_by_code_and_cited_by_what_went_in(
    chart: Chart, question: str, said: str
) -> None:
    with ScriptedServer(script=cites_arithmetic) as server:
        answer = answered(chart, server, question)
    assert (answer.status, answer.engine) == ("answered", "ollama")
    (statement,) = (s for s in answer.statements if s.support != "unverified")
    assert statement.support == "computed"
    assert said in statement.text
    resources = {citation.resource for citation in statement.citations}
    assert resources == {"Observation/p1-k1", "Observation/p1-k2"}


def test_a_wrong_sum_of_the_models_own_is_withheld(chart: Chart) -> None:
    def own(body: Mapping[str, Any]) -> str:
        found = re.search(r"^\[(E\d+)\] computed", str(body["messages"][-1]["content"]), re.M)
        assert found is not None
        text = "The average potassium was 5.3 mmol/L."
        return json.dumps({"answerable": True, "sentences": [{"text": text, "cites": [found[1]]}]})

    with ScriptedServer(script=own) as server:
        answer = answered(chart, server, "What was the average potassium?")
    assert answer.status == "abstained"
    assert "5.3" not in answer.answer


@pytest.mark.parametrize(("mode", "think"), [("ok", False), ("gpt_oss", "low")])
def test_a_model_is_asked_to_think_as_little_as_it_can(
    chart: Chart, mode: str, think: object
) -> None:
    with ScriptedServer(mode=mode) as server:
        answer = answered(chart, server, "What is the latest potassium?")
    assert server.chats()[-1].body["think"] == think
    assert server.chats()[-1].body["keep_alive"]
    assert answer.engine == "ollama"


def test_what_a_model_did_not_get_to_read_is_told_with_what_was_searched(chart: Chart) -> None:
    question = "Show all potassium values"
    items = gather(chart, understand(question, chart=chart)).items
    made = ((tokens, prompt(question, items, tokens)) for tokens in range(1000, 4000, 5))
    tokens = next(tokens for tokens, one in made if one is not None and one.left_out)
    with ScriptedServer() as server:
        settings = Settings(ollama_url=server.url, num_ctx=tokens)
        answer = pipeline.answer(chart, question, thread=(), engine="ollama", settings=settings)
    assert "[E2]" not in user_of(server)
    assert [line for line in answer.searched if "no room" in line] == [
        "items that the model had no room to read: 1"
    ]
