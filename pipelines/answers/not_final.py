"""Sentences that rest on results which may still change, saying so in the record's own word.

Whoever wrote the sentence, what it cites decides: a preliminary or registered result is said to
be one, beside its value or at the end of the sentence. The judge reads the sentence after this
and finds the word in the cited item. Final and corrected results are left as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from pipelines.records.answers import DraftSentence
from pipelines.records.evidence import Evidence


def with_not_final(sentence: DraftSentence, items: Mapping[int, Evidence]) -> DraftSentence:
    """The sentence with the status words of cited results that are not final and go unsaid."""
    cited = [item.fact for n in sentence.cites if (item := items.get(n)) and item.fact]
    states = dict.fromkeys(f.status_word for f in cited if f.status_word and not f.is_final)
    unsaid = [word for word in states if word not in sentence.text.lower()]
    if not unsaid:
        return sentence
    which = "this result is" if len(cited) == 1 else "some results are"
    told = f"{sentence.text.rstrip().rstrip('.')}; {which} {', '.join(unsaid)}."
    return replace(sentence, text=told)
