"""One question about many patients: charts opened and logged, asked, logged again, then shown.

One entry of action `cohort` keeps the question with all rows and citations; it names no single
patient, and its words are shown only to whom the whole list is.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from pipelines.desk import contract
from pipelines.desk.access import open_charts
from pipelines.desk.ask import MAX_QUESTION_CHARACTERS
from pipelines.errors import ChartroomError
from pipelines.records.cohort import CohortAnswer, CohortRow
from pipelines.records.patients import refused_words

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader

Json = dict[str, Any]
NO_PATIENTS = "There is no patient to ask about; load charts or choose another list."


def cohort(
    house: House, reader: Reader, question: str, patient_ids: Sequence[str] | None = None
) -> CohortAnswer:
    """The answer of each chart of `patient_ids`, all patients where None, a row each.

    ChartroomError for an empty or too long question, NotFound for a patient that is not loaded.
    The entry of the answer is committed when this returns.
    """
    from pipelines.answers.cohort import ask
    from pipelines.charts.demographics import all_patients
    from pipelines.charts.incomplete import refused_by_patient

    if not question.strip():
        raise ChartroomError("Type a question first.")
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise ChartroomError("The question is too long; ask it in fewer than 4,000 characters.")
    started = time.perf_counter()
    names = {patient.patient_id: patient.name for patient in all_patients(house.charts)}
    wanted = list(names) if patient_ids is None else list(dict.fromkeys(patient_ids))
    if not wanted:
        raise ChartroomError(NO_PATIENTS)
    charts = open_charts(house, reader, wanted, "cohort")
    listed = [ask.Listed(chart, names.get(chart.patient_id, chart.patient_id)) for chart in charts]
    answer = ask.answer(listed, question, house.settings)
    refused = refused_by_patient(house.charts)
    rows = tuple(
        replace(row, incomplete=refused_words(*refused[row.patient]))
        if row.patient in refused else row
        for row in answer.rows
    )  # fmt: skip
    answer = replace(answer, rows=rows, seconds=time.perf_counter() - started)
    entry = house.ledger.append(
        reader=reader,
        patient=None,
        action="cohort",
        payload={**cohort_json(answer), "log_id": None, "patients": wanted},
    )
    return replace(answer, log_id=entry.entry_id, seconds=time.perf_counter() - started)


def cohort_json(answer: CohortAnswer) -> Json:
    """The object of `cohort --json`, which the ledger keeps as well."""
    return {
        "question": answer.question,
        "status": answer.status,
        "answer": answer.answer,
        "read_as": answer.read_as,
        "counts": {
            name: answer.count(name) for name in ("yes", "no", "not_said", "value", "failed")
        },
        "rows": [row_json(row) for row in answer.rows],
        "engine": answer.engine,
        "log_id": answer.log_id,
        "seconds": round(answer.seconds, 4),
    }


def row_json(row: CohortRow) -> Json:
    """One row; its statements are those of `ask --json`."""
    return {
        **asdict(row),
        "values": [list(cells) for cells in row.values],
        "statements": [contract.statement_json(item) for item in row.statements],
    }
