"""The verdict on one drafted sentence: which of the ways to carry it holds, or why none does.

In this order: markup and missing citations refuse; arithmetic that comes with the sentence is
done again; a blood pressure stands in two results of one moment; else one cited item carries the
whole sentence. Whatever is not carried is `unverified`, with the reason of the first cited item.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from pipelines.answers.measured_pairs import pair_sentence
from pipelines.answers.verify.asides import without_asides
from pipelines.answers.verify.citations import Numbering, narrowest, place_of
from pipelines.answers.verify.computed import broken_computation
from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.lines import repeats
from pipelines.answers.verify.one import Verdict, check
from pipelines.answers.verify.reading import Reading, read
from pipelines.answers.verify.safety import holds_markup
from pipelines.records.answers import Citation, Computation, DraftSentence, Statement

NOTHING_CITED = "it cites nothing"
NOT_THERE = "it cites evidence that does not exist"
PAIR = "both numbers, unit and date stand in {n}, one measurement"
PAIR_OF = 2
MARKUP = "it holds a link, an image or markup"


def judged(drafted: DraftSentence, case: Case, numbering: Numbering) -> Statement:
    """The verdict on one sentence that is drafted, with its reason and its numbered citations."""
    known = [case.items[number] for number in dict.fromkeys(drafted.cites) if number in case.items]
    refusal = _refusal(drafted, known)
    if refusal is not None:
        return Statement(drafted.text, "unverified", refusal, ())
    bare = drafted.text
    if not any(repeats(bare, item.evidence) for item in known):
        bare, refusal = without_asides(bare, known, case.as_of)
        if refusal:
            return Statement(drafted.text, "unverified", refusal, ())
    return replace(_on_bare(replace(drafted, text=bare), known, case, numbering), text=drafted.text)


def _on_bare(
    drafted: DraftSentence, known: list[Item], case: Case, numbering: Numbering
) -> Statement:
    """The verdict on a sentence whose asides are checked and taken out."""
    reading = read(drafted.text, case.known_units)
    if drafted.computation is not None:
        return _computed(drafted, reading, known, (case, numbering))
    if (pair := _pair(drafted.text, known)) is not None:
        cited = tuple(numbering.number(place_of(item.evidence)) for item in pair)
        numbers = " and ".join(f"[{citation.n}]" for citation in cited)
        return Statement(drafted.text, "supported", PAIR.format(n=numbers), cited)
    reasons: list[str] = []
    for item in known:
        verdict = check(drafted.text, reading, item, case)
        if verdict.holds:
            words = _words(verdict, reading, item, case)
            citation = numbering.number(place_of(item.evidence, words))
            return _shown(drafted.text, verdict.why, citation)
        reasons.append(verdict.why)
    return Statement(drafted.text, "unverified", reasons[0], ())


def _pair(text: str, known: list[Item]) -> tuple[Item, Item] | None:
    """The two cited results of one measurement that the sentence says as one, word for word."""
    if len(known) != PAIR_OF or known[0].fact is None or known[1].fact is None:
        return None
    said = pair_sentence(known[0].fact, known[1].fact)
    return (known[0], known[1]) if said is not None and said == text else None


def _refusal(drafted: DraftSentence, known: list[Item]) -> str | None:
    if not drafted.text:
        return "it is empty"
    if holds_markup(drafted.text):
        return MARKUP
    if not drafted.cites:
        return NOTHING_CITED
    return None if known else NOT_THERE


def _words(verdict: Verdict, reading: Reading, item: Item, case: Case) -> str | None:
    return verdict.words or narrowest(reading, item.evidence, case.known_units)


def _shown(text: str, why: str, citation: Citation) -> Statement:
    return Statement(text, "supported", why.format(n=f"[{citation.n}]"), (citation,))


def _computed(
    drafted: DraftSentence, reading: Reading, items: list[Item], around: tuple[Case, Numbering]
) -> Statement:
    case, numbering = around
    computation = cast("Computation", drafted.computation)
    reason = broken_computation(computation, reading, items, case)
    if reason is not None or len(items) != len(set(drafted.cites)):
        return Statement(drafted.text, "unverified", reason or NOT_THERE, ())
    citations = tuple(numbering.number(place_of(item.evidence)) for item in items)
    count = f"{len(citations)} cited record" + ("" if len(citations) == 1 else "s")
    why = f"{computation.operation} over {count}, computed again"
    return Statement(drafted.text, "computed", why, citations)
