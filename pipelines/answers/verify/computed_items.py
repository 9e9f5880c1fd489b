"""Sentences about arithmetic that is itself an item of evidence ("[E9] computed: the mean …").

Promises: the item's arithmetic is done again from the records it was made of, before anything is
believed of it; the sentence says that result, its numbers and dates are the item's, its claims
("highest", "rose") are the item's own, and its words the item's or those of the records behind
it. What is shown cites those records, not the arithmetic.
"""

from __future__ import annotations

import re

from pipelines.answers.verify.asides import without_asides
from pipelines.answers.verify.claims import claim_words, claims_in
from pipelines.answers.verify.computed import broken_computation
from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.lines import repeats
from pipelines.answers.verify.numbers import same_quantity
from pipelines.answers.verify.reading import Reading, denials, read
from pipelines.answers.verify.strangers import foreign_terms
from pipelines.answers.verify.trends import DOWN, UP
from pipelines.records.answers import Computation

_AGO = re.compile(r" \((?:same day|yesterday|\d+ \w+ ago)\)")
_SINCE = re.compile(r"\bsince\s*$")
NO_RECORDS = "the records behind the arithmetic are not among the evidence"


def inputs_of(item: Item, case: Case) -> list[Item] | None:
    """The items that the arithmetic was made of, or None where one is not there."""
    numbers = item.evidence.inputs
    found = [case.items[n] for n in numbers if n in case.items and case.items[n] is not item]
    return found if found and len(found) == len(numbers) else None


def check(sentence: Reading, item: Item, case: Case) -> str | None:
    """Why the sentence does not hold by the computed item, or None where it does."""
    computation = item.evidence.computation
    inputs = inputs_of(item, case)
    if computation is None or inputs is None:
        return NO_RECORDS
    line, refusal = without_asides(item.evidence.line, inputs, case.as_of)
    if case.as_of is None:
        line = _AGO.sub("", line)  # the line is the program's own; how long ago is not compared
    own = read(line, case.known_units)
    reason = refusal or broken_computation(computation, own, inputs, case)
    if reason or repeats(sentence.text, item.evidence) is not None:
        return reason or None
    reason = broken_computation(computation, sentence, inputs, case)
    return reason or _says_else(sentence, item, inputs, computation)


def _says_else(
    sentence: Reading, item: Item, inputs: list[Item], computation: Computation
) -> str | None:
    record = item.reading
    for stated in sentence.quantities:
        if not any(same_quantity(stated, q, item.names) for q in record.quantities):
            return f"the number {stated.value.normalize():f} does not stand in the computed line"
    for date in sentence.dates:
        if not any(date.fits(d) for d in record.dates):
            return f"the date {date.written} does not stand in the computed line"
    if denials(sentence.plain) != denials(record.plain):
        return "the computed line says the opposite (negation)"
    own = {name for name, _ in claims_in(record.plain)} | {computation.operation}
    if _is_since_first(sentence, record):
        own.add("start")
    for name, words in claims_in(sentence.plain):
        if name not in own | _OF.get(computation.operation, frozenset()):
            return f"the computed line does not say “{words}”"
    names = frozenset().union(*(i.thing for i in inputs), _WORDS.get(computation.operation, ()))
    names |= _of_course(sentence, record)
    claims = claim_words(sentence)
    foreign = [t for t in foreign_terms(sentence, item, claims) if t.name not in names]
    if foreign:
        return f"“{sentence.word_at(foreign[0])}” does not stand in the computed line"
    return None


def _of_course(sentence: Reading, record: Reading) -> frozenset[str]:
    """Words for the way that the line goes, where the sentence tells no other way."""
    for words, own, other in (("up gained gain risen", UP, DOWN), ("down lost loss", DOWN, UP)):
        if own.search(record.plain) and not other.search(sentence.plain):
            told = {t.name for t in sentence.terms if own.match(sentence.plain, t.start)}
            return read(words, frozenset()).names | told
    return frozenset()


def _is_since_first(sentence: Reading, record: Reading) -> bool:
    """Whether "since …" names the earliest day of the line."""
    days = sorted((d.year or 0, d.month or 0, d.day or 0) for d in record.dates)
    since = [d for d in sentence.dates if _SINCE.search(sentence.low, 0, d.start)]
    return bool(since and days) and all(
        (d.year or 0, d.month or 0, d.day or 0) == days[0] for d in since
    )


_OF = {"maximum": frozenset({"highest"}), "minimum": frozenset({"lowest"})}
_RECORDS = read("measurements readings values samples entries draws tests", frozenset()).names
_WORDS = {
    "mean": frozenset({"mean", "averag", "across"}) | _RECORDS,
    "elapsed": frozenset({"last", "lasted", "took", "long", "duration"}),
    "count": frozenset({"number", "count", "total"}) | _RECORDS,
    "sum": frozenset({"total", "sum", "add"}),
    "difference": frozenset({"difference", "differenc", "chang"}),
}
