"""Words that claim more than one record can say: latest, highest, still, only, normal …

Promises: such a word passes only when the cited text has it (or one of its group), or when the
whole evidence set bears it out. The evidence is what was gathered for the question: over a set
that was cut short a superlative holds only for the end of it that is known to be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipelines.answers.verify.course import course_spans
from pipelines.answers.verify.items import Case, Item
from pipelines.answers.verify.language import language
from pipelines.answers.verify.reading import Reading, denials, read
from pipelines.answers.verify.roles import role_of
from pipelines.records.facts import Fact

SIDES = frozenset({"left", "right", "bilateral"})
UNDONE = ("not-done", "cancelled", "noshow")


def broken_claim(sentence: Reading, item: Item, case: Case) -> str | None:
    """Why a claim of the sentence does not hold, or None when all of them do."""
    said = item.reading.plain
    known = known_spans(sentence, item)
    for name, (start, end) in _spans(sentence.plain):
        words = sentence.plain[start:end]
        if any(a <= start and end <= b for a, b in known):
            continue
        pattern = language().claims.get(name)
        if pattern is None:
            if not language().marked[name].search(said) and not _is_marked(name, item):
                return f"the cited text does not say “{words}”"
        elif not pattern.search(said) and not _CHECKS[name](item, case):
            return f"the evidence does not bear out “{words}”"
    return None


def known_spans(sentence: Reading, item: Item) -> list[tuple[int, int]]:
    """Where words of a claim are but another name of the record's ("acute kidney injury")."""
    canonical = language().canonical
    found = [
        match.span()
        for match in language().phrases.finditer(sentence.plain)
        if canonical[match.group()] in item.names
        and (" " in match.group() or not _has_word(item.reading.low, match.group()))
    ]
    sides = {t.start: t.name for t in sentence.terms if t.name in SIDES & item.names}
    found += [(start, start + len(name)) for start, name in sides.items()]
    return found + list(course_spans(sentence, item))


def _has_word(low: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}\b", low) is not None


def claims_in(plain: str) -> tuple[tuple[str, str], ...]:
    """The claims of a text as (group, words); "above the normal range" claims no "normal"."""
    return tuple((name, plain[a:b]) for name, (a, b) in _spans(plain))


def claim_words(sentence: Reading) -> frozenset[int]:
    """Where words stand that `broken_claim` answers for; they count as covered words."""
    spans = [span for _, span in _spans(sentence.plain)]
    return frozenset(t.start for t in sentence.terms if any(a <= t.start < b for a, b in spans))


def _spans(plain: str) -> list[tuple[str, tuple[int, int]]]:
    groups = (*language().claims.items(), *language().marked.items())
    found = [(n, m.span()) for n, pattern in groups for m in pattern.finditer(plain)]
    return [
        (name, (a, b))
        for name, (a, b) in found
        if not any(c <= a and b <= d and d - c > b - a for _, (c, d) in found)
    ]


def _is_marked(name: str, item: Item) -> bool:
    """Whether the record itself is what a word says: a finished one done, a stay an admission."""
    fact = item.fact
    if fact is None:
        return False
    if name in ("start", "end"):
        roles = {role_of(item.reading.low, date) for date in item.reading.dates}
        return name in roles
    if name == "positive":
        return _grew(fact)
    if name == "done":
        return fact.status in ("completed", "finished")
    of_stay = fact.kind == "encounter" and "hospital" in item.reading.low
    return name in ("admit", "discharge") and of_stay


def _grew(fact: Fact) -> bool:
    """A culture with something flagged in it is a positive one."""
    said = read(f"{fact.value_text or ''} ", frozenset())
    return (
        "culture" in fact.display.lower()
        and fact.flag in ("A", "AA", "H")
        and bool(said.terms)
        and denials(said.plain) == 0
    )


def _peers(item: Item, case: Case) -> tuple[Item, ...]:
    """Items of the same thing: same concept or code for results, same kind for the rest."""
    fact = item.fact
    if fact is None:
        return tuple(other for other in case.items.values() if other.fact is None)
    if not item.is_measured:
        return tuple(
            other
            for other in case.items.values()
            if other.fact is not None
            and other.fact.kind == fact.kind
            and (other.fact.status not in UNDONE or fact.status in UNDONE)
            and (fact.kind == "encounter" or other.thing & item.thing)
        )
    return tuple(
        other
        for other in case.items.values()
        if other.fact is not None
        and other.is_measured
        and (
            (fact.concept is not None and other.fact.concept == fact.concept)
            or (fact.code_key is not None and other.fact.code_key == fact.code_key)
            or other.fact.display == fact.display
        )
    )


def _is_latest(item: Item, case: Case) -> bool:
    mine = _instant(item)
    return (
        case.has_latest
        and mine is not None
        and all(other is None or other <= mine for other in map(_instant, _peers(item, case)))
    )


def _is_latest_number(item: Item, case: Case) -> bool:
    """A state in words ("Former smoker") is not called current by its date alone."""
    return item.fact is not None and item.fact.value is not None and _is_latest(item, case)


def _stands_now(item: Item) -> bool:
    return item.fact is not None and item.fact.status in ("active", "in-progress", "on-hold")


def _is_next(item: Item, case: Case) -> bool:
    """The first appointment that is booked, of those known here."""
    if item.evidence.kind != "appointment":
        return False
    booked = [i for i in case.items.values() if i.fact is not None and i.fact.status == "booked"]
    return item in booked and all((_instant(i) or "") >= (_instant(item) or "") for i in booked)


def _is_earlier(item: Item, case: Case) -> bool:
    """A result with a later one beside it, or a thing that is over."""
    if item.fact is not None and item.fact.status in ("stopped", "resolved", "inactive"):
        return True
    mine = _instant(item) or ""
    return item.is_measured and any((_instant(o) or "") > mine for o in _peers(item, case))


def _is_first(item: Item, case: Case) -> bool:
    mine = _instant(item)
    return (
        case.has_first
        and mine is not None
        and all(other is None or other >= mine for other in map(_instant, _peers(item, case)))
    )


def _instant(item: Item) -> str | None:
    moment = item.fact.when if item.fact is not None else None
    if moment is None and item.evidence.passage is not None:
        moment = item.evidence.passage.when
    return moment.instant.isoformat() if moment is not None else item.evidence.date


def _extreme(item: Item, case: Case, sign: int) -> bool:
    fact = item.fact
    if fact is None or fact.value is None or fact.comparator or not case.is_whole:
        return False
    values = [peer.fact.value for peer in _peers(item, case) if peer.fact is not None]
    return all(value is None or sign * value <= sign * fact.value for value in values)


def _is_only(item: Item, case: Case) -> bool:
    if item.is_measured or item.fact is None:
        return case.is_whole and _is_alone(item, case)
    kind, status = item.evidence.kind, item.fact.status
    alike = [i for i in case.items.values() if i.evidence.kind == kind and i.fact is not None]
    return case.is_whole and sum(i.fact is not None and i.fact.status == status for i in alike) == 1


def _is_alone(item: Item, case: Case) -> bool:
    """The only one of what was asked for: "the only result" tells no more."""
    return len({peer.evidence.resource for peer in _peers(item, case)}) == 1


def _flag(item: Item, *flags: str) -> bool:
    return item.fact is not None and item.fact.flag in flags


def _is_normal(item: Item, _case: Case) -> bool:
    fact = item.fact
    return fact is not None and fact.flag is None and fact.flag_source is not None


def _is_active(item: Item, _case: Case) -> bool:
    fact = item.fact
    return fact is not None and fact.status in ("active", "in-progress")


def _is_stopped(item: Item, _case: Case) -> bool:
    return item.fact is not None and item.fact.status in ("stopped", "completed", "cancelled")


_CHECKS: dict[str, Callable[[Item, Case], bool]] = {
    "latest": _is_latest,
    "current": lambda item, case: _stands_now(item) or _is_latest_number(item, case),
    "next": _is_next,
    "earlier": _is_earlier,
    "first": _is_first,
    "highest": lambda item, case: _extreme(item, case, 1),
    "lowest": lambda item, case: _extreme(item, case, -1),
    "new": lambda _item, _case: False,
    "still": _is_active,
    "only": _is_only,
    "only_asked": _is_alone,
    "high": lambda item, _case: _flag(item, "H", "HH"),
    "low": lambda item, _case: _flag(item, "L", "LL"),
    "normal": _is_normal,
    "range": lambda _item, _case: True,
    "critical": lambda item, _case: _flag(item, "HH", "LL", "AA"),
    "abnormal": lambda item, _case: _flag(item, "H", "HH", "L", "LL", "A", "AA"),
    "active": _is_active,
    "taking": lambda item, case: _is_active(item, case) and item.evidence.kind == "medication",
    "stopped": _is_stopped,
}
