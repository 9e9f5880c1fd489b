"""Lists: a sentence that says several records at once, each part carried by one cited item.

Promises: the parts of the sentence (at commas, "and", "as well as") are judged one by one by the
same rules as a whole sentence, with the words before the first thing and those after the last
("takes …", "… are both active"); every cited item carries a part and every number stays with its
own. "All" and "only" hold where nothing of that kind in the whole evidence is left out. A word
that sets the parts in order of time ("then") holds where the records are in that order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.reading import read
from pipelines.answers.verify.strangers import named_spans

MOST_PARTS = 12
_SPLIT = re.compile(r",? as well as |,? along with |,? plus |, and |; and |,? and |; |, |: ")
_EACH = re.compile(
    r"\b(?:both|all|each|respectively|together|the following)\b"
    r"|\b(?:two|three|four|five)\b(?= (?:\w+ ){0,3}(?:are|were|include|is))",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(?:all|every|only|solely|entire|exclusively)\b", re.IGNORECASE)
_ORDER = re.compile(r"\b(?:then|later|subsequently|afterwards|followed by)\b")
_VERB = re.compile(
    r"\b(?:includes?|included|are|is|was|were|has|have|had|takes?|of|to|began|started|ended)\b"
)
_WHY = re.compile(r"\s(?:for|because of|due to)\s(?!\d).+$")
_TAIL = re.compile(r"\s(?:are|were|have been|was|is)\s[a-z ]+\.?$")
NOT_ALL = "other records of that kind are not among those cited"
NOT_IN_ORDER = "the cited records are not in that order"
NO_ONE = "no one cited record carries it"
DATE_OF_ONE = "a date in it is not that of every record it is said of"
UNUSED = "a cited record carries no part of it"

Check = Callable[[str, Item], str | None]


def carried(text: str, items: Sequence[Item], case: Case, check: Check) -> tuple[Item, ...] | str:
    """The items that carry the parts of the sentence, in order, or why one part is not carried."""
    plain = _ALL.sub(" ", _EACH.sub(" ", text))
    parts = _parts(plain)
    if not 2 <= len(parts) <= MOST_PARTS:
        return NO_ONE
    used: list[tuple[str, Item]] = []
    at = 0
    while at < len(parts):
        found: Item | None = None
        reason = NO_ONE
        for end in range(len(parts), at, -1):
            core = ", ".join(parts[at:end])
            for said in _said(core, parts, (at, end), items, case):
                found, reason = _carrier(said, items, check)
                if found is not None:
                    break
            if found is not None:
                used.append((core, found))
                at = end
                break
        if found is None:
            return reason
    return _whole(text, used, items, case)


def _said(
    core: str, parts: list[str], place: tuple[int, int], items: Sequence[Item], case: Case
) -> Iterator[str]:
    """The part as a sentence of its own, with what is said of every part, in the ways it may be."""
    at, end = place
    tail = _TAIL.search(parts[-1])
    after = "" if end == len(parts) or tail is None else tail.group().strip()
    why = _WHY.search(parts[-1])
    if end < len(parts) and not after and why is not None and _WHY.search(core) is None:
        after = why.group().strip()  # "… and atorvastatin for hyperlipidemia" is said of both
    befores = [""]
    if at > 0 and _starts(core, items, case):
        befores = [_head(parts[0], items, case)]
    elif at > 0:
        named = [part for part in parts[:at] if _starts(part, items, case)]
        befores = [_subject(named[-1:] or parts[:1], case)]
    if at > 0 and (verb := _VERB.search(parts[0])) is not None:
        befores += [parts[0][: verb.end()], parts[0][: verb.start()]]
    yield from (f"{before} {core} {after}".strip() for before in befores)


def _carrier(said: str, items: Sequence[Item], check: Check) -> tuple[Item | None, str]:
    reasons = []
    for item in items:
        reason = check(said, item)
        if reason is None:
            return item, ""
        reasons.append(reason)
    return None, reasons[0] if reasons else NO_ONE


def _whole(
    text: str, parts: list[tuple[str, Item]], items: Sequence[Item], case: Case
) -> tuple[Item, ...] | str:
    used = tuple(item for _, item in parts)
    if any(item not in used for item in items):
        return UNUSED
    if _ALL.search(text.lower()) and not _is_all(used, case):
        return NOT_ALL
    if _ORDER.search(text.lower()):
        moments = [item.evidence.date or "" for item in used]
        if moments != sorted(moments) or not all(moments):
            return NOT_IN_ORDER
    return tuple(dict.fromkeys(used)) if _dates_hold(parts, case) else DATE_OF_ONE


def _dates_hold(parts: list[tuple[str, Item]], case: Case) -> bool:
    """A date said once is said of the parts without one: those before it, else those after."""
    dated = [(read(core, case.known_units).dates, item) for core, item in parts]
    for index, (dates, item) in enumerate(dated):
        near = [d for d, _ in (*dated[index:], *reversed(dated[:index])) if d]
        if not dates and near and not any(near[0][-1].fits(d) for d in item.dates):
            return False
    return True


def _is_all(used: Sequence[Item], case: Case) -> bool:
    kinds = {(item.evidence.kind, item.fact.status if item.fact else None) for item in used}
    peers = [
        item
        for item in case.items.values()
        if (item.evidence.kind, item.fact.status if item.fact else None) in kinds
    ]
    return case.is_whole and len(kinds) == 1 and {id(p) for p in peers} == {id(u) for u in used}


def _parts(text: str) -> list[str]:
    bare = text.strip().rstrip(".")
    found = [part.strip() for part in _SPLIT.split(bare)]
    return [part for part in found if part]


def _head(first: str, items: Sequence[Item], case: Case) -> str:
    """What stands before the first thing that is named: it is said of every part."""
    starts = _starts(first, items, case)
    return first[: min(starts)].strip() if starts else ""


def _starts(text: str, items: Sequence[Item], case: Case) -> list[int]:
    """Where the text names the thing of one of the items."""
    reading = read(text, case.known_units)
    starts = [t.start for t in reading.terms if any(t.name in i.thing for i in items)]
    return starts + [a for i in items for a, _ in named_spans(reading, i)]


def _subject(before: list[str], case: Case) -> str:
    """The part before, up to its number: what a part without a thing goes on about."""
    reading = read(before[-1], case.known_units)
    spots = [q.start for q in reading.quantities] + [d.start for d in reading.dates]
    return before[-1][: min(spots)].strip() if spots else before[-1]
