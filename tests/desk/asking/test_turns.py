"""One answer at a time in a conversation; pages that come back; the app that closes."""

from __future__ import annotations

import pytest

from pipelines.desk import ask
from pipelines.desk.house import House
from pipelines.errors import ChartroomError
from tests.answers.paced_server import BEGINNING, LONG_S, PacedServer, said
from tests.desk.asking.watched import (
    QUESTION,
    SECOND,
    Steps,
    begun,
    start,
)
from tests.desk.conftest import READER


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
