"""What a date, a number or a reason is *of* within one record, compared with what is said of it.

A record of many parts carries its numbers and dates only in their own parts: a day on which a
drug was ended is not the day it was started, the dose before a change is not the one after it,
how often belongs to the dose that is taken, and what a drug was stopped for is not what it is
for. Promises: where a record gives the part, the sentence must have the same; where it does not,
nothing is compared.
"""

from __future__ import annotations

import re

from pipelines.answers.verify.allowed import allowed
from pipelines.answers.verify.items import Item
from pipelines.answers.verify.numbers import DateMention, Quantity, same_quantity
from pipelines.answers.verify.reading import Reading

NEAR = 40
ADJACENT = ("to", "from", "by")
_CLAUSE = re.compile(r"[;()]|, ")
_CHANGE = re.compile(r"(\bto|\bfrom|[-=]+>|\u2192)\s*$")
_ARROW_AFTER = re.compile(r"\s*(?:[-=]+>|\u2192)")
_FOR = re.compile(r"\b(?:for|to treat|treating|treatment of|because of|due to)\s")
_END_OF_FOR = re.compile(
    r"[,;.()]|\b(?:on|since|from|until|at|in|(?:and )?(?:was|is|has|were|had|stopped|ended|held"
    r"|started|discontinued))\b|\bwith each\b"
)
_RECORD_FOR = re.compile(r"[,;] for ([^;]*?)(?=; |\.?$|\. )")
_REASON = re.compile(r"\breason: ([^;]*)")
_OVER = re.compile(
    r"\b(?:stopped|ended|discontinued|held|hold|ceased|withdrawn|paused|cancell?ed)\b"
)
_HOLD = re.compile(r"\bhold(?:ing)?\s*$")
_OVER_FOR = re.compile(rf"{_OVER.pattern}\s*$")
_FOR_SO_LONG = re.compile(r"for \d")
_TELLS_WHY = re.compile(r"\b(?:for|because|due to|reason|with|owing)\b")
_BY_WHOM = re.compile(r"\b(\w+(?:ed|en)) by (?=dr\b|[a-z]+ [a-z])(?!mouth)")
ALIKE = ({"ordered", "prescribed", "placed"}, {"written", "authored", "signed", "documented"})
OF_REASON = "the cited record gives another reason"


def wrong_role(sentence: Reading, item: Item) -> str | None:
    """Why a date, number or reason of the sentence is another's in the record, or None."""
    return (
        _wrong_date_role(sentence, item)
        or _wrong_change(sentence, item)
        or _wrong_often(sentence, item)
        or _wrong_reason(sentence, item)
        or _wrong_agent(sentence, item)
    )


def _wrong_date_role(sentence: Reading, item: Item) -> str | None:
    if item.fact is not None and item.fact.kind == "procedure":
        return None  # the one date is that of the act, whatever its name tells of before
    for stated in sentence.dates:
        role = role_of(sentence.low, stated)
        recorded = {
            other
            for date in item.reading.dates
            if stated.fits(date) and (other := role_of(item.reading.low, date)) is not None
        }
        if role is not None and recorded and role not in recorded:
            return f"in the cited record {stated.written} is the date of something else"
    return None


def role_of(low: str, date: DateMention) -> str | None:
    """The role of the nearest role word before the date; "to" and "from" count only beside it."""
    start = max(0, date.start - NEAR)
    before = re.split(r"[;(]", low[start : date.start])[-1]
    found: tuple[tuple[int, int], str] | None = None
    for role, pattern in allowed().roles.items():
        for match in pattern.finditer(before):
            beside = not before[match.end() :].strip(" on")
            place = (match.end(), match.end() - match.start())
            if (match.group() not in ADJACENT or beside) and (not found or found[0] < place):
                found = (place, role)
    return found[1] if found else None


def _wrong_change(sentence: Reading, item: Item) -> str | None:
    """“increased to 40 mg” where the record says “increased to 80 mg”."""
    for stated in sentence.quantities:
        side = _side(sentence.low, stated)
        own = [q for q in item.reading.quantities if side and _side(item.reading.low, q) == side]
        if own and not any(same_quantity(stated, q, item.names) for q in own):
            return f"in the cited text {stated.value.normalize():f} is not what it says “{side}”"
    return None


def _side(low: str, quantity: Quantity) -> str | None:
    if _ARROW_AFTER.match(low, quantity.end):
        return "from"
    found = _CHANGE.search(low[: quantity.start])
    return None if found is None else "from" if found[1] == "from" else "to"


def _wrong_often(sentence: Reading, item: Item) -> str | None:
    """How often must be the record's, and of the dose that the sentence gives."""
    record = item.reading
    for often in sentence.often:
        same = [o for o in record.often if o.row == often.row]
        if not same:
            said = sentence.low[often.start : often.end]
            return f"“{said}” does not stand in the cited record"
        doses = [q for q in sentence.quantities if q.start < often.start and q.unit is not None]
        if doses and record.quantities and not any(_with(doses[-1], o.start, item) for o in same):
            return "in the cited record that dose is not how often it is taken"
    return None


def _with(dose: Quantity, at: int, item: Item) -> bool:
    """Whether the record's own clause of a frequency has the dose, or has no dose with a unit."""
    low = item.reading.low
    cuts = [0, *(m.end() for m in _CLAUSE.finditer(low)), len(low)]
    start = max(cut for cut in cuts if cut <= at)
    end = min((cut for cut in cuts if cut > at), default=len(low))
    own = [q for q in item.reading.quantities if start <= q.start < end and q.unit is not None]
    return not own or any(same_quantity(dose, q, item.names) for q in own)


def _wrong_reason(sentence: Reading, item: Item) -> str | None:
    fact = item.fact
    if fact is None or fact.kind != "medication":
        return None
    misplaced = _number_of_reason(sentence, item)
    if misplaced is not None:
        return misplaced
    for match in _FOR.finditer(sentence.low):
        reasons = _reasons(sentence, item, match.start())
        cut = _END_OF_FOR.search(sentence.low, match.end())
        end = cut.start() if cut else len(sentence.low)
        stretch = sentence.low[match.start() : end].strip()
        if _is_own_words(stretch, sentence.low[: match.start()], item.reading.low):
            continue
        if _OVER_FOR.search(sentence.low[: match.start()]) and not _REASON.search(item.reading.low):
            return OF_REASON
        said = {t.name for t in sentence.terms if match.end() <= t.start < end}
        if said & item.names and reasons and not (said & item.names) <= reasons | item.thing:
            return OF_REASON
    return None


def _is_own_words(stretch: str, before: str, record: str) -> bool:
    """Whether a "for …" is no reason: how long, or when to hold, as the record has it."""
    if _FOR_SO_LONG.match(stretch):
        return stretch in record or stretch.removeprefix("for ") in record
    if _HOLD.search(before) is None:
        return False
    return (
        re.search(rf"\bhold {re.escape(stretch.split(' or ', maxsplit=1)[0])}", record) is not None
    )


def _wrong_agent(sentence: Reading, item: Item) -> str | None:
    """“stopped by Dr. Lee” where the record says “ordered by Dr. Lee”."""
    said, own = _BY_WHOM.search(sentence.low), _BY_WHOM.search(item.reading.low)
    if said is None or own is None or said[1] == own[1]:
        return None
    if any({said[1], own[1]} <= alike for alike in ALIKE):
        return None
    return f"the cited record says “{own[1]} by”, not “{said[1]} by”"


def _number_of_reason(sentence: Reading, item: Item) -> str | None:
    """A number that stands only in why a drug is taken is not the drug's own."""
    low = item.reading.low
    given = [m.span(1) for pattern in (_RECORD_FOR, _REASON) for m in pattern.finditer(low)]
    for stated in sentence.quantities:
        own = [q for q in item.reading.quantities if same_quantity(stated, q, item.names)]
        of_reason = own and all(any(a <= q.start < b for a, b in given) for q in own)
        if of_reason and not _TELLS_WHY.search(sentence.low, 0, stated.start):
            return f"in the cited record {stated.value.normalize():f} belongs to the reason"
    return None


def _reasons(sentence: Reading, item: Item, at: int) -> frozenset[str]:
    """Terms of what the record gives as its purpose, or as why it ended after such a word."""
    low = item.reading.low
    spans = [m.span(1) for m in _RECORD_FOR.finditer(low)]
    ends = [m.span(1) for m in _REASON.finditer(low)]
    if _OVER.search(sentence.low, 0, at) and ends:
        spans = ends
    terms = item.reading.terms
    return frozenset(t.name for t in terms if any(a <= t.start < b for a, b in spans))
