"""The worklist's rows for every patient of the store, without anything of a reader.

Made once and kept until the store changes: what differs between readers (their lists, what is
new to them) is laid over by the desk.
"""

from __future__ import annotations

from pipelines.charts.collector import collector_paused
from pipelines.charts.kept import kept_of_all
from pipelines.charts.ward import places, scores
from pipelines.charts.worklist import worklist
from pipelines.records.chart import RowSource
from pipelines.records.ward import WardRow


@kept_of_all
def ward_rows(source: RowSource) -> tuple[WardRow, ...]:
    """One row a patient, by name, with stay, scores and newest note."""
    with collector_paused():
        return _made(source)


def _made(source: RowSource) -> tuple[WardRow, ...]:
    read = scores.inputs(source)
    notes = places.newest_notes(source)
    made = []
    for row in worklist(source):
        patient = row.patient.patient_id
        news2, kdigo = scores.scores(row, read)
        made.append(WardRow(row, read.stays.get(patient), news2, kdigo, notes.get(patient)))
    return tuple(made)
