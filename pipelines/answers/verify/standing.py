"""How a recorded thing stands: in force, held, ended, refuted, not done; ordered or given.

Promises: a record of what is over, held or refuted carries no sentence that tells it as being so;
an order carries no dose given; a result whose name says another specimen or fraction is named
with it. Read from the record's status and its line; a status that a line does not tell, and the
record does not have, is not known here.
"""

from __future__ import annotations

import re

from pipelines.answers.verify.allowed import allowed
from pipelines.answers.verify.items import Item
from pipelines.answers.verify.reading import Reading, denials
from pipelines.answers.verify.roles import role_of

ENDED = {
    "medication": ("stopped", "completed", "cancelled", "on-hold", "not-done"),
    "device": ("stopped", "completed"),
    "condition": ("resolved", "inactive"),
    "allergy": ("resolved", "inactive"),
    "procedure": ("not-done", "stopped"),
    "immunization": ("not-done",),
    "appointment": ("noshow", "cancelled", "booked"),
    "order": ("revoked", "cancelled"),
}
_NO = re.compile(r"\s*no, ")
_PARAMETER = re.compile(r"\b(?:hold|held) (?:for|if|when)\b")
_PLAN = re.compile(r"\bto (change|switch|start|restart|resume|stop|increase|reduce)\b")
# An order in force "is (being) given"; "was given" tells of a dose.
_PRESENT_ACT = re.compile(r"\b(?:is|are) (?:being )?(?:given|administered|received)\b")
_REFUTED = re.compile(r"\brefuted\b")


def wrong_standing(sentence: Reading, item: Item) -> str | None:
    """Why the sentence tells the thing as standing otherwise than the record, or None."""
    fact = item.fact
    if fact is None:
        return None
    rules = allowed().standing
    if _NO.match(sentence.low) and not _is_no(sentence, item):
        return "the cited record does not say no"
    if fact.kind in ("condition", "allergy") and _REFUTED.search(item.reading.low):
        if not rules["refuted"].search(sentence.low):
            return "the cited record is refuted, and the sentence does not say so"
    elif fact.status in ENDED.get(fact.kind, ()):
        found = rules[fact.status].search(sentence.low)
        over = any(role_of(sentence.low, date) == "end" for date in sentence.dates)
        if not (found or over) or (
            found and rules["present"].search(sentence.plain) and _is_tense(found.group())
        ):
            return f"the cited record has status {fact.status}, and the sentence does not say so"
    plan = _PLAN.search(item.reading.low)
    if plan is not None and re.search(rf"\b{plan[1].rstrip('e')}\w*ed\b", sentence.low):
        return f"the cited record says it as a plan (“{plan.group()}”)"
    return _wrong_act(sentence, item) if fact.kind == "medication" else _unqualified(sentence, item)


def _is_no(sentence: Reading, item: Item) -> bool:
    """Whether a “No, …” is what the record says: ended, held, refuted, denied."""
    fact = item.fact
    ended = fact is not None and fact.status in ENDED.get(fact.kind, ())
    return ended or denials(item.reading.plain) > 0 or denials(sentence.plain) > 0


def is_refuted(sentence: Reading, item: Item) -> bool:
    """Whether the record is refuted and the sentence says so, in whatever words."""
    own = item.fact is not None and _REFUTED.search(item.reading.low) is not None
    return own and allowed().standing["refuted"].search(sentence.low) is not None


def standing_words(sentence: Reading, item: Item) -> frozenset[int]:
    """Where words stand that say how the record stands, when it stands so."""
    fact = item.fact
    if fact is None:
        return frozenset()
    rules = allowed().standing
    spots: set[int] = set()
    names = [fact.status] if fact.status in ENDED.get(fact.kind, ()) else []
    names += ["refuted"] if _REFUTED.search(item.reading.low) else []
    for name in names:
        for match in rules[str(name)].finditer(sentence.low):
            spots.update(range(*match.span()))
    return frozenset(spots)


def _is_tense(word: str) -> bool:
    return word in ("was", "were", "had", "did", "past", "no", "received", "given")


def _wrong_act(sentence: Reading, item: Item) -> str | None:
    acts, line = allowed().acts, item.reading.low
    held = allowed().standing["on-hold"].search(sentence.plain)
    status = item.fact.status if item.fact is not None else None
    if held and held.group() != "not" and status != "on-hold" and _is_parameter(sentence, line):
        return "the cited record says when to hold it, not that it is held"
    for act in ("given", "ordered"):
        found = acts[act].search(_PRESENT_ACT.sub(" ", sentence.plain))
        if found and not acts[f"{act}_record"].search(line):
            return f"the cited record does not say that it was {found.group()}"
    return None


def _is_parameter(sentence: Reading, line: str) -> bool:
    return _PARAMETER.search(line) is not None and _PARAMETER.search(sentence.low) is None


def _unqualified(sentence: Reading, item: Item) -> str | None:
    """A result's own qualifier that the sentence drops (urine, ionized, free)."""
    if not item.is_measured or item.thing & allowed().unqualified:
        return None
    fact = item.fact
    name = f"{fact.display if fact else ''} {item.evidence.title}".lower()
    missing = sorted((_words(name) & allowed().qualifiers) - _words(sentence.low))
    return f"the cited record is of “{missing[0]}”, which the sentence omits" if missing else None


def _words(low: str) -> frozenset[str]:
    plain = low.replace("urinary", "urine").replace("sbp", "systolic").replace("dbp", "diastolic")
    return frozenset(re.findall(r"[a-z]+", plain))
