"""A model's narrative: the same rules as an answer, apart from the lines, numbered as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.answers.scripted_server import Body, ScriptedServer
from pipelines.answers.scripted_server_replies import NARRATIVE, items_of
from pipelines.answers.verify.running import Judge
from pipelines.answers.write_narrative import PROMPT, TASK
from pipelines.answers.write_ollama_prompt import rules, version
from pipelines.briefing.brief import Made, made
from pipelines.briefing.narrative import MOST_SENTENCES, evidence_of, narrative
from pipelines.briefing.window import window_of
from pipelines.charts import patients
from pipelines.charts.load import load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.answers import DraftSentence, Narrative
from pipelines.records.chart import Chart, Reader
from pipelines.records.evidence import EvidenceSet
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


def test_every_line_is_borne_out_as_an_item_with_the_citations_of_its_line(
    briefings: list[Made],
) -> None:
    for whole in briefings:
        items = evidence_of(whole.lines)
        judge = Judge(EvidenceSet((*items.lines, *items.behind), (), is_whole=False))
        for item, (line, said) in zip(items.lines, whole.lines, strict=True):
            cites = (item.number, *items.belonging.get(item.number, ()))
            (verdict,) = judge.statement(DraftSentence(line.text, cites))
            assert verdict.support == said.support, line.text
            cited = {(one.resource, one.path, one.quote) for one in verdict.citations}
            assert cited == {(one.resource, one.path, one.quote) for one in said.citations}


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
    assert len(items) == len(whole.lines)
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
