"""A narrative through the desk: whatever a model does the lines stand, and the log comes first."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipelines.answers.scripted_server import DIGEST, ScriptedServer
from pipelines.briefing import narrative
from pipelines.desk import ask, brief, contract, load
from pipelines.desk.ask import AskRequest
from pipelines.desk.brief import BriefRequest, brief_as, open_briefing
from pipelines.desk.house import House, open_house
from pipelines.desk.narrative_job import NOT_MADE
from pipelines.errors import ChartroomError
from pipelines.settings import Settings
from tests.answers.model_faults import FAULTS, HOSTILE, SLOW
from tests.contract.charts import bundle, patient, write
from tests.desk.conftest import CHART, READER

AUTO = BriefRequest(engine="auto")
SUMMARY = BriefRequest(hours=None, engine="auto")
ILL = bundle(
    patient("p2"),
    *(
        {
            "resourceType": "Condition",
            "id": f"c{n}",
            "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"text": name},
            "onsetDateTime": f"200{n}-03-01",
            "subject": {"reference": "Patient/p2"},
        }
        for n, name in enumerate(("Essential hypertension", "Asthma", "Gout"))
    ),
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("narrative")
    opened = open_house(Settings.read(folder / "home", {}), writing=True)
    files = (write(folder / "b.json", CHART), write(folder / "c.json", ILL))
    load.load(opened, READER, files)
    yield opened
    opened.close()


def point_at(house: House, server: ScriptedServer, seconds: float = 20.0) -> None:
    house.settings = replace(house.settings, ollama_url=server.url, model_timeout_s=seconds)


@pytest.mark.parametrize(("mode", "said"), FAULTS.items())
def test_a_fault_leaves_the_lines_and_a_notice_and_is_logged(
    loaded: House, mode: str, said: str
) -> None:
    with ScriptedServer(mode=mode) as server:
        point_at(loaded, server, 0.7 if mode in SLOW else 20.0)
        made = brief_as(loaded, READER, "p1", AUTO)
    shown = contract.briefing_json(made)
    assert said in shown["notice"]
    assert shown["notice"].endswith(". The lines stand without a narrative.")
    assert "embedded" not in shown["notice"], "no embedded answer stands in for a narrative"
    assert shown["narrative"] == shown["narrative_unverified"] == []
    assert shown["engine"] == "embedded"
    assert any("5.9" in line["text"] for line in shown["summary"])
    payload = loaded.ledger.entry(made.log_id).payload
    assert payload["notice"] == shown["notice"]
    if mode not in ("missing_model", "cloud", "redirect_all"):  # those are seen before it is asked
        assert payload["fault"]


@pytest.mark.parametrize("mode", HOSTILE)
def test_nothing_hostile_is_part_of_a_narrative(loaded: House, mode: str) -> None:
    with ScriptedServer(mode=mode) as server:
        point_at(loaded, server)
        made = brief_as(loaded, READER, "p1", AUTO)
    told = json.dumps(contract.briefing_json(made)["narrative"])
    for never in ("http", "www.", "<", "](", "Jones", "bed 4", "brother", "00012345", "2.0 mmol"):
        assert never not in told


def test_a_whole_narrative_stands_in_the_object_with_model_and_prompt(loaded: House) -> None:
    with ScriptedServer() as server:
        point_at(loaded, server)
        made = brief_as(loaded, READER, "p1", AUTO)
    shown = contract.briefing_json(made)
    assert shown["engine"] == "ollama"
    assert (shown["model"], shown["model_digest"]) == ("qwen3:8b", DIGEST)
    assert shown["prompt_version"].startswith("narrative.v1 sha256:")
    assert shown["notice"] is None
    assert all(item["support"] in ("supported", "computed") for item in shown["narrative"])
    payload = loaded.ledger.entry(made.log_id).payload
    assert payload["narrative"] == shown["narrative"]
    again = contract.briefing_from(dict(payload), made.log_id)
    assert again.narrative is not None
    assert again.narrative.statements == made.narrative.statements  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "mode", ["stall", "drop", "length", "wrong_json", "busy", "missing_model", "obedient"]
)
def test_a_fault_leaves_a_chart_summary_too(loaded: House, mode: str) -> None:
    with ScriptedServer(mode=mode) as server:
        point_at(loaded, server, 0.7 if mode in SLOW else 20.0)
        made = brief_as(loaded, READER, "p2", SUMMARY)
    shown = contract.briefing_json(made)
    assert shown["narrative"] == []
    assert "without a narrative" in shown["notice"]
    (problems,) = [part for part in shown["sections"] if part["name"] == "Problems"]
    assert len(problems["lines"]) == 3
    assert loaded.ledger.entry(made.log_id).payload["hours"] == "all"


def test_a_narrative_over_a_summary_is_judged_and_logged_by_itself(loaded: House) -> None:
    with ScriptedServer() as server:
        point_at(loaded, server)
        opened = open_briefing(loaded, READER, "p2", SUMMARY)
        assert opened.job.wait(20)
    told = opened.whole.narrative
    lines = [line for part in opened.briefing.sections for line in part.lines]
    lines += opened.briefing.summary
    assert told is not None
    assert told.statements
    assert {said.text for said in told.statements} <= {line.text for line in lines}
    (entry,) = loaded.ledger.entries(action="narrative", limit=1)
    assert entry.payload["briefing_id"] == opened.briefing.log_id


def test_the_first_keys_of_the_object_are_those_of_the_contract(loaded: House) -> None:
    made = brief.brief(loaded, READER, "p1")
    assert list(contract.briefing_json(made))[:10] == [
        "patient", "as_of", "from", "to", "summary", "sections", "incomplete", "engine", "log_id",
        "seconds",
    ]  # fmt: skip


def test_a_slow_model_does_not_hold_back_the_lines_and_can_be_stopped(loaded: House) -> None:
    with ScriptedServer(mode="stall") as server:
        point_at(loaded, server)
        opened = open_briefing(loaded, READER, "p1", AUTO)
        assert loaded.ledger.entry(opened.briefing.log_id).action == "briefing"
        assert server.wait_for_chats()
        assert not opened.job.done
        assert opened.whole.narrative is None
        assert opened.job.model == f"qwen3:8b @{DIGEST[:12]}"
        opened.job.stop()
        assert opened.job.wait(10)
    told = opened.whole.narrative
    assert told is not None
    assert told.statements == ()
    assert "stopped" in (told.notice or "")


def test_a_stalled_narrative_holds_up_neither_another_chart_nor_an_answer(loaded: House) -> None:
    with ScriptedServer(mode="stall") as server:
        point_at(loaded, server)
        stalled = [
            open_briefing(loaded, READER, "p1", AUTO),
            open_briefing(loaded, READER, "p2", SUMMARY),
        ]
        assert server.wait_for_chats(2)
        loaded.settings = replace(loaded.settings, ollama_url="http://127.0.0.1:9")
        other = open_briefing(loaded, READER, "p2", AUTO)
        assert other.job.wait(10)
        asked = ask.start(loaded, READER, AskRequest("p1", "What was the last potassium?"))
        assert asked.result(10).status == "answered"
        assert [one.job.done for one in stalled] == [False, False]
        for one in stalled:
            one.job.stop()
        assert all(one.job.wait(10) for one in stalled)


def test_a_narrative_is_in_the_log_before_the_page_can_see_it(
    loaded: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit is held: as long as it has not returned there is nothing to see."""
    go, reached, real = threading.Event(), threading.Event(), type(loaded.ledger).append

    def held(self: object, **entry: object) -> object:
        if entry["action"] == "narrative":
            reached.set()
            assert go.wait(20)
        return real(self, **entry)  # type: ignore[arg-type]

    monkeypatch.setattr(type(loaded.ledger), "append", held)
    with ScriptedServer() as server:
        point_at(loaded, server)
        opened = open_briefing(loaded, READER, "p1", AUTO)
        assert reached.wait(20)
        assert opened.whole.narrative is None
        go.set()
        assert opened.job.wait(20)
    assert opened.whole.narrative is not None
    (entry,) = loaded.ledger.entries(action="narrative", limit=1)
    assert entry.payload["briefing_id"] == opened.briefing.log_id
    assert entry.payload["narrative"] == [
        contract.statement_json(item) for item in opened.whole.narrative.statements
    ]
    assert (entry.payload["model_digest"], entry.payload["fault"]) == (DIGEST, None)


@pytest.mark.parametrize(
    "error", [ChartroomError("The log is full."), AttributeError("Ada Marrow")]
)
def test_a_narrative_that_cannot_be_made_is_a_sentence_beside_the_lines(
    loaded: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def broken(*_arguments: object) -> None:
        raise error

    monkeypatch.setattr(narrative, "narrative", broken)
    opened = open_briefing(loaded, READER, "p1", AUTO)
    assert opened.job.wait(10)
    told = opened.whole.narrative
    assert told is not None
    assert (told.notice or "").endswith(NOT_MADE)
    assert "Marrow" not in (told.notice or "")
    assert any("5.9" in line.text for line in opened.whole.summary)


def test_no_server_is_silence(loaded: House) -> None:
    loaded.settings = replace(loaded.settings, ollama_url="http://127.0.0.1:9")
    opened = open_briefing(loaded, READER, "p1", AUTO)
    assert opened.job.wait(10)
    assert opened.whole.narrative is None
    asked_for = brief_as(loaded, READER, "p1", BriefRequest(engine="ollama"))
    assert "No model server answers" in (contract.notice_of(asked_for) or "")
    assert loaded.ledger.verify().whole
