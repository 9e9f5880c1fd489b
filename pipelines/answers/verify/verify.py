"""The judge: what a writer drafted becomes statements with a verdict, a reason and citations.

It knows no writer and believes none: each sentence is compared with the stored text of the items
it cites. `supported` = one cited item carries the whole sentence, or each part of a list one of
them, or two results of one moment a blood pressure; `computed` = its arithmetic or course was
done again from the cited records; anything else is `unverified`, carries no citation and is
never part of an answer. A sentence with a URL, link, image or HTML tag is never shown, a note's
own included. *Supported* means agrees with the cited text, not true; paraphrase that uses none
of the record's words is refused, and wrong sentences made of right words can pass.
"""

from __future__ import annotations

from pipelines.answers.verify.running import Judge
from pipelines.records.answers import Draft, Statement
from pipelines.records.evidence import EvidenceSet


def verify(draft: Draft, evidence: EvidenceSet) -> tuple[Statement, ...]:
    """Judge every sentence of the draft against the evidence it cites."""
    judge = Judge(evidence)
    return tuple(made for drafted in draft.sentences for made in judge.statement(drafted))
