"""Whom a sentence of a note is about: the patient, a relative, or one who tells of the patient.

Promises: what a note says of a relative is said with that relative, and of no one else; a
relative who tells ("daughter says …") or stands beside ("lives with her husband") is not the one
told of; what a relative tells is passed on as told. In a family history everything is of
relatives. A person in no table is not seen here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.answers.verify.bound import fits, told
from pipelines.answers.verify.clauses import Part, parts_of
from pipelines.answers.verify.items import Item
from pipelines.answers.verify.note_words import note_words
from pipelines.answers.verify.reading import Reading

OF_RELATIVE = "the cited text says it of a relative"
NOT_OF_RELATIVE = "the cited text does not say it of that person"
BY_RELATIVE = "the cited text gives it as told by a relative"
_HISTORY = re.compile(r"\b(?:fh|fhx|family history|family hx)\b")
_PATIENT = re.compile(r"\s*(?:pt|patient|she|he)\b")
_ANOTHER = re.compile(
    r"\b(?:other|another|different|next|second|neighbou?ring|wrong)\s+(?:\w+\s+)?"
    r"(?:patient|pt|person|man|woman|resident|chart)s?\b|\broommates?\b"
)
_FILLER = frozenset({"his", "her", "the", "their", "a", "patient's", "pt's", "older", "younger"})


@dataclass(frozen=True, slots=True)
class Person:
    """One mention of a relative: where, and whether as one told of, beside, or telling."""

    word: str
    start: int
    role: str


def wrong_person(sentence: Reading, item: Item) -> str | None:
    """Why the sentence is of another person than the record's words, or None."""
    if _ANOTHER.search(sentence.low) and not _ANOTHER.search(item.words.low):
        return NOT_OF_RELATIVE
    return None if item.evidence.passage is None else _wrong_relative(sentence, item)


def _wrong_relative(sentence: Reading, item: Item) -> str | None:
    """The same of a note's sentence, which may tell of a relative."""
    record = item.words
    own = persons(record.low)
    said = persons(sentence.low)
    for person in said:
        reason = _wrong_role(person, [p for p in own if p.word == person.word], sentence, item)
        if reason is not None:
            return reason
    if said or _HISTORY.search(sentence.low):
        return None
    parts = parts_of(record.low)
    if own and _HISTORY.search(record.low):
        return OF_RELATIVE
    for each in told(sentence, item):
        fitting = [i for i in range(len(parts)) if fits(each, i, parts, item)]
        reasons = [_of_another(i, parts, own, record.low) for i in fitting]
        if reasons and all(reasons):
            return reasons[0]
    return None


def persons(low: str) -> tuple[Person, ...]:
    """The relatives that a text mentions, with their roles."""
    return tuple(
        Person(m.group(), m.start(), _role(low, m)) for m in note_words().relatives.finditer(low)
    )


def _role(low: str, found: re.Match[str]) -> str:
    rules = note_words()
    before = [
        w for w in re.findall(r"[a-z'/]+|[^\sa-z'/]", low[: found.start()])[-4:] if w not in _FILLER
    ]
    after = re.match(r"[,]?\s*(?:has |have |had )?(?:called,? (?:and )?)?", low[found.end() :])
    rest = found.end() + (after.end() if after else 0)
    told = rules.tells.match(low, rest)
    if told is not None and not low.startswith(" by", told.end()):
        return "tells"
    if any(rules.source.fullmatch(" ".join(before[-n:])) for n in (1, 2)) and before[-1:] != ["by"]:
        return "tells"
    if "by" in before[-1:] and re.search(r"\b(?:reported|told|said|stated) by\W", low):
        return "tells"
    return "beside" if before and before[-1] in rules.beside else "told of"


def _wrong_role(person: Person, own: list[Person], sentence: Reading, item: Item) -> str | None:
    roles = {one.role for one in own}
    if not own or person.role in roles or person.role == "tells":
        return None if not own or person.role in roles else NOT_OF_RELATIVE
    if person.role == "beside":
        return None
    near = {t.name for t in item.words.terms if any(_is_near(t.start, o, item) for o in own)}
    wanted = frozenset().union(*(each.names for each in told(sentence, item)))
    return None if wanted <= near else NOT_OF_RELATIVE


def _is_near(position: int, person: Person, item: Item) -> bool:
    """Whether a word stands in the person's own part, before what the person tells."""
    part = next((p for p in parts_of(item.words.low) if p.holds(person.start)), None)
    if part is None or not part.holds(position):
        return False
    tells = note_words().tells.search(item.words.low, person.start, part.end)
    return position <= person.start or (person.role == "tells" and tells is None)


def _of_another(
    index: int, parts: tuple[Part, ...], own: tuple[Person, ...], low: str
) -> str | None:
    """Whose the words of a part are: a relative's of this part or of one before it, or told."""
    reach = [i for i in range(index + 1) if parts[i].clause == parts[index].clause]
    starts = [i for i in reach if _PATIENT.match(low[parts[i].start : parts[i].end])]
    reach = [i for i in reach if i >= max(starts, default=0)]
    after = index + 1
    if after < len(parts) and parts[after].is_tight and parts[after].clause == parts[index].clause:
        reach.append(after)
    mine = [
        p
        for p in own
        if parts[index].holds(p.start)
        or (p.word in note_words().kin and any(parts[i].holds(p.start) for i in reach))
    ]
    if any(p.role == "told of" for p in mine):
        return OF_RELATIVE
    return BY_RELATIVE if any(p.role == "tells" for p in mine) else None
