"""Sentences about two results of one measurement, made one sentence that cites both.

Only neighbours in the evidence of the same answer are joined; the rows for programs stay as they
are, and a sentence that carries more than its one result is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.answers.measured_pairs import pair_sentence
from pipelines.answers.write_embedded.parts import sentence_of
from pipelines.records.answers import DraftSentence
from pipelines.records.evidence import Evidence


def paired(
    sentences: Sequence[DraftSentence], items: Mapping[int, Evidence]
) -> tuple[DraftSentence, ...]:
    """The sentences with each pair as one, where the first of it stood."""
    left = list(sentences)
    made: list[DraftSentence] = []
    while left:
        sentence = left.pop(0)
        joined = next(
            ((n, one) for n, other in enumerate(left) if (one := _joined(sentence, other, items))),
            None,
        )
        if joined is not None:
            del left[joined[0]]
        made.append(joined[1] if joined is not None else sentence)
    return tuple(made)


def _joined(
    one: DraftSentence, other: DraftSentence, items: Mapping[int, Evidence]
) -> DraftSentence | None:
    if not (_is_bare(one, items) and _is_bare(other, items)):
        return None
    first, second = items[one.cites[0]].fact, items[other.cites[0]].fact
    text = pair_sentence(first, second) if first is not None and second is not None else None
    return DraftSentence(text, (one.cites[0], other.cites[0])) if text else None


def _is_bare(sentence: DraftSentence, items: Mapping[int, Evidence]) -> bool:
    """Whether a sentence tells its one result and nothing else."""
    if sentence.computation is not None or len(sentence.cites) != 1:
        return False
    item = items.get(sentence.cites[0])
    return item is not None and item.fact is not None and sentence.text == sentence_of(item.fact)
