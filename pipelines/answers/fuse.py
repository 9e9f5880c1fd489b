"""Several rankings of passages made one, by reciprocal rank.

A passage gets 1 / (k + rank) from each ranking that has it; scores of different kinds are never
compared. k = 60 after Cormack, Clarke and Büttcher, "Reciprocal rank fusion outperforms Condorcet
and individual rank learning methods", SIGIR 2009. A sentence that two rankings know from
different notes is one sentence: the first ranking's place stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipelines.records.facts import Passage

K = 60


def fused(*rankings: Sequence[Passage]) -> tuple[Passage, ...]:
    """The passages of all rankings, best first, with the fused score as theirs."""
    scores: dict[str, float] = {}
    first: dict[str, Passage] = {}
    for ranking in rankings:
        seen: set[str] = set()
        for passage in ranking:
            said = " ".join(passage.text.lower().split())
            if said in seen:
                continue
            seen.add(said)
            first.setdefault(said, passage)
            scores[said] = scores.get(said, 0.0) + 1 / (K + len(seen))
    ordered = sorted(scores, key=lambda said: -scores[said])
    return tuple(replace(first[said], score=scores[said]) for said in ordered)
