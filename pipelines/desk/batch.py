"""Many lines in, many lines out: each result is written as soon as its entry is committed.

A conversation is `thread` + patient: another patient under the same thread starts a new one, and
a line without `thread` stands alone. A bad line or an unknown patient is a `failed` line, never
the end of the batch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pipelines.desk import ask, contract, export, look
from pipelines.errors import ChartroomError

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.records.exports import ChartIdentifiers

Json = dict[str, Any]
BAD_LINE = "The line is not a JSON object with id, patient and question."
BAD_TEXT_LINE = "The line is not a JSON object with id and text."


def answers(
    house: House, reader: Reader, lines: Iterable[str], *, engine: str, as_of: str | None = None
) -> Iterator[Json]:
    """One `ask --json` object a line, in order."""
    threads: dict[tuple[str, str], str] = {}
    for line in _without_the_end(lines):
        yield _answer(house, reader, line, threads, {"engine": engine, "as_of": as_of})


def redactions(house: House, reader: Reader, lines: Iterable[str]) -> Iterator[Json]:
    """One `redact --json` object a line with the line's `id`; a refused one has `text` null."""
    known: dict[str, ChartIdentifiers] = {}
    for line in _without_the_end(lines):
        yield _redaction(house, reader, line, known)


def _answer(
    house: House,
    reader: Reader,
    line: str,
    threads: dict[tuple[str, str], str],
    options: Mapping[str, Any],
) -> Json:
    item = _parsed(line)
    request = ask.AskRequest(str(item.get("patient", "")), str(item.get("question", "")))
    try:
        if not all(isinstance(item.get(key), str) for key in ("patient", "question")):
            raise ChartroomError(BAD_LINE)
        patient_id = look.find_patient(house, request.patient_id)
        thread = item.get("thread")
        if thread is not None:
            thread = threads.setdefault((str(thread), patient_id), ask.new_thread())
        request = ask.AskRequest(patient_id, request.question, thread, **options)
        answered = contract.answer_json(ask.ask(house, reader, request))
    except ChartroomError as error:
        answered = contract.answer_json(ask.refuse(house, reader, request, error))
    return {**answered, "id": item.get("id")}


def _redaction(house: House, reader: Reader, line: str, known: dict[str, ChartIdentifiers]) -> Json:
    item = _parsed(line)
    patient = item.get("patient")
    try:
        if not isinstance(item.get("text"), str):
            raise ChartroomError(BAD_TEXT_LINE)
        if patient is not None and str(patient) not in known:
            patient_id = look.find_patient(house, str(patient))
            known[str(patient)] = export.chart_identifiers(house, reader, patient_id)
        chart = None if patient is None else known[str(patient)]
        result = contract.redaction_json(export.redact(item["text"], chart))
    except ChartroomError as error:
        result = contract.refused_redaction_json(error.user_message)
    return {"id": item.get("id"), **result}


def _without_the_end(lines: Iterable[str]) -> Iterator[str]:
    """Every line, an empty one too, but for empty ones at the end of the file."""
    empty: list[str] = []
    for line in lines:
        if not line.strip():
            empty.append(line)
            continue
        yield from empty
        empty.clear()
        yield line


def _parsed(line: str) -> Json:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return item if isinstance(item, dict) else {}
