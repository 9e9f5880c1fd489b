"""An answer that is stopped, breaks off, cannot be logged, or whose process is killed."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.desk import ask, ask_sentences, load
from pipelines.desk.house import House
from pipelines.errors import ChartroomError
from tests.answers.paced_server import BEGINNING, LONG_S, MODEL, PacedServer, said
from tests.conftest import ROOT
from tests.contract.charts import write
from tests.desk.asking.watched import (
    FIRST,
    OPENED,
    SECOND,
    Steps,
    begun,
    entries,
    open_at,
    start,
)
from tests.desk.conftest import CHART, READER


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


KILLED = """
import sys
from pathlib import Path
from pipelines.desk import ask, ask_sentences
from pipelines.desk.house import open_house
from pipelines.settings import Settings
from tests.desk.conftest import READER
from tests.desk.asking.watched import QUESTION

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
