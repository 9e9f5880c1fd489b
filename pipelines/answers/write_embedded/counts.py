"""How many a long list holds, said before it, so that a reader sees that it is whole.

The count is over the very entries that follow, counted again by the judge; where a list is cut
it says so, and the count is of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.parts import MOST_SENTENCES, computed
from pipelines.records.answers import Draft
from pipelines.records.evidence import Evidence, EvidenceSet

FEWEST = 6
NOUNS: Mapping[str, str] = {
    "problem": "problems or diagnoses",
    "procedure": "procedures",
    "immunization": "vaccinations",
    "medication": "medication entries",
    "allergy": "allergies",
    "encounter": "visits or stays",
    "result": "results",
    "any_lab": "results",
}


def with_count(draft: Draft, question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """The draft with a first sentence that counts, where it is a long list of plain entries."""
    told = draft.sentences
    listed = question.ask in ("list", "flagged", "started", "stopped")
    if not draft.answerable or not listed or len(told) < FEWEST or question.subject not in NOUNS:
        return draft
    if any(s.computation is not None or len(s.cites) != 1 for s in told):
        return draft
    items = _entries(draft, evidence)
    cut = "; only the first of them follow" if len(items) > len(told) else ""
    text = f"{len(items)} {NOUNS[question.subject]} in all{cut}."
    return replace(draft, sentences=(computed(text, items, "count", len(items)), *told))


def _entries(draft: Draft, evidence: EvidenceSet) -> list[Evidence]:
    """What the sentences cite; of a list that was cut, every entry of those kinds."""
    cited = {s.cites[0] for s in draft.sentences}
    own = [i for i in evidence.items if i.number in cited]
    if len(draft.sentences) < MOST_SENTENCES:
        return own
    kinds = {i.kind for i in own}
    return [i for i in evidence.items if i.kind in kinds]
