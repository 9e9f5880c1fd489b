"""A model's narrative: the same rules as an answer, apart from the lines, numbered as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.answers.scripted_server import Body, ScriptedServer
from pipelines.answers.scripted_server_replies import NARRATIVE, items_of
from pipelines.answers.verify.safety import neutral
from pipelines.answers.write_narrative import PROMPT, TASK
from pipelines.answers.write_ollama_prompt import rules, version
from pipelines.briefing.brief import Made, made
from pipelines.briefing.line import Line
from pipelines.briefing.narrative import LINES_READ, MOST_SENTENCES, narrative
from pipelines.briefing.narrative_evidence import evidence_of, most_important_first, whole_text
from pipelines.briefing.window import window_of
from pipelines.charts import patients
from pipelines.charts.load import load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.answers import DraftSentence, Narrative, Statement
from pipelines.records.chart import Chart, Reader
from pipelines.settings import Settings
from tests.briefing.conftest import LIMITS
from tests.conftest import SAMPLES

WRONG = "Potassium 9.9 mmol/L (critical high), 2026-11-20 05:00"


@pytest.fixture(scope="module")
def briefings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Made]]:
    """The briefing of the last day of each sample story."""
    folder = tmp_path_factory.mktemp("narrated")
    store = ChartStore.open(folder / "chart.duckdb", read_only=False)
    load_paths(store, [SAMPLES], LIMITS)
    found = []
    for patient in patients.all_patients(store):
        as_of = patients.as_of(store, patient.patient_id)
        assert as_of is not None
        chart = Chart(Reader("resident"), patient.patient_id, "test", as_of, store)
        found.append(made(chart, window_of(chart, 24)))
    yield found
    store.close()


def settings_of(server: ScriptedServer, folder: Path) -> Settings:
    return Settings.read(folder / "home", {"CHARTROOM_OLLAMA_URL": server.url})


def told(whole: Made, server: ScriptedServer, folder: Path) -> Narrative:
    made_of_it = narrative(whole, "ollama", settings_of(server, folder))
    assert made_of_it is not None
    return made_of_it


def test_the_scripted_server_knows_the_request_by_its_question() -> None:
    assert TASK == NARRATIVE


def test_every_line_said_whole_is_borne_out_with_the_citations_of_its_line(
    briefings: list[Made],
) -> None:
    pieces = 0
    for whole in briefings:
        made_of_it = evidence_of([line for line, _ in whole.lines])
        referee = made_of_it.referee(made_of_it.set)
        for item, (line, said) in zip(made_of_it.lines, whole.lines, strict=True):
            cites = (item.number, *made_of_it.belonging.get(item.number, ()))
            (verdict,) = referee.statement(DraftSentence(said.text, cites))
            assert verdict.support == said.support, said.text
            assert places(verdict) == places(said)
            pieces += len(line.clauses)
    assert pieces > 100, "the stories have lines of several pieces"


def places(said: Statement) -> set[tuple[str, str, str]]:
    return {(one.resource, one.path, one.quote) for one in said.citations}


def test_the_beginning_of_a_line_cites_its_own_records_alone(briefings: list[Made]) -> None:
    for line in (line for whole in briefings for line, _ in whole.lines if line.clauses):
        (verdict,) = verdict_on(line, line.text)
        assert verdict.support != "unverified", line.text
        assert {one.resource for one in verdict.citations} <= resources(line)
        (two,) = verdict_on(line, f"{line.text}{line.joint}{line.clauses[0].text}.")
        assert two.support != "unverified"
        assert {one.resource for one in two.citations} <= resources(line) | resources(
            line.clauses[0]
        )


def resources(line: Line) -> set[str]:
    """What a piece cites; a note's sentence is cited by its document."""
    passage = {line.passage.resource} if line.passage else set()
    return {fact.resource for fact in line.facts} | passage


def verdict_on(line: Line, text: str) -> tuple[Statement, ...]:
    made_of_it = evidence_of([line])
    cites = (1, *made_of_it.belonging.get(1, ()))
    return made_of_it.referee(made_of_it.set).statement(DraftSentence(text, cites))


FIGURE = re.compile(r"(?<![\d.:-])\d+\.\d+(?![\d:-])")


def test_no_piece_lends_its_figure_to_another(briefings: list[Made]) -> None:
    """The first figure of a line's first piece put in the place of another piece's, or back."""
    tried = 0
    for line in (line for whole in briefings for line, _ in whole.lines if line.clauses):
        for clause in line.clauses:
            own, other = FIGURE.findall(line.text), FIGURE.findall(clause.text)
            if not own or not other or set(own) & set(other):
                continue
            tried += 1
            for text in (
                line.text.replace(own[-1], other[0]),
                f"{line.text}{line.joint}{clause.text.replace(other[0], own[-1])}",
            ):
                verdicts = verdict_on(line, text)
                assert any(one.support == "unverified" for one in verdicts), text
    assert tried > 10


@pytest.mark.parametrize("piece", ["before this stay", "first of this stay", "last ", "given "])
def test_a_piece_that_names_no_subject_does_not_stand_alone(
    briefings: list[Made], piece: str
) -> None:
    pieces = [
        (line, clause)
        for whole in briefings
        for line, _ in whole.lines
        for clause in line.clauses
        if clause.text.startswith(piece)
    ]
    assert pieces
    for line, clause in pieces:
        (verdict,) = verdict_on(line, clause.text)
        assert verdict.support == "unverified", clause.text


def test_the_first_lines_come_first_and_then_the_most_urgent(briefings: list[Made]) -> None:
    for whole in briefings:
        lines, first = [line for line, _ in whole.lines], len(whole.briefing.summary)
        ordered = most_important_first(lines, first)
        assert ordered[:first] == tuple(lines[:first])
        rest = [line.urgency for line in ordered[first:]]
        assert rest == sorted(rest)
        assert set(ordered) == set(lines)


def test_a_narrative_repeats_lines_under_the_numbers_of_the_briefing(
    briefings: list[Made], tmp_path: Path
) -> None:
    with ScriptedServer() as server:
        for whole in briefings:
            of_model = told(whole, server, tmp_path)
            lines = {said.text: said for _, said in whole.lines}
            assert 1 <= len(of_model.statements) <= MOST_SENTENCES
            for item in of_model.statements:
                assert item.citations == lines[item.text].citations
        assert of_model.prompt_version == version(PROMPT)
        assert of_model.model_digest is not None


def test_the_model_gets_the_rules_and_numbered_lines_and_no_chart_text_in_the_rules(
    briefings: list[Made], tmp_path: Path
) -> None:
    whole = briefings[0]
    with ScriptedServer() as server:
        told(whole, server, tmp_path)
        (chat,) = server.chats()
    system, user = chat.body["messages"]
    assert system["content"] == rules(PROMPT)
    items = items_of(user["content"])
    assert [item.name for item in items] == [f"E{n}" for n in range(1, len(items) + 1)]
    assert len(items) == min(LINES_READ, len(whole.lines))
    lines = most_important_first([line for line, _ in whole.lines], len(whole.briefing.summary))
    for item, line in zip(items, lines, strict=False):
        assert item.text.endswith(neutral(whole_text(line))), "each line with all its pieces"
    assert user["content"].index(TASK) < user["content"].index("[E1]")
    assert chat.body["options"]["temperature"] == 0
    assert "tools" not in chat.body or not chat.body["tools"]


def test_what_the_record_does_not_say_stands_apart_with_its_reason(
    briefings: list[Made], tmp_path: Path
) -> None:
    def script(body: Body) -> str:
        first = items_of(body["messages"][-1]["content"])[0]
        said = [{"text": text, "cites": [first.name]} for text in (first.text, WRONG)]
        return json.dumps({"answerable": True, "sentences": said})

    with ScriptedServer(script=script) as server:
        of_model = told(briefings[0], server, tmp_path)
    assert len(of_model.statements) == 1
    assert [(item.text, item.support) for item in of_model.withheld] == [(WRONG, "unverified")]
    assert of_model.withheld[0].why
    assert of_model.withheld[0].citations == ()


def test_more_than_six_sentences_are_cut_to_six(briefings: list[Made], tmp_path: Path) -> None:
    def script(body: Body) -> str:
        items = items_of(body["messages"][-1]["content"])
        said = [{"text": item.text, "cites": [item.name]} for item in items]
        return json.dumps({"answerable": True, "sentences": said})

    with ScriptedServer(script=script) as server:
        assert len(told(briefings[0], server, tmp_path).statements) == MOST_SENTENCES


def test_what_had_no_room_is_told_and_the_first_lines_had_it(
    briefings: list[Made], tmp_path: Path
) -> None:
    whole = max(briefings, key=lambda one: len(one.lines))
    for context in (2048, 4096, 16384):
        with ScriptedServer() as server:
            settings = replace(settings_of(server, tmp_path), num_ctx=context)
            of_model = narrative(whole, "ollama", settings)
            (chat,) = server.chats()
        items = items_of(chat.body["messages"][-1]["content"])
        assert of_model is not None
        assert of_model.left_out == len(whole.lines) - len(items)
        assert [item.name for item in items] == [f"E{n}" for n in range(1, len(items) + 1)]
        told = [item.text for item in of_model.statements]
        assert told == [said.text for said in whole.briefing.summary][: len(told)]


@pytest.mark.parametrize(
    ("mode", "notice"),
    [("unanswerable", "found nothing to tell"), ("paraphrase", "could be checked")],
)
def test_a_narrative_of_nothing_is_a_notice(
    briefings: list[Made], tmp_path: Path, mode: str, notice: str
) -> None:
    with ScriptedServer(mode=mode) as server:
        of_model = told(briefings[0], server, tmp_path)
    assert of_model.statements == ()
    assert notice in (of_model.notice or "")


def test_no_model_is_asked_for_the_embedded_engine_or_an_empty_chart(
    briefings: list[Made], tmp_path: Path
) -> None:
    with ScriptedServer() as server:
        settings = settings_of(server, tmp_path)
        assert narrative(briefings[0], "embedded", settings) is None
        assert narrative(Made(briefings[0].briefing, ()), "ollama", settings) is None
        assert server.requests == []
