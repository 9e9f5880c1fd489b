"""A note cut into passages and sections: a sentence or list item each, under its heading.

`text[start:end]` of a passage is exactly its words, without the blanks around them; offsets
count characters of the decoded note. Nothing is joined across blank lines or headings and
nothing is rewritten. An abbreviation, an initial or a decimal point ends no sentence; where
that cannot be told, the passage is rather too long than cut in the middle. A section goes from
its heading to the next one of its rank or above; headings that a document's form marks come
first, then Markdown's, then lines in capitals, then lines that end in a colon.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from pipelines.charts.note_words import LEVEL_IN_WORDS, Mark

WORD = re.compile(r"[a-z0-9]+(?:[.][0-9]+)?")
LONGEST = 1200
LONGEST_HEADING = 200
MOST_PARTS = 100_000  # of one note; an honest one of the longest allowed has half as many
LAST_WORD = 64  # as far as a sentence's last word is looked for
HEADING = re.compile(
    r"\s*(?:(?P<rank>#{1,6})\s+(?P<marked>\S.*?)|(?P<colon>[A-Z][^.:;!?\n]{1,60}):)\s*#*\s*$"
)
CAPITALS = re.compile(r"\s*(?P<name>[A-Z][A-Z0-9 ,/&()'-]{2,60})\s*$")
INLINE = re.compile(r"(?P<name>[A-Z][A-Za-z /&-]{2,48}):\s+(?=\S)")
ITEM = re.compile(r"\s*(?:[-*•·+]|\(?\d{1,2}[.)]|[a-z][.)])\s+")
SENTENCE_END = re.compile(r"(?<![.!?])[.!?]+[\"')\]]*(?=\s+[\"'(\[]*[A-Z0-9•-])")
SHORT_FORMS = frozenset({
    "dr", "mr", "mrs", "ms", "prof", "st", "jr", "sr", "vs", "no", "pt", "approx", "dept", "fig",
    "e.g", "i.e", "etc", "ca", "resp", "temp", "hx", "dx", "rx", "tx", "sx", "inc", "wt", "ht",
    "a.m", "p.m", "q.d", "b.i.d", "t.i.d", "q.i.d", "p.o", "i.v", "p.r.n", "h.s", "q.h.s", "max",
    "min", "est", "avg", "phys", "neg", "pos", "b.p", "h.r", "r.r", "u.s",
})  # fmt: skip


class Cut(NamedTuple):
    """One passage: its heading and its offsets in the note."""

    heading: str | None
    start: int
    end: int


class TooManyParts(Exception):
    """A text that falls into more parts than any person's note."""


class Parts(NamedTuple):
    """A note's passages in order, and every heading in it, marked or found."""

    passages: list[Cut]
    headings: list[Mark]


class Section(NamedTuple):
    """The part of a note under one heading; `parent` is the number of the one around it."""

    number: int
    parent: int | None
    start: int
    end: int
    mark: Mark


def split(text: str, marks: Sequence[Mark] = ()) -> Parts:
    """A note's passages and headings; headings themselves are no passages. Raises TooManyParts."""
    parts = Parts([], [mark for mark in marks if mark.end == mark.start])
    named_by_form = {mark.start: mark for mark in marks if mark.end > mark.start}
    heading: str | None = None
    block: list[tuple[int, int]] = []
    for start, end in _lines(text):
        line = text[start:end]
        mark = named_by_form.get(start) or _heading(line, start)
        item = None if mark else ITEM.match(line)
        if block and (mark or item or not line.strip()):
            _extend(parts.passages, _sentences(text, block[0][0], block[-1][1], heading))
            block = []
        if mark is not None:
            heading = mark.title
            parts.headings.append(mark)
            if len(parts.headings) > MOST_PARTS:
                raise TooManyParts
        elif line.strip():
            block.append((start + (item.end() if item else 0), end))
    if block:
        _extend(parts.passages, _sentences(text, block[0][0], block[-1][1], heading))
    parts.headings.sort(key=lambda mark: mark.start)
    return parts


def _extend(passages: list[Cut], more: Iterator[Cut]) -> None:
    passages.extend(islice(more, MOST_PARTS + 1 - len(passages)))
    if len(passages) > MOST_PARTS:
        raise TooManyParts


def sections(text: str, headings: Sequence[Mark]) -> list[Section]:
    """The sections of a note, numbered in their order; an inner one lies within its parent."""
    found: list[Section] = []
    opened: list[int] = []
    for number, mark in enumerate(headings):
        while opened and found[opened[-1]].mark.level >= mark.level:
            _close(found, opened.pop(), text, mark.start)
        parent = opened[-1] if opened else None
        found.append(Section(number, parent, mark.start, mark.end, mark))
        opened.append(number)
    for number in opened:
        _close(found, number, text, len(text))
    return found


def _close(found: list[Section], number: int, text: str, stop: int) -> None:
    section = found[number]
    end = section.start + len(text[section.start : stop].rstrip())
    found[number] = section._replace(end=max(end, section.mark.end))


def words(text: str) -> Counter[str]:
    """The words of a passage as they are searched for, with how often each stands there."""
    return Counter(WORD.findall(text.lower()))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _heading(line: str, start: int) -> Mark | None:
    """The heading that a line is by its look, with its rank."""
    if len(line) > LONGEST_HEADING:
        return None
    found = HEADING.match(line)
    shouted = CAPITALS.match(line)
    if found:
        title = (found["marked"] or found["colon"]).strip().rstrip(":")
        rank = len(found["rank"]) if found["rank"] else 8 - title.isupper()
    elif shouted and len(shouted["name"].split()) <= 6 and not any(c.isdigit() for c in line):
        title, rank = shouted["name"].strip(), 7
    else:
        return None
    return Mark(start, start + len(line.rstrip()), LEVEL_IN_WORDS + rank, title)


def _sentences(text: str, start: int, end: int, heading: str | None) -> Iterator[Cut]:
    """Sentences of one paragraph or list item."""
    inline = INLINE.match(text, start, end)
    own = inline["name"].strip() if inline and heading is None else heading
    begin = start
    for found in SENTENCE_END.finditer(text, start, end):
        if _ends_sentence(text, begin, found.start()):
            yield from _trimmed(text, begin, found.end(), own)
            begin = found.end()
    yield from _trimmed(text, begin, end, own)


def _ends_sentence(text: str, begin: int, stop: int) -> bool:
    if text[stop] != ".":
        return True
    before = text[max(begin, stop - LAST_WORD) : stop].rsplit(None, 1)
    word = before[-1].lower().lstrip("(\"'") if before else ""
    # A list number ("2.") or an initial ("J.") ends no sentence, nor does a short form.
    alone = len(word) == 1 and word.isalpha()
    numbered = word.isdigit() and len(word) <= 2 and len(before) == 1
    return not (alone or numbered or word in SHORT_FORMS)


def _trimmed(text: str, start: int, end: int, heading: str | None) -> Iterator[Cut]:
    """One passage without blanks around it, cut at spaces where it is far too long."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > LONGEST:
        space = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        stop = space if space > 0 else start + LONGEST
        yield Cut(heading, start, stop)
        start = stop + (space > 0)
    if end > start and any(character.isalnum() for character in text[start:end]):
        yield Cut(heading, start, end)
