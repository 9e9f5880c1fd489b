"""An answer while a model writes it: logged before it is seen, closed by one entry."""

from __future__ import annotations

import pytest

from pipelines.desk import ask, ask_sentences
from pipelines.desk.ask_job import AskJob
from pipelines.desk.house import House
from pipelines.errors import ChartroomError
from tests.answers.paced_server import BEGINNING, DIGEST, LONG_S, MODEL, PacedServer, said
from tests.desk.asking.watched import (
    FIRST,
    OPENED,
    QUESTION,
    SECOND,
    WRONG,
    Steps,
    entries,
    start,
)
from tests.desk.conftest import READER


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
