"""The verdict on one drafted sentence: which of the ways to carry it holds, or why none does.

In this order: markup and missing citations refuse; arithmetic that comes with the sentence is
done again; a blood pressure stands in two results of one moment; else one cited item carries the
whole sentence, or a computed one does by arithmetic done again; else several together do, as a
course or as a list of which each part has its own record. A citation that carries nothing is left
out, one that does not exist withholds. Whatever is not carried is `unverified`, with the reason
of the first cited item.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from pipelines.answers.measured_pairs import pair_sentence
from pipelines.answers.verify import computed_items
from pipelines.answers.verify.asides import without_asides
from pipelines.answers.verify.citations import Numbering, narrowest, place_of
from pipelines.answers.verify.computed import broken_computation
from pipelines.answers.verify.counts import counted, each_day
from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.lines import repeats
from pipelines.answers.verify.listed import NO_ONE, carried
from pipelines.answers.verify.one import check
from pipelines.answers.verify.quoted import quotations
from pipelines.answers.verify.reading import Reading, read
from pipelines.answers.verify.safety import holds_markup
from pipelines.answers.verify.trends import broken_trend, tells_course
from pipelines.records.answers import Citation, Computation, DraftSentence, Statement

NOTHING_CITED = "it cites nothing"
NOT_THERE = "it cites evidence that does not exist"
PAIR = "both numbers, unit and date stand in {n}, one measurement"
PAIR_OF = 2
LISTED = "each part stands in one of {n}"
NOT_CITED = "; what else it cites does not carry it and is left out"
MARKUP = "it holds a link, an image or markup"


def judged(drafted: DraftSentence, case: Case, numbering: Numbering) -> Statement:
    """The verdict on one sentence that is drafted, with its reason and its numbered citations."""
    known = [case.items[number] for number in dict.fromkeys(drafted.cites) if number in case.items]
    refusal = _refusal(drafted, known, case)
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
    if (pair := _pair(drafted.text, reading, known, case)) is not None:
        cited = tuple(numbering.number(place_of(item.evidence)) for item in pair)
        return Statement(drafted.text, "supported", PAIR.format(n=_marks(cited)), cited)
    reasons: list[str] = []
    for item in known:
        if item.evidence.computation is not None:
            reason = computed_items.check(reading, item, case)
            if reason is None:
                return _by_arithmetic(drafted.text, item, case, numbering)
            reasons.append(reason)
            continue
        verdict = check(drafted.text, reading, item, case)
        if verdict.holds:
            words = verdict.words or narrowest(reading, item.evidence, case.known_units)
            citation = numbering.number(place_of(item.evidence, words))
            beside = NOT_CITED if len(known) > 1 else ""
            why = verdict.why.format(n=f"[{citation.n}]") + beside
            return Statement(drafted.text, "supported", why, (citation,))
        reasons.append(verdict.why)
    return _by_several(drafted.text, reading, known, (case, numbering), reasons[0])


def _by_several(
    text: str, reading: Reading, known: list[Item], around: tuple[Case, Numbering], reason: str
) -> Statement:
    """The verdict by two or more cited records together: a course, or a list of them."""
    case, numbering = around
    plain = [item for item in known if item.evidence.computation is None]
    if len(plain) < PAIR_OF or quotations(text):
        return Statement(text, "unverified", reason, ())

    def check_part(part: str, item: Item) -> str | None:
        return _refused(part, item, case)

    together = counted(text, plain, case, check_part) or each_day(text, plain, check_part)
    if together is not None:
        cited = tuple(numbering.number(place_of(item.evidence)) for item in together)
        return Statement(text, "supported", LISTED.format(n=_marks(cited)), cited)
    if tells_course(reading) and all(item.is_measured for item in plain):
        refusal = broken_trend(reading, plain, case)
        if refusal is not None:
            return Statement(text, "unverified", refusal, ())
        cited = tuple(numbering.number(place_of(item.evidence)) for item in plain)
        why = f"course over {len(cited)} cited records, computed again"
        return Statement(text, "computed", why, cited)
    found = carried(text, plain, case, check_part)
    if isinstance(found, str):
        why = reason if found == NO_ONE else found
        return Statement(text, "unverified", why, ())
    cited = tuple(numbering.number(place_of(item.evidence)) for item in found)
    return Statement(text, "supported", LISTED.format(n=_marks(cited)), cited)


def _refused(part: str, item: Item, case: Case) -> str | None:
    verdict = check(part, read(part, case.known_units), item, case)
    return None if verdict.holds else verdict.why


def _by_arithmetic(text: str, item: Item, case: Case, numbering: Numbering) -> Statement:
    """A sentence by a computed item cites the records that the arithmetic was made of."""
    inputs = computed_items.inputs_of(item, case) or []
    cited = tuple(numbering.number(place_of(one.evidence)) for one in inputs)
    operation = item.evidence.computation.operation if item.evidence.computation else ""
    return Statement(text, "computed", _again(operation, len(cited)), cited)


def _pair(text: str, reading: Reading, known: list[Item], case: Case) -> tuple[Item, Item] | None:
    """The two cited results of one measurement that the sentence says as one."""
    if len(known) != PAIR_OF or known[0].fact is None or known[1].fact is None:
        return None
    for one, other in (known, known[::-1]):
        said = pair_sentence(one.fact, other.fact) if one.fact and other.fact else None
        if said is not None and (said == text or _carries_pair(said, text, reading, one, case)):
            return one, other
    return None


def _carries_pair(said: str, text: str, reading: Reading, one: Item, case: Case) -> bool:
    """Whether the two as one line carry the sentence by the rules of a single record."""
    if one.fact is None or not any(quantity.second for quantity in reading.quantities):
        return False
    name = said.split(" was ", maxsplit=1)[0]
    fact = replace(one.fact, display=name, value=None, value_text=None, quote=said)
    line = replace(one.evidence, line=said, title=name, text=said, fact=fact)
    return check(text, reading, Item(line, case.known_units), case).holds


def _marks(cited: tuple[Citation, ...]) -> str:
    return " and ".join(f"[{citation.n}]" for citation in cited)


def _refusal(drafted: DraftSentence, known: list[Item], case: Case) -> str | None:
    if not drafted.text:
        return "it is empty"
    if holds_markup(drafted.text):
        return MARKUP
    if not drafted.cites:
        return NOTHING_CITED
    if not known or any(number not in case.items for number in drafted.cites):
        return NOT_THERE
    return None


def _computed(
    drafted: DraftSentence, reading: Reading, items: list[Item], around: tuple[Case, Numbering]
) -> Statement:
    case, numbering = around
    computation = cast("Computation", drafted.computation)
    reason = broken_computation(computation, reading, items, case)
    if reason is not None or len(items) != len(set(drafted.cites)):
        return Statement(drafted.text, "unverified", reason or NOT_THERE, ())
    citations = tuple(numbering.number(place_of(item.evidence)) for item in items)
    why = _again(computation.operation, len(citations))
    return Statement(drafted.text, "computed", why, citations)


def _again(operation: str, count: int) -> str:
    records = f"{count} cited record" + ("" if count == 1 else "s")
    return f"{operation} over {records}, computed again"
