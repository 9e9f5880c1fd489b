"""One question, one cited answer: logged before the work, logged again before anyone sees it.

A crash between the two leaves a question without an answer in the ledger, never an answer
without an entry. The worker that `start` begins finishes even when the page has gone away; the
conversation is rebuilt from the ledger, not from the page's memory. What a model has written so
far is logged sentence by sentence before it is seen; the closing entry of the answer names those
sentences as its own, or, where the model then failed, as shown before the answer that stands.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from pipelines.desk import contract, look
from pipelines.desk.access import open_chart
from pipelines.desk.ask_job import AskJob, refused
from pipelines.desk.ask_sentences import Origin, Showing, by_question
from pipelines.errors import ChartroomError
from pipelines.records.answers import Answer, Turn
from pipelines.records.asking import Pending

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Chart, Reader
    from pipelines.records.ledger import LogEntry

CLOSED = "Stopped because the app was closed; the model's answer is in part."
NOT_MADE = "The answer could not be made; the question is logged."
MAX_QUESTION_CHARACTERS = 4000
TURNS_KEPT = 8


@dataclass(frozen=True, slots=True)
class AskRequest:
    """A question about one patient. `thread` joins it to a conversation with that patient."""

    patient_id: str
    question: str
    thread: str | None = None
    engine: str = "auto"
    as_of: str | None = None
    answer_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that is in the ledger: its entry, the chart it is asked of, and since when."""

    request: AskRequest
    chart: Chart
    entry_id: str
    started: float


def ask(house: House, reader: Reader, request: AskRequest) -> Answer:
    """Answer one question; a fault of both engines is an answer of status `failed`, logged."""
    return _answer(house, reader, _put(house, reader, request), None)


def start(house: House, reader: Reader, request: AskRequest) -> AskJob:
    """Log the question, begin its answer on a worker thread when its turn comes, and return."""
    try:
        asked = _put(house, reader, request)
    except ChartroomError as error:
        return refused(request, error)
    showing = Showing(house, reader, Origin(request.patient_id, request.thread, asked.entry_id))
    conversation = (
        asked.entry_id if request.thread is None else (request.patient_id, request.thread)
    )
    work = partial(_answer, house, reader, asked, showing)
    return AskJob(request, house.asking.submit(conversation, work, showing.stop), showing)


def _put(house: House, reader: Reader, request: AskRequest) -> _Asked:
    """Log the question; ChartroomError for one that cannot be asked."""
    if not request.question.strip():
        raise ChartroomError("Type a question first.")
    if len(request.question) > MAX_QUESTION_CHARACTERS:
        raise ChartroomError("The question is too long; ask it in fewer than 4,000 characters.")
    started = time.perf_counter()
    chart = open_chart(house, reader, request.patient_id, "ask", request.as_of)
    entry = house.ledger.append(
        reader=reader,
        patient=request.patient_id,
        action="question",
        thread=request.thread,
        payload={"question": request.question, "engine": request.engine, "as_of": request.as_of},
    )
    return _Asked(request, chart, entry.entry_id, started)


def _answer(house: House, reader: Reader, asked: _Asked, showing: Showing | None) -> Answer:
    """Make the answer and log it; the turns before it are those that are answered by now."""
    request = asked.request
    answer = _run(house, asked.chart, request, _turns(house, request), showing)
    answer = replace(answer, seconds=time.perf_counter() - asked.started, thread=request.thread)
    if showing is not None:
        answer = _with_sentences(answer, showing.sentence_ids)
    entry = house.ledger.append(
        reader=reader,
        patient=request.patient_id,
        action="answer",
        thread=request.thread,
        payload={**contract.answer_json(answer), "log_id": None, "question_id": asked.entry_id},
    )
    return replace(
        answer,
        log_id=entry.entry_id,
        answer_id=request.answer_id or entry.entry_id,
        seconds=time.perf_counter() - asked.started,
    )


def _with_sentences(answer: Answer, shown: tuple[str, ...]) -> Answer:
    """The answer naming what was shown while it was made: its own, or of one that broke off."""
    if answer.engine == "ollama" and answer.status == "answered":
        return replace(answer, sentence_ids=shown)
    return replace(answer, shown_before=shown)


def ask_by_name(house: House, reader: Reader, request: AskRequest) -> Answer:
    """`ask` where the patient is named by id or identifier; what cannot be asked is `failed`."""
    try:
        patient_id = look.find_patient(house, request.patient_id)
        return ask(house, reader, replace(request, patient_id=patient_id))
    except ChartroomError as error:
        return refuse(house, reader, request, error)


def refuse(house: House, reader: Reader, request: AskRequest, error: ChartroomError) -> Answer:
    """An answer `failed` for what could not even be asked, logged where there is a ledger."""
    answer = failed(request, error.user_message)
    if not house.has_ledger:
        return answer
    entry = house.ledger.append(
        reader=reader,
        patient=None,
        action="answer",
        payload={**contract.answer_json(answer), "log_id": None, "question_id": None},
    )
    return replace(answer, log_id=entry.entry_id, answer_id=request.answer_id or entry.entry_id)


def new_thread() -> str:
    """A name for a new conversation that says nothing about anyone."""
    return uuid.uuid4().hex


def thread(house: House, reader: Reader, patient_id: str, thread_id: str) -> tuple[Answer, ...]:
    """The conversation so far, oldest first, as the ledger has it."""
    open_chart(house, reader, patient_id, "ask")
    return tuple(
        contract.answer_from(cast("dict[str, Any]", entry.payload), entry.entry_id, entry.thread)
        for entry in _entries(house, patient_id, thread_id)
        if entry.action == "answer"
    )


def pending(house: House, patient_id: str, thread_id: str) -> tuple[Pending, ...]:
    """The questions of this conversation without a closing entry, in order, with what was shown.

    They are being answered, here or in another process, or were cut off with theirs.
    """
    entries = _entries(house, patient_id, thread_id)
    answered = {entry.payload.get("question_id") for entry in entries if entry.action == "answer"}
    sentences = by_question(entries)
    return tuple(
        Pending(e.entry_id, str(e.payload["question"]), e.time, sentences.get(e.entry_id, ()))
        for e in entries
        if e.action == "question" and e.entry_id not in answered
    )


def failed(request: AskRequest, notice: str, as_of: str = "") -> Answer:
    """An answer of status `failed`: empty, with the one sentence that says why."""
    return Answer(
        answer_id=request.answer_id or "",
        patient=request.patient_id,
        question=request.question,
        status="failed",
        answer="",
        values=(),
        statements=(),
        searched=(),
        notice=notice,
        engine="embedded",
        model=None,
        model_digest=None,
        prompt_version=None,
        as_of=as_of,
        log_id="",
        seconds=0.0,
        thread=request.thread,
    )


def _run(
    house: House,
    chart: Chart,
    request: AskRequest,
    turns: tuple[Turn, ...],
    showing: Showing | None,
) -> Answer:
    from pipelines.answers import pipeline
    from pipelines.charts import patients

    try:
        answer = pipeline.answer(
            chart,
            request.question,
            thread=turns,
            engine=request.engine,
            settings=house.settings,
            sink=showing,
        )
        answer = replace(answer, incomplete=patients.incomplete(chart))
        if answer.stopped and house.asking.closing:
            answer = replace(answer, notice=CLOSED)
    except ChartroomError as error:
        answer = failed(request, error.user_message, chart.as_of.written)
    except Exception:  # noqa: BLE001 - the answer worker: a fault becomes a logged failure
        answer = failed(request, NOT_MADE, chart.as_of.written)
    return replace(answer, answer_id=request.answer_id or "")


def _entries(house: House, patient_id: str, thread_id: str) -> tuple[LogEntry, ...]:
    return house.ledger.entries(patient=patient_id, thread=thread_id)


def _turns(house: House, request: AskRequest) -> tuple[Turn, ...]:
    if request.thread is None:
        return ()
    entries = _entries(house, request.patient_id, request.thread)
    answers = [entry for entry in entries if entry.action == "answer"][-TURNS_KEPT:]
    return tuple(_turn(cast("dict[str, Any]", entry.payload)) for entry in answers)


def _turn(payload: dict[str, Any]) -> Turn:
    """A turn as the ledger keeps it; entries of earlier versions say less."""
    asks = (payload.get("understood") or {}).get("question")
    return Turn(str(payload["question"]), str(payload["answer"]), asks)
