"""Words of a sentence that the cited record does not have.

Promises: each content word must be the record's own (or a synonym of the house's terms), a word
that claims nothing of this kind of record, or one that another rule answers for; a single foreign
word withholds the sentence. Words that change whose, where, why or how well a thing is are named
with that reason. A letter that tells two things apart (troponin I, hepatitis B) counts as a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipelines.answers.verify.allowed import allowed
from pipelines.answers.verify.items import Item, compound_holds
from pipelines.answers.verify.language import language
from pipelines.answers.verify.reading import Reading, Term, denials, read, stem
from pipelines.answers.verify.vocabulary import covered

_LETTER = re.compile(r"(?<=[a-z] )([A-Z])(?=[\s,;.)]|$)(?!\. ?[A-Z])")
_DONE = frozenset({"given", "administered", "received", "ordered", "prescribed"})
_NO_UNITS: frozenset[str] = frozenset()


def foreign_terms(sentence: Reading, item: Item, answered: frozenset[int]) -> Iterator[Term]:
    """The terms that neither stand in the item nor claim nothing; `answered` are seen to else."""
    free = free_words(item)
    named = named_spans(sentence, item)
    for term in sentence.terms:
        known = term.name in item.names or term.name in free or compound_holds(term.name, item)
        told = term.start in answered or any(a <= term.start < b for a, b in named)
        if not (known or told or _in_parts(term.name, item, free)):
            yield term


def _both_deny(sentence: Reading, item: Item) -> bool:
    """“Was not given” of a note that says “no pegfilgrastim”."""
    return min(denials(sentence.plain), denials(item.words.plain)) > 0


def _in_parts(name: str, item: Item, free: frozenset[str]) -> bool:
    """`single-lumen` is known where both of its words are, and each part of a record's own."""
    if "-" in name:
        parts = [read(part, _NO_UNITS).names for part in name.split("-") if part]
        return all(names and names <= item.names | free for names in parts)
    return any(name == stem(part) for own in item.names if "-" in own for part in own.split("-"))


def foreign_scope(sentence: Reading, item: Item, answered: frozenset[int]) -> str | None:
    """Why the sentence is of another person, specimen, route, time … than the item, or None."""
    free = free_words(item)
    named = named_spans(sentence, item)
    for reason, pattern in allowed().guarded.items():
        for match in pattern.finditer(sentence.plain):
            names = read(match.group(), _NO_UNITS).names or {match.group()}
            stands = names <= item.names | free or match.start() in answered
            stands = stands or (match.group() in _DONE and _both_deny(sentence, item))
            if stands or any(a <= match.start() < b for a, b in named):
                continue
            if not _holds_word(item.reading.low, match.group()):
                return f"“{match.group()}” does not stand in the cited record ({reason})"
    return _foreign_letter(sentence, item)


def named_spans(sentence: Reading, item: Item) -> tuple[tuple[int, int], ...]:
    """Where the sentence names the item's thing by another name of the vocabulary."""
    fact = item.fact
    text = fact.display if fact is not None else item.evidence.text
    spans = covered(sentence.low, text)
    own = item.reading.names  # "metoprolol tartrate" is no other name of metoprolol
    return tuple(
        (a, b)
        for a, b in spans
        if not any(t.name in own for t in sentence.terms if a <= t.start < b)
    )


def free_words(item: Item) -> frozenset[str]:
    """Words that claim nothing of a record of this kind."""
    fact = item.fact
    kind = fact.kind if fact is not None else "note"
    return _free(kind)


@lru_cache(maxsize=64)
def _free(kind: str) -> frozenset[str]:
    tables = allowed().paraphrase
    text = " ; ".join(f"{tables['any']} {tables.get(kind, '')}".split())
    each = text.split(" ; ")
    return frozenset(name for word in each for name in read(word, _NO_UNITS).names | {word})


def _foreign_letter(sentence: Reading, item: Item) -> str | None:
    canonical = language().canonical
    held = [m for m in language().phrases.finditer(sentence.low) if " " in m.group()]
    for match in _LETTER.finditer(sentence.text):
        if any(
            m.start() < match.start() < m.end() and canonical[m.group()] in item.names for m in held
        ):
            continue  # the K of "vitamin K"
        if any(term.start == match.start(1) for term in sentence.terms):
            continue  # `K` is potassium
        letter = match[1].lower()
        if not _holds_word(item.reading.low, letter) and letter not in item.names:
            return f"“{match[1]}” does not stand in the cited record"
    return None


def _holds_word(low: str, word: str) -> bool:
    return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", low) is not None
