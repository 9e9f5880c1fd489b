"""A note cut into passages: one sentence or list item each, with the heading it stands under.

`text[start:end]` of a passage is exactly its words, without the blanks around them; offsets
count characters of the decoded note. Nothing is joined across blank lines or headings and
nothing is rewritten. An abbreviation, an initial or a decimal point ends no sentence; where
that cannot be told, the passage is rather too long than cut in the middle.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

WORD = re.compile(r"[a-z0-9]+(?:[.][0-9]+)?")
LONGEST = 1200
HEADING = re.compile(
    r"\s*(?:#{1,6}\s+(?P<marked>\S.*?)|(?P<colon>[A-Z][^.:;!?\n]{1,60}):)\s*#*\s*$"
)
CAPITALS = re.compile(r"\s*(?P<name>[A-Z][A-Z0-9 ,/&()'-]{2,60})\s*$")
INLINE = re.compile(r"(?P<name>[A-Z][A-Za-z /&-]{2,48}):\s+(?=\S)")
ITEM = re.compile(r"\s*(?:[-*•·+]|\(?\d{1,2}[.)]|[a-z][.)])\s+")
SENTENCE_END = re.compile(r"[.!?]+[\"')\]]*(?=\s+[\"'(\[]*[A-Z0-9•-])")
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


def passages(text: str) -> Iterator[Cut]:
    """The passages of a note in order; headings themselves are none."""
    heading: str | None = None
    block: list[tuple[int, int]] = []
    for start, end in _lines(text):
        line = text[start:end]
        named = _heading(line)
        ends_block = named is not None or not line.strip() or ITEM.match(line) is not None
        if ends_block and block:
            yield from _sentences(text, block[0][0], block[-1][1], heading)
            block = []
        if named is not None:
            heading = named
        elif line.strip():
            item = ITEM.match(line)
            block.append((start + (item.end() if item else 0), end))
    if block:
        yield from _sentences(text, block[0][0], block[-1][1], heading)


def words(text: str) -> Counter[str]:
    """The words of a passage as they are searched for, with how often each stands there."""
    return Counter(WORD.findall(text.lower()))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        yield start, start + len(line)
        start += len(line) + 1


def _heading(line: str) -> str | None:
    found = HEADING.match(line)
    if found:
        return (found["marked"] or found["colon"]).strip().rstrip(":")
    shouted = CAPITALS.match(line)
    if shouted and len(shouted["name"].split()) <= 6 and not any(c.isdigit() for c in line):
        return shouted["name"].strip()
    return None


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
    before = text[begin:stop].rsplit(None, 1)
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
