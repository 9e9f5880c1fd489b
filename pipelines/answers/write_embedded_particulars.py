"""Sentences about particulars: each record's own words, one sentence a record."""

from __future__ import annotations

from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded_parts import abstained, cell_of, fact_of, lines, stamp_of
from pipelines.records.answers import Draft
from pipelines.records.evidence import EvidenceSet

NOT_TOLD = "The records of what is asked do not say that."
NO_RESULT = "No such result is recorded for what is asked."


def write_particulars(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """What the records say at the element; nothing where they say nothing."""
    if not evidence.items:
        return abstained(NOT_TOLD)
    return lines(evidence.items, tuple((fact_of(i).quote.lower(),) for i in evidence.items))


def write_topic(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Results of a topic with their days."""
    if not evidence.items:
        return abstained(NO_RESULT)
    if question.ask == "when":
        return lines(evidence.items, tuple((stamp_of(i),) for i in evidence.items))
    return lines(evidence.items, tuple((cell_of(fact_of(i)),) for i in evidence.items))


def write_told(_question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Each record in its own words, without a row: what it means is not concluded."""
    return lines(evidence.items) if evidence.items else abstained(NO_RESULT)
