"""Whether what a sentence says together stands together in a note.

Promises: each part of the sentence has its words, numbers and dates in one part of the note and
what that part goes on about; a modifier ("left", "resistant", "stopped") is never taken from the
neighbour; a number or a date comes from the part before only where the part itself has none; an
older value ("was 95.0 on admission") is told as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.answers.verify.clauses import Part, beside, heads_of, line_of, parts_of
from pipelines.answers.verify.items import Item
from pipelines.answers.verify.language import language
from pipelines.answers.verify.note_words import note_words
from pipelines.answers.verify.numbers import DateMention, Quantity, same_quantity
from pipelines.answers.verify.reading import Reading, read
from pipelines.answers.verify.strangers import named_spans
from pipelines.answers.verify.vocabulary import same_thing

APART = "in the cited text {what} does not stand with the rest of the sentence"
OVER = "the cited text says it as over, held or not taken"
OLDER = "in the cited text {what} is an older value"


_ALONE = re.compile(r"\s*\d+(?:\.\d+)?\s*(?:kg|lb|%)?\s*")
_PACE = re.compile(r"(?:\b(?:a|per|each|every) |/)(minute|min|hour|h|day|week|wk|month|year)\b")
_GAP = re.compile(r"\s*(?:was|is|of|at|level|=|:)?\s*")


@dataclass(frozen=True, slots=True)
class Said:
    """What one part of the sentence says, as far as the note has it."""

    names: frozenset[str]
    quantities: tuple[Quantity, ...]
    dates: tuple[DateMention, ...]
    low: str
    named: tuple[str, ...] = ()


def stands_apart(sentence: Reading, item: Item) -> str | None:
    """Why a part of the sentence is put together from several parts of the note, or None."""
    if item.evidence.passage is None:
        return None
    record = item.words
    parts = parts_of(record.low)
    for said in told(sentence, item):
        fitting = [i for i in range(len(parts)) if fits(said, i, parts, item)]
        if not fitting:
            return APART.format(what=_what(said))
        if all(_is_older(said, parts[i], item, sentence) for i in fitting):
            return OLDER.format(what=_what(said))
        if all(_is_over(sentence, said, i, item) for i in fitting):
            return OVER
    return _number_of_another(sentence, item) or _wrong_pace(sentence, record)


def told(sentence: Reading, item: Item) -> Iterator[Said]:
    """The parts of the sentence with what of them stands in the note."""
    own = item.words.names - _title(item)
    relatives: frozenset[str] = frozenset()
    for part in parts_of(sentence.low):
        names = {t.name for t in sentence.terms if part.holds(t.start)} & own
        text = sentence.low[part.start : part.end]
        people = frozenset(note_words().relatives.findall(text)) & own
        relatives = people or relatives
        dates = tuple(d for d in sentence.dates if part.holds(d.start) and not _is_day_of(d, item))
        numbers = tuple(q for q in sentence.quantities if part.holds(q.start))
        spans = [(a, b) for a, b in named_spans(sentence, item) if part.holds(a)]
        named = tuple(sentence.low[a:b] for a, b in spans)
        if names or numbers or dates or named:
            yield Said(frozenset(names) | relatives, numbers, dates, text, named)


def fits(said: Said, index: int, parts: tuple[Part, ...], item: Item) -> bool:
    """Whether one part of the note, with what it goes on about, has all that is said."""
    line = line_of(parts, index)
    heads = heads_of(parts, index)
    own = _names(item, (index, *heads), parts)
    far = line if parts[index].is_tight else ()
    own |= _names(item, far[:2], parts) | (_names(item, line, parts) - _keeps())
    numbers = [*_numbers(item, line, parts), *_numbers(item, heads, parts)]
    dates = [*_dates(item, line, parts), *_dates(item, heads, parts)]
    right = all(any(same_quantity(q, r, item.names) for r in numbers) for q in said.quantities)
    right = right and all(_is_among(d, dates, numbers) for d in said.dates)
    if not right:
        return False
    text = " ; ".join(item.words.low[parts[i].start : parts[i].end] for i in (*line, *heads))
    if not all(same_thing(name, text) for name in said.named):
        return False
    missing = said.names - own
    if not missing:
        return True
    shared = _names(item, beside(parts, index), parts)
    return missing <= shared - _keeps()


@lru_cache(maxsize=1)
def _keeps() -> frozenset[str]:
    """The modifiers as the terms that a text with them gives."""
    words = note_words().keeps
    return words | frozenset().union(*(read(word, frozenset()).names for word in words))


def reach(sentence: Reading, item: Item) -> tuple[str, str]:
    """The text whose modifiers reach what the sentence says, and its own parts alone.

    A modifier reaches from its part to the end of its clause, a condition all of it; one that
    stands alone in a part or in brackets reaches back to the part before.
    """
    parts, plain = parts_of(item.words.low), item.words.plain
    wide: set[int] = set()
    own: set[int] = set()
    for said in told(sentence, item):
        for i in (i for i in range(len(parts)) if fits(said, i, parts, item)):
            line = {i, *line_of(parts, i)[: 2 if parts[i].is_tight else 1]}
            same = {j for j, part in enumerate(parts) if part.clause == parts[i].clause}
            near = {j for j in same if j == i + 1 and _hangs(parts[j], item)}
            held = note_words().reach
            far = {j for j in same if held.search(plain, parts[j].start, parts[j].end)}
            own |= line | near | far
            wide |= {j for j in same if j <= i} | near | far
    whole, alone = (
        " ; ".join(plain[parts[i].start : parts[i].end] for i in sorted(which))
        for which in (wide, own)
    )
    return whole, alone


def _hangs(part: Part, item: Item) -> bool:
    """Whether a part says nothing but how the part before it is meant."""
    return part.is_tight or sum(part.holds(t.start) for t in item.words.terms) <= 1


def _names(item: Item, indexes: tuple[int, ...], parts: tuple[Part, ...]) -> frozenset[str]:
    return frozenset(
        t.name for t in item.words.terms if any(parts[i].holds(t.start) for i in indexes)
    )


def _numbers(item: Item, line: tuple[int, ...], parts: tuple[Part, ...]) -> list[Quantity]:
    """The numbers of the nearest part of the line that has any; of a bracket its host's too."""
    if line and parts[line[0]].is_tight:
        return [q for q in item.words.quantities if any(parts[i].holds(q.start) for i in line[:2])]
    for i in line:
        found = [q for q in item.words.quantities if parts[i].holds(q.start)]
        if found:
            return found
    return []


def _dates(item: Item, line: tuple[int, ...], parts: tuple[Part, ...]) -> list[DateMention]:
    for i in line:
        found = [d for d in item.words.dates if parts[i].holds(d.start)]
        if found:
            return found
    return []


def _is_among(date: DateMention, dates: list[DateMention], numbers: list[Quantity]) -> bool:
    """Whether a date is one of these, or a year written as a bare number."""
    year = date.is_bare_year and any(q.value == date.year and q.unit is None for q in numbers)
    return year or any(date.fits(d) for d in dates)


def _is_older(said: Said, part: Part, item: Item, sentence: Reading) -> bool:
    """Whether the part tells an older value and the sentence does not say so."""
    record, rules = item.words, note_words()
    text = record.low[part.start : part.end]
    is_older = rules.older.match(text.lstrip()) is not None or _ALONE.fullmatch(text) is not None
    is_older = is_older and (text.lstrip()[:1].isalpha() or _is_behind_number(part, record))
    if not said.quantities or not is_older or part.before is None:
        return False
    if not any(part.holds(q.start) for q in _same(said, record, item)):
        return False
    marks = {t.name for t in record.terms if part.holds(t.start)}
    return not (marks and marks <= said.names) and rules.told_older.search(sentence.low) is None


def _is_behind_number(part: Part, record: Reading) -> bool:
    """Whether a bracket stands right behind a number: "79.8 (84.6)"."""
    before = record.low[: part.start].rstrip("( ")
    return any(q.end == len(before) for q in record.quantities)


def _same(said: Said, record: Reading, item: Item) -> list[Quantity]:
    return [
        r
        for r in record.quantities
        if any(same_quantity(q, r, item.names) for q in said.quantities)
    ]


def _is_over(sentence: Reading, said: Said, index: int, item: Item) -> bool:
    """Whether the words stand with one that tells of an end, and the sentence tells none."""
    rules, record = note_words(), item.words
    if rules.ended_told.search(sentence.plain) is not None:
        return False
    parts = parts_of(record.low)
    return any(
        rules.ended.search(record.plain, parts[i].start, parts[i].end) is not None
        and (not said.names or said.names & _names(item, (i,), parts))
        for i in line_of(parts, index)
    )


def _number_of_another(sentence: Reading, item: Item) -> str | None:
    """A number right behind one thing in the note is not said right behind another one."""
    record = item.words
    for stated in sentence.quantities:
        name = _right_before(stated, sentence)
        own = [q for q in record.quantities if same_quantity(stated, q, item.names)]
        others = [_right_before(q, record) for q in own]
        if name is None or name not in record.names or not own:
            continue
        beside = [q for q in record.quantities if _right_before(q, record) == name]
        if beside and all(other not in (None, name) for other in others):
            return APART.format(what=f"{stated.value.normalize():f}")
    return None


def _wrong_pace(sentence: Reading, record: Reading) -> str | None:
    """“2 glasses a day” where the note says “a week”."""
    often = [range(o.start, o.end) for o in sentence.often]
    for found in _PACE.finditer(sentence.low):
        if any(found.start() in span for span in often):
            continue
        paces = {match[1] for match in _PACE.finditer(record.low)}
        if paces and found[1] not in paces:
            return APART.format(what=f"“{found.group()}”")
    return None


def _right_before(quantity: Quantity, reading: Reading) -> str | None:
    """The thing that a number follows with no more than "was" or "of" between."""
    found = [t for t in reading.terms if t.start < quantity.start]
    if not found:
        return None
    word = reading.word_at(found[-1])
    gap = reading.low[found[-1].start + len(word) : quantity.start]
    return found[-1].name if _GAP.fullmatch(gap) else None


def _is_day_of(date: DateMention, item: Item) -> bool:
    """Whether a date is the note's own, which its title tells."""
    own = item.dates[len(item.reading.dates) :]
    title = read(item.evidence.line.removesuffix(item.evidence.text), frozenset()).dates
    return any(date.fits(d) for d in (*own, *title))


def _title(item: Item) -> frozenset[str]:
    passage = item.evidence.passage
    heading = passage.heading or "" if passage is not None else ""
    return read(f"{item.evidence.title} ; {heading}", frozenset()).names | language().framing


def _what(said: Said) -> str:
    if said.quantities:
        return f"{said.quantities[0].value.normalize():f}"
    return f"“{' '.join(said.low.split())}”"
