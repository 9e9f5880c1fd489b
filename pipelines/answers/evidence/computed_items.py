"""Arithmetic that code has done, as items that a model may cite: it never calculates itself.

In: the embedded draft with the verdicts on it, and its evidence. Out: the evidence with one item
more for each sentence whose arithmetic was done again and held. Such an item has the sentence as
its line, names the items that went in, and carries no record of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from pipelines.records.answers import Draft, Statement
from pipelines.records.evidence import Evidence, EvidenceSet

KIND = "computed"


def with_computed(
    evidence: EvidenceSet, draft: Draft, verdicts: Sequence[Statement]
) -> EvidenceSet:
    """The evidence with the computed sentences of the draft; `verdicts` are one a sentence."""
    if len(verdicts) != len(draft.sentences):
        return evidence
    at = max((item.number for item in evidence.items), default=0)
    made: list[Evidence] = []
    for sentence, verdict in zip(draft.sentences, verdicts, strict=True):
        if sentence.computation is not None and verdict.support == "computed":
            made.append(
                Evidence(
                    number=at + len(made) + 1,
                    kind=KIND,
                    line=sentence.text,
                    title=KIND,
                    date=None,
                    text=sentence.text,
                    sha256=hashlib.sha256(sentence.text.encode()).hexdigest(),
                    computation=sentence.computation,
                    inputs=sentence.cites,
                )
            )
    return replace(evidence, items=(*evidence.items, *made)) if made else evidence
