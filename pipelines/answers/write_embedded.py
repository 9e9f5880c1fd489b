"""The writer that needs no model: sentences filled from facts, notes lifted word for word.

It hands over a `Draft` for the judge and believes nothing of its own: arithmetic carries its
`Computation`, everything else repeats one record. The answer begins with what was asked. Where
the evidence does not carry an answer the draft abstains, with one plain sentence; a "no" that
rests on absence says "recorded", never "has not".
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.answers.question import ChartQuestion
from pipelines.answers.question_records import SUBJECTS
from pipelines.answers.write_embedded_allergies import write_allergies
from pipelines.answers.write_embedded_lists import write_list, write_medications
from pipelines.answers.write_embedded_parts import abstained, lines
from pipelines.answers.write_embedded_records import write_devices, write_records
from pipelines.answers.write_embedded_results import write_results
from pipelines.answers.write_embedded_visits import write_patient, write_visits
from pipelines.records.answers import Draft
from pipelines.records.evidence import EvidenceSet

Writer = Callable[[ChartQuestion, EvidenceSet], Draft]
WRITERS: dict[str, Writer] = {
    "result": write_results,
    "any_lab": write_results,
    "patient": write_patient,
    "encounter": write_visits,
    "medication": write_medications,
    "allergy": write_allergies,
    "problem": write_list,
    "procedure": write_list,
    "immunization": write_list,
    "device": write_devices,
    **dict.fromkeys(SUBJECTS - {"device"}, write_records),
}
NOTHING_FOUND = "Nothing in this chart answers that; what was searched is listed."
NO_SENTENCE = "No sentence of this chart's notes answers that."
NO_CAUSE = "No sentence of this chart states why."


def write(question: ChartQuestion | None, evidence: EvidenceSet) -> Draft:
    """Draft the answer to a question from its evidence."""
    if question is None:
        return abstained(NOTHING_FOUND)
    if question.decline is not None:
        return abstained(question.decline)
    if question.subject == "note":
        if not evidence.items:
            silent = NO_CAUSE if question.note_is("why") else NO_SENTENCE
            return abstained(f"{silent} {evidence.nearest}".strip())
        return lines(evidence.items)
    writer = WRITERS.get(question.subject)
    return writer(question, evidence) if writer is not None else abstained(NOTHING_FOUND)
