"""The judge, one drafted sentence at a time: stands in until the judge's own comes."""

from __future__ import annotations

from pipelines.answers.verify.citations import Numbering
from pipelines.answers.verify.items import case_of
from pipelines.answers.verify.verify import _single, _statement
from pipelines.records.answers import Draft, DraftSentence, Statement
from pipelines.records.evidence import EvidenceSet


class Judge:
    """Judges the sentences of one answer in their order."""

    def __init__(self, evidence: EvidenceSet) -> None:
        self._case = case_of(evidence)
        self._numbering = Numbering()

    def statement(self, sentence: DraftSentence) -> tuple[Statement, ...]:
        """The statements that one drafted sentence makes."""
        single = _single(Draft(True, (sentence,)), self._case)
        return tuple(_statement(one, self._case, self._numbering) for one in single)
