"""The judge at work: one drafted sentence after another, so that each can be shown at once.

Promises: `statement` on each sentence of a draft in turn gives exactly what `verify` gives on the
whole, because `verify` is this loop: citations keep one numbering from the first sentence to the
last. A judge belongs to one answer and one set of evidence; it keeps nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipelines.answers.verify.asides import without_asides
from pipelines.answers.verify.citations import Numbering
from pipelines.answers.verify.items import Case, case_of
from pipelines.answers.verify.lines import repeats
from pipelines.answers.verify.reading import sentences
from pipelines.answers.verify.safety import without_marks
from pipelines.answers.verify.statement import judged
from pipelines.records.answers import DraftSentence, Statement
from pipelines.records.evidence import EvidenceSet


class Judge:
    """Judges the sentences of one answer as they come."""

    def __init__(self, evidence: EvidenceSet) -> None:
        self._case = case_of(evidence)
        self._numbering = Numbering()

    def statement(self, drafted: DraftSentence) -> tuple[Statement, ...]:
        """The verdicts on one drafted text: as many as it holds sentences."""
        singles = _single(drafted, self._case)
        return tuple(judged(single, self._case, self._numbering) for single in singles)


def _single(drafted: DraftSentence, case: Case) -> Iterator[DraftSentence]:
    """A drafted text one sentence at a time: a false one must not hide behind a true one."""
    text = without_marks(drafted.text)
    spans = sentences(text)
    cited = [case.items[number] for number in drafted.cites if number in case.items]
    whole = drafted.computation is not None or len(spans) < 2
    bare, _ = without_asides(text, cited, case.as_of)
    if whole or any(repeats(one, i.evidence) for i in cited for one in (text, bare)):
        yield replace(drafted, text=text)
    else:
        for start, end in spans:
            yield replace(drafted, text=text[start:end])
