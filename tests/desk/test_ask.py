"""Log, then show: the order of entries, failures as answers, conversations from the ledger."""

from __future__ import annotations

import pytest

from pipelines.answers import pipeline
from pipelines.desk import ask
from pipelines.desk.house import House
from pipelines.errors import ChartroomError
from tests.desk.conftest import READER


def actions(house: House) -> list[str]:
    return [entry.action for entry in house.ledger.entries(patient="p1")]


def test_question_then_answer_stand_in_the_ledger_before_the_answer_returns(house: House) -> None:
    answer = ask.ask(house, READER, ask.AskRequest("p1", "What is the latest potassium?"))
    assert actions(house)[-2:] == ["question", "answer"]
    entry = house.ledger.entry(answer.log_id)
    assert entry.payload["answer"] == answer.answer
    assert answer.values == ((5.9,),)


def test_a_crash_in_the_middle_leaves_a_question_and_no_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "answer", crash)
    with pytest.raises(KeyboardInterrupt):
        ask.ask(house, READER, ask.AskRequest("p1", "latest potassium", thread="t"))
    assert actions(house)[-1] == "question"
    assert [open_.question for open_ in ask.pending(house, "p1", "t")] == ["latest potassium"]


@pytest.mark.parametrize(
    "fault", [RuntimeError("MARROW Ada 5.9"), ChartroomError("The store is gone.")]
)
def test_a_fault_of_the_engines_is_a_logged_failure_without_chart_text(
    house: House, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise fault

    monkeypatch.setattr(pipeline, "answer", fail)
    answer = ask.ask(house, READER, ask.AskRequest("p1", "latest potassium"))
    assert (answer.status, answer.answer, answer.statements) == ("failed", "", ())
    assert "MARROW" not in (answer.notice or "")
    assert actions(house)[-1] == "answer"


def test_a_conversation_is_rebuilt_from_the_ledger(house: House) -> None:
    thread = ask.new_thread()
    for question in ("What is the latest potassium?", "And the one before?"):
        ask.ask(house, READER, ask.AskRequest("p1", question, thread=thread))
    rebuilt = ask.thread(house, READER, "p1", thread)
    assert [answer.values for answer in rebuilt] == [((5.9,),), ((4.0,),)]
    assert ask.pending(house, "p1", thread) == ()


def test_a_worker_finishes_without_anyone_waiting(house: House) -> None:
    job = ask.start(house, READER, ask.AskRequest("p1", "latest potassium", thread="t"))
    assert job.result(30).log_id == house.ledger.entries(thread="t")[-1].entry_id


@pytest.mark.parametrize("question", ["", "   ", "x" * 5000])
def test_an_empty_or_endless_question_is_refused_in_a_sentence(house: House, question: str) -> None:
    with pytest.raises(ChartroomError):
        ask.ask(house, READER, ask.AskRequest("p1", question))


def test_how_a_question_was_understood_is_logged_and_a_later_turn_goes_on_from_it(
    house: House,
) -> None:
    thread = ask.new_thread()
    first = ask.ask(house, READER, ask.AskRequest("p1", "latest potasium", thread=thread))
    assert first.understood is not None
    assert first.understood.question == "What is the latest potassium?"
    assert house.ledger.entry(first.log_id).payload["understood"]["line"] == first.understood.line
    [again] = ask.thread(house, READER, "p1", thread)
    assert again.understood == first.understood
    later = ask.ask(house, READER, ask.AskRequest("p1", "and the highest?", thread=thread))
    assert later.understood is not None
    assert later.understood.question == "What was the highest potassium?"


def test_an_entry_without_what_was_understood_is_still_a_turn(house: House) -> None:
    thread = ask.new_thread()
    made = ask.ask(house, READER, ask.AskRequest("p1", "latest potassium", thread=thread))
    payload = dict(house.ledger.entry(made.log_id).payload)
    payload.pop("understood")
    older = ask.new_thread()
    house.ledger.append(reader=READER, patient="p1", action="answer", thread=older, payload=payload)
    assert ask.thread(house, READER, "p1", older)[0].understood is None
    later = ask.ask(house, READER, ask.AskRequest("p1", "and the one before?", thread=older))
    assert later.values == ((4.0,),)
