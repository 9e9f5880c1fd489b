"""An answer while a model writes it: logged before it is seen, stopped, cut off, one at a time.

The server says each piece when the test says so, and `steps` tells the test what the worker has
done, so that no test waits for a clock.
"""

from __future__ import annotations

import logging
import queue
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.desk import ask, ask_sentences, load
from pipelines.desk.ask_job import AskJob
from pipelines.desk.ask_sentences import Showing
from pipelines.desk.house import House, open_house
from pipelines.errors import ChartroomError
from pipelines.records.ledger import LogEntry
from pipelines.settings import Settings
from tests.answers.paced_server import BEGINNING, DIGEST, LONG_S, MODEL, PacedServer, said
from tests.conftest import ROOT
from tests.contract.charts import write
from tests.desk.conftest import CHART, READER

QUESTION = "What were the potassium results?"
FIRST = "Potassium 4.0 mmol/L 2026-11-20 06:00"
SECOND = "Potassium 5.9 mmol/L (high) 2026-11-22 05:30"
WRONG = "Potassium 9.9 mmol/L 2026-11-20 06:00"
OPENED = ', {"te'  # the beginning of one more sentence


@pytest.fixture
def server() -> Iterator[PacedServer]:
    """A model server that the test speaks for."""
    with PacedServer() as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, server: PacedServer) -> Iterator[House]:
    """One patient with two potassium results, and the server."""
    opened = open_at(tmp_path, server)
    load.load(opened, READER, [write(tmp_path / "b.json", CHART)])
    yield opened
    opened.close()


def open_at(folder: Path, server: PacedServer) -> House:
    environment = {"CHARTROOM_OLLAMA_URL": server.url, "CHARTROOM_MODEL_TIMEOUT_S": "60"}
    return open_house(Settings.read(folder / "home", environment), writing=True)


class Steps:
    """What the worker does, in order, each step waited for by name."""

    def __init__(self) -> None:
        self.done: queue.Queue[str] = queue.Queue()
        self.at_commit: Callable[[str], None] = lambda _entry_id: None

    def wait(self, name: str) -> None:
        """Until the worker has come to this step."""
        while self.done.get(timeout=LONG_S) != name:
            pass


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    """The worker's steps: `committed`, and `checking n` once all before it is published."""
    made, commit, checking = Steps(), ask_sentences.commit, Showing.checking

    def commit_and_tell(*given: object) -> str:
        entry_id = commit(*given)  # type: ignore[arg-type]
        made.at_commit(entry_id)
        made.done.put("committed")
        return entry_id

    def check_and_tell(self: Showing, n: int) -> None:
        checking(self, n)
        made.done.put(f"checking {n}")

    monkeypatch.setattr(ask_sentences, "commit", commit_and_tell)
    monkeypatch.setattr(Showing, "checking", check_and_tell)
    return made


def start(house: House, question: str = QUESTION, thread: str = "t") -> AskJob:
    return ask.start(house, READER, ask.AskRequest("p1", question, thread))


def entries(house: House, action: str) -> list[LogEntry]:
    return list(house.ledger.entries(patient="p1", action=action))


def begun(house: House, server: PacedServer, steps: Steps) -> AskJob:
    """An answer whose first sentence is verified while its second is being written."""
    job = start(house)
    server.asked()
    server.say(BEGINNING, said(FIRST, 1), OPENED)
    steps.wait("checking 2")
    return job


def test_a_sentence_is_in_the_ledger_before_it_can_be_seen(
    house: House, server: PacedServer, steps: Steps
) -> None:
    seen_at_commit = []
    jobs: list[AskJob] = []

    def look(entry_id: str) -> None:
        kept = house.ledger.entry(entry_id).payload["statement"]
        seen_at_commit.append((kept["text"], len(jobs[0].progress().sentences)))  # type: ignore[index]

    steps.at_commit = look
    jobs.append(start(house))
    server.asked()
    server.say(BEGINNING, said(FIRST, 1), OPENED)
    steps.wait("checking 2")
    progress = jobs[0].progress()
    assert seen_at_commit == [(FIRST, 0)]
    assert [(shown.n, shown.statement.text) for shown in progress.sentences] == [(1, FIRST)]
    assert [entry.entry_id for entry in entries(house, "sentence")] == [
        shown.entry_id for shown in progress.sentences
    ]
    assert (progress.checking, progress.model, progress.waits) == (2, MODEL, False)
    assert entries(house, "answer") == []
    assert not jobs[0].done


def test_the_closing_entry_lists_its_sentences_and_the_chain_is_whole(
    house: House, server: PacedServer
) -> None:
    job = start(house)
    server.asked()
    server.say(BEGINNING)
    server.finish(f"{said(FIRST, 1)}, {said(WRONG, 1)}, {said(SECOND, 2)}")
    answer = job.result(LONG_S)
    logged = entries(house, "sentence")
    assert [entry.payload["n"] for entry in logged] == [1, 3]
    assert answer.sentence_ids == tuple(entry.entry_id for entry in logged)
    assert {(e.payload["model"], e.payload["model_digest"]) for e in logged} == {(MODEL, DIGEST)}
    shown = [ask_sentences.by_question(logged)[job.question_id or ""]]
    assert [s.statement for s in shown[0]] == [answer.statements[0], answer.statements[2]]
    assert [s.support for s in answer.statements] == ["supported", "unverified", "supported"]
    (closing,) = entries(house, "answer")
    assert closing.payload["sentence_ids"] == list(answer.sentence_ids)
    assert closing.seq > max(entry.seq for entry in logged)
    assert (answer.stopped, answer.shown_before, answer.fault) == (False, (), None)
    assert ask.thread(house, READER, "p1", "t")[0].sentence_ids == answer.sentence_ids
    assert ask.pending(house, "p1", "t") == ()
    assert house.ledger.verify().whole


def test_what_is_withheld_is_neither_logged_as_a_sentence_nor_seen(
    house: House, server: PacedServer, steps: Steps
) -> None:
    job = start(house)
    server.asked()
    server.say(BEGINNING, said(WRONG, 1), OPENED)
    steps.wait("checking 2")
    assert job.progress().sentences == ()
    assert entries(house, "sentence") == []
    server.drop()
    job.result(LONG_S)


def test_a_reader_who_stops_keeps_what_was_verified(
    house: House, server: PacedServer, steps: Steps
) -> None:
    job = begun(house, server, steps)
    job.stop()
    answer = job.result(LONG_S)
    server.finish(f'xt": "{SECOND}", "cites": ["E2"]}}')
    assert (answer.status, answer.engine, answer.stopped) == ("answered", "ollama", True)
    assert answer.notice == "Stopped by the reader; the model's answer is in part."
    assert answer.answer == f"{FIRST} [1]"
    assert answer.sentence_ids == tuple(e.entry_id for e in entries(house, "sentence"))
    (closing,) = entries(house, "answer")
    assert (closing.payload["stopped"], closing.payload["notice"]) == (True, answer.notice)
    assert server.gone.wait(LONG_S), "the server must learn that nobody waits"
    assert job.progress().checking == 0


def test_a_reader_who_stops_before_the_first_byte_is_offered_the_embedded_answer(
    house: House, server: PacedServer
) -> None:
    job = start(house)
    server.asked()
    job.stop()
    assert server.gone.wait(LONG_S), "the server must learn that nobody waits"
    answer = job.result(LONG_S)
    assert (answer.status, answer.engine, answer.model) == ("abstained", "ollama", MODEL)
    assert (answer.stopped, answer.offers_embedded, answer.statements) == (True, True, ())
    assert answer.answer == "The model's answer was stopped before a sentence of it was verified."


def test_an_answer_that_breaks_off_names_what_was_shown_before_the_embedded_one(
    house: House, server: PacedServer, steps: Steps
) -> None:
    job = begun(house, server, steps)
    server.drop()
    answer = job.result(LONG_S)
    assert (answer.status, answer.engine, answer.sentence_ids) == ("answered", "embedded", ())
    assert answer.notice == "The connection to Ollama broke off; this is the embedded answer."
    assert answer.shown_before == tuple(e.entry_id for e in entries(house, "sentence"))
    assert len(answer.shown_before) == 1
    (closing,) = entries(house, "answer")
    assert closing.payload["fault"] == "RemoteProtocolError"
    assert closing.payload["shown_before"] == list(answer.shown_before)


HALF = f', {{"text": "Half of {SECOND}'
ENDINGS: dict[str, tuple[Callable[[PacedServer], None], str]] = {
    "error line": (lambda s: s.fail("cuda: out of memory"), "The model failed while it wrote"),
    "no last line": (lambda s: s.end(), "The model's answer broke off before its end"),
    "length": (lambda s: s.finish('"}', reason="length"), "The model's answer was cut off"),
    "no JSON": (lambda s: s.finish("\x01"), "The model's answer was not JSON"),
    "other form": (
        lambda s: s.finish('", "cites": [1]}'),
        "The model's answer did not have the form asked for",
    ),
    "taken back": (
        lambda s: s.finish('", "cites": []}], "answerable": false, "sentences": ['),
        "The model's answer did not have the form asked for",
    ),
    "silence": (lambda _: None, "The model did not answer in time"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_however_an_answer_ends_badly_what_was_shown_stands_apart_and_no_half_sentence_anywhere(
    house: House, server: PacedServer, ending: str, caplog: pytest.LogCaptureFixture
) -> None:
    if ending == "silence":
        house.settings = replace(house.settings, model_timeout_s=3)
    end, notice = ENDINGS[ending]
    with caplog.at_level(logging.DEBUG, logger="pipelines"), caplog.at_level(logging.INFO):
        job = start(house)
        server.asked()
        server.say(BEGINNING, said(FIRST, 1), HALF)
        end(server)
        answer = job.result(LONG_S)
    assert answer.notice == f"{notice}; this is the embedded answer."
    (shown,) = entries(house, "sentence")
    (closing,) = entries(house, "answer")
    assert (answer.engine, answer.status, answer.shown_before) == (
        "embedded",
        "answered",
        (shown.entry_id,),
    )
    assert closing.payload["fault"]
    assert "Half of" not in f"{answer} {[e.payload for e in house.ledger.entries()]} {caplog.text}"
    assert ask.pending(house, "p1", "t") == ()


def test_a_sentence_that_cannot_be_logged_is_not_shown(
    house: House,
    server: PacedServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    commit = ask_sentences.commit

    def full(*given: object) -> str:
        if given[3] == 1:
            return commit(*given)  # type: ignore[arg-type]
        raise ChartroomError("The log cannot be written; check the home's free space and rights.")

    monkeypatch.setattr(ask_sentences, "commit", full)
    job = start(house)
    server.asked()
    server.say(BEGINNING, said(FIRST, 1), ",", said(SECOND, 2))
    with caplog.at_level(logging.DEBUG):
        answer = job.result(LONG_S)
    (shown,) = entries(house, "sentence")
    assert (answer.status, answer.answer, answer.statements) == ("failed", "", ())
    assert answer.shown_before == (shown.entry_id,)
    assert (answer.notice or "").startswith("The log cannot be written")
    assert [s.entry_id for s in job.progress().sentences] == [shown.entry_id]
    assert server.gone.wait(LONG_S)
    assert SECOND not in caplog.text


def test_a_second_question_waits_its_turn_and_goes_on_from_the_first(
    house: House, server: PacedServer
) -> None:
    first = start(house, "What is the latest potassium?")
    items = server.asked()
    second = ask.start(
        house, READER, ask.AskRequest("p1", "And the one before?", "t", engine="embedded")
    )
    assert [open_.question for open_ in ask.pending(house, "p1", "t")] == [
        "What is the latest potassium?",
        "And the one before?",
    ]
    assert second.progress().waits
    assert not first.progress().waits
    number = next(n for text, n in items.items() if "5.9" in text)
    server.say(BEGINNING)
    server.finish(said(SECOND, number))
    assert second.result(LONG_S).values == ((4.0,),)
    assert first.done
    assert [answer.question for answer in ask.thread(house, READER, "p1", "t")] == [
        "What is the latest potassium?",
        "And the one before?",
    ]
    assert not second.progress().waits


def test_another_conversation_does_not_wait(house: House, server: PacedServer) -> None:
    held = [start(house) for _ in range(6)]
    server.asked()
    request = ask.AskRequest("p1", "latest potassium", "other", engine="embedded")
    assert ask.start(house, READER, request).result(LONG_S).values == ((5.9,),)
    assert not any(job.done for job in held)


def test_closing_the_app_ends_what_runs_and_what_waits_with_a_closing_entry(
    house: House, server: PacedServer, steps: Steps
) -> None:
    jobs = [begun(house, server, steps), start(house), start(house)]
    house.close()
    answers = [job.result(0) for job in jobs]
    assert [answer.stopped for answer in answers] == [True] * 3
    assert [answer.status for answer in answers] == ["answered", "abstained", "abstained"]
    assert {answer.notice for answer in answers} == {ask.CLOSED}
    assert ask.pending(house, "p1", "t") == ()
    with pytest.raises(ChartroomError, match="closing"):
        start(house).result(0)


def test_a_page_that_comes_back_finds_the_sentences_in_the_ledger(
    house: House, server: PacedServer, steps: Steps
) -> None:
    job = begun(house, server, steps)
    (waiting,) = ask.pending(house, "p1", "t")
    assert (waiting.question_id, waiting.question) == (job.question_id, QUESTION)
    assert waiting.sentences == job.progress().sentences
    server.drop()
    job.result(LONG_S)


KILLED = """
import sys
from pathlib import Path
from pipelines.desk import ask, ask_sentences
from pipelines.desk.house import open_house
from pipelines.settings import Settings
from tests.desk.conftest import READER
from tests.desk.test_ask_live import QUESTION

kept = ask_sentences.commit
def told(*given):
    entry_id = kept(*given)
    print(entry_id, flush=True)
    return entry_id
ask_sentences.commit = told
settings = Settings.read(Path(sys.argv[1]), {"CHARTROOM_OLLAMA_URL": sys.argv[2]})
house = open_house(settings, writing=True)
ask.start(house, READER, ask.AskRequest("p1", QUESTION, "t")).result()
"""


def test_a_killed_process_leaves_what_was_shown_under_its_question(
    tmp_path: Path, server: PacedServer
) -> None:
    before = open_at(tmp_path, server)
    load.load(before, READER, [write(tmp_path / "b.json", CHART)])
    before.close()
    home = str(before.settings.home)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, home, server.url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        server.asked()
        server.say(BEGINNING, said(FIRST, 1), OPENED)
        assert process.stdout is not None
        entry_id = process.stdout.readline().strip()
        process.kill()
    after = open_at(tmp_path, server)
    try:
        (cut_off,) = ask.pending(after, "p1", "t")
        assert [(s.entry_id, s.statement.text) for s in cut_off.sentences] == [(entry_id, FIRST)]
        assert ask.thread(after, READER, "p1", "t") == ()
        assert after.ledger.verify().whole
    finally:
        after.close()


def test_an_answer_that_nobody_watches_makes_no_entry_of_a_sentence(
    house: House, server: PacedServer
) -> None:
    server.say(BEGINNING)
    server.finish(said(FIRST, 1))
    answer = ask.ask(house, READER, ask.AskRequest("p1", QUESTION))
    assert (answer.status, answer.engine, answer.sentence_ids) == ("answered", "ollama", ())
    assert entries(house, "sentence") == []


@pytest.mark.parametrize("request_", [ask.AskRequest("p1", " "), ask.AskRequest("nobody", "x")])
def test_what_cannot_be_asked_is_told_by_the_result(house: House, request_: ask.AskRequest) -> None:
    job = ask.start(house, READER, request_)
    job.stop()
    assert job.done
    assert (job.progress().sentences, job.question_id) == ((), None)
    with pytest.raises(ChartroomError):
        job.result(0)
