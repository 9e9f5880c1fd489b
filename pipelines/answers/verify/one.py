"""One sentence against one cited item: the rules, in order, each with its plain reason.

Promises: thing, every number with its unit, every date and the way it is said stand in this one
item, each as what it is there; every content word must be its own or claim nothing. A passage
that reads like an instruction carries nothing but its own words, and nothing at all where they
are left out of its line. `supported` means *agrees with the cited text*, not *true*.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.answers.verify.bound import stands_apart
from pipelines.answers.verify.claims import broken_claim, claim_words
from pipelines.answers.verify.code_status import OWN_LINE_ONLY, recorded_so, states_a_code_status
from pipelines.answers.verify.implied import implied_words
from pipelines.answers.verify.items import Case, Item, compound_holds
from pipelines.answers.verify.language import language
from pipelines.answers.verify.lines import repeats
from pipelines.answers.verify.numbers import DateMention, Quantity, same_quantity
from pipelines.answers.verify.order import wrong_order
from pipelines.answers.verify.quoted import broken_quote, quotations, without_quotations
from pipelines.answers.verify.ranges import is_of_range, rounds_to, wrong_value
from pipelines.answers.verify.reading import Reading, read
from pipelines.answers.verify.relatives import wrong_person
from pipelines.answers.verify.roles import wrong_role
from pipelines.answers.verify.safety import reads_like_instruction
from pipelines.answers.verify.scope import denies_cause, wrong_scope
from pipelines.answers.verify.standing import standing_words, wrong_standing
from pipelines.answers.verify.strangers import foreign_scope, foreign_terms, named_spans

_FAMILY = re.compile(r"\bfamily history\b")
QUOTED = "the quoted words stand in {n}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the item carries the sentence, the reason, and the words of a note that do."""

    holds: bool
    why: str
    words: str | None = None


def check(text: str, sentence: Reading, item: Item, case: Case) -> Verdict:
    """The verdict on one sentence and one cited item; `why` lacks the item's number."""
    instructs = item.evidence.passage is not None and reads_like_instruction(item.evidence.text)
    repeated = repeats(text, item.evidence)
    if repeated is not None:
        flag = ", where it reads like an instruction to the writer" if instructs else ""
        return Verdict(True, f"word for word in {{n}}{flag}", repeated)
    if states_a_code_status(item):
        holds = recorded_so(sentence, item)
        return Verdict(holds, _reason(sentence) if holds else OWN_LINE_ONLY)
    if instructs:
        return Verdict(False, "the cited passage reads like an instruction to the writer")
    broken = broken_quote(text, item, case.known_units) or wrong_person(sentence, item)
    if broken is None and quotations(text):
        sentence = read(without_quotations(text), case.known_units)
        if not (sentence.terms or sentence.quantities or sentence.dates):
            return Verdict(True, QUOTED)
    reason = broken or _broken(sentence, item, case)
    return Verdict(False, reason) if reason else Verdict(True, _reason(sentence))


def _broken(sentence: Reading, item: Item, case: Case) -> str | None:
    """The first rule that the sentence breaks, as its reason."""
    return (
        _wrong_date(sentence, item)
        or _wrong_number(sentence, item)
        or wrong_value(sentence, item)
        or _wrong_words(sentence, item, case)
        or wrong_scope(sentence, item)
        or broken_claim(sentence, item, case)
        or wrong_standing(sentence, item)
        or wrong_role(sentence, item)
        or (None if denies_cause(sentence, item) else stands_apart(sentence, item))
        or wrong_order(sentence, item)
    )


def _reason(sentence: Reading) -> str:
    parts = ["number"] if sentence.quantities else []
    if any(quantity.unit for quantity in sentence.quantities):
        parts.append("unit")
    if sentence.dates:
        parts.append("date")
    if not parts:
        return "the words stand in {n}"
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{listed} {'stands' if len(parts) == 1 else 'stand'} in {{n}}"


def _wrong_date(sentence: Reading, item: Item) -> str | None:
    for stated in sentence.dates:
        if stated.ambiguous:
            if stated.written not in item.reading.low:
                return f"the date {stated.written} can be read in two ways"
        elif not any(_same_date(stated, recorded) for recorded in item.dates) and not (
            stated.is_bare_year and any(q.value == stated.year for q in item.quantities)
        ):
            return f"the date {stated.written} does not stand in the cited record"
    return None


def _same_date(stated: DateMention, recorded: DateMention) -> bool:
    return not recorded.ambiguous and stated.fits(recorded)


def _wrong_number(sentence: Reading, item: Item) -> str | None:
    for stated in sentence.quantities:
        if _is_year_of(stated, item):
            continue
        if not any(same_quantity(stated, q, item.names) for q in item.quantities):
            if rounds_to(stated, item) or is_of_range(stated, sentence, item):
                continue
            return _number_reason(stated, item)
    return None


def _is_year_of(stated: Quantity, item: Item) -> bool:
    plain_year = stated.unit is None and not stated.comparator and stated.second is None
    return plain_year and any(recorded.year == stated.value for recorded in item.dates)


def _number_reason(stated: Quantity, item: Item) -> str:
    number = f"{stated.comparator}{stated.value.normalize():f}"
    if any(q.value == stated.value and q.comparator == stated.comparator for q in item.quantities):
        return f"{number} stands in the cited record with another unit"
    return f"the number {number} does not stand in the cited record"


def _wrong_words(sentence: Reading, item: Item, case: Case) -> str | None:
    names = [term.name for term in sentence.terms]
    if not names:
        return "it names nothing that can be checked"
    answered = _answered(sentence, item) | standing_words(sentence, item)
    foreign = tuple(foreign_terms(sentence, item, answered))
    wanted = item.thing if item.is_measured else item.thing - language().generic
    named = any(name in wanted or compound_holds(name, item) for name in names)
    if item.has_a_name and wanted and not named and not named_spans(sentence, item):
        return "it does not name what the cited record is about"
    others = case.others_name(item)
    worst = [term for term in foreign if term.name in others or is_clinical(term.name)]
    stranger = None if worst else foreign_scope(sentence, item, answered)
    if stranger is not None or not foreign:
        return stranger
    return f"“{sentence.word_at((worst or foreign)[0])}” does not stand in the cited record"


def _answered(sentence: Reading, item: Item) -> frozenset[int]:
    """Where words stand that other rules answer for: claims, and what states a cause."""
    causes = [match.span() for match in language().causal.finditer(sentence.low)]
    starts = (t.start for t in sentence.terms if any(a <= t.start < b for a, b in causes))
    spots = claim_words(sentence) | frozenset(starts) | _of_relative(sentence, item)
    return spots | implied_words(sentence, item)


def _of_relative(sentence: Reading, item: Item) -> frozenset[int]:
    """“Family history” where the record tells of the very relative whom the sentence names."""
    family = language().modifiers["family"]
    own = {match.group() for match in family.finditer(item.words.plain)}
    named = own & {match.group() for match in family.finditer(sentence.plain)}
    told = _FAMILY.finditer(sentence.plain) if named else ()
    return frozenset(spot for match in told for spot in range(*match.span()))


def is_clinical(name: str) -> bool:
    """Whether a word is of illness or drugs, or a thing that the house's terms know."""
    words = language().clinical_words
    if name in words or name in language().canonical.values():
        return True
    return len(name) > 5 and name.endswith(language().clinical_suffixes)
