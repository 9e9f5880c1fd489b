"""The parts of a note's sentence, and which of them speak of one thing.

Promises: a text is cut at its full stops and semicolons into clauses, and these at commas,
brackets, colons and "and" into parts. A part that has no subject of its own, and one in brackets,
goes on about the part before it; a heading ("Abdomen:") holds for its whole clause. Two parts
joined by "and" share what is not a modifier. It decides nothing and guesses no grammar beyond
these tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.answers.verify.note_words import note_words

_CUT = re.compile(
    r"(?P<hard>[.;!?](?=\s|$)|\n)|(?P<head>:(?=\s|$))|(?P<open>\()"
    r"|(?P<comma>\)?,(?=\s|$))|(?P<close>\))|(?P<joined>\s(?:and|or|&|nor)(?=\s))"
    r"|(?P<other>\s(?:but|before|after|while|however)(?=\s)|\s- "
    r"|\s(?=(?:with|without|who|which|from)\s))"
)
_SHORTENED = re.compile(r"\b(?:incl|dr|mr|mrs|ms|vs|approx|e\.g|i\.e|no|st|esp|abd|resp)\.$")
_FIRST = re.compile(r"[a-z/]+|[\d~<>$]")
MOST_HEAD = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text; `before` is the part it goes on about, `joined` those beside it.

    A tight part (in brackets, "with …", a bare number) belongs to the very part before it; any
    other one is a second predicate of the same subject.
    """

    start: int
    end: int
    clause: int
    is_head: bool
    before: int | None
    joined: tuple[int, ...]
    is_tight: bool = False

    def holds(self, position: int) -> bool:
        """Whether a position of the text lies in this part."""
        return self.start <= position < self.end


@lru_cache(maxsize=4096)
def parts_of(low: str) -> tuple[Part, ...]:
    """The parts of a lower-case text, in order."""
    made: list[Part] = []
    start, clause = 0, 0
    opened = "hard"
    hung: int | None = None  # what a bracket interrupts
    found = (m for m in _CUT.finditer(low) if not _SHORTENED.search(low, 0, m.end()))
    cuts = [*found, None]
    for cut in cuts:
        end = cut.start() if cut is not None else len(low)
        kind = cut.lastgroup or "hard" if cut is not None else "hard"
        text = low[start:end]
        if text.strip():
            is_head = kind == "head" and len(text.split()) <= MOST_HEAD
            before, joined = _attached(made, opened, text, clause, hung)
            tight = before is not None and (opened in ("open", "close") or _is_tight(text))
            made.append(Part(start, end, clause, is_head, before, joined, tight))
            if kind == "open":
                hung = len(made) - 1
        if cut is not None:
            start, opened = cut.end(), kind
            clause += kind == "hard"
            if kind == "hard":
                hung = None
    return tuple(made)


def _attached(
    made: list[Part], opened: str, text: str, clause: int, hung: int | None
) -> tuple[int | None, tuple[int, ...]]:
    last = len(made) - 1
    if last < 0 or made[last].clause != clause or made[last].is_head:
        return None, ()
    if opened == "open":
        return last, ()
    if _is_order(text):
        return next(i for i, p in enumerate(made) if p.clause == clause and not p.is_head), ()
    if opened == "close" and hung is not None:
        return hung, ()
    if opened == "joined":
        return (last if _goes_on(text) else None), (last,)
    return (last if _goes_on(text) else None), ()


def _goes_on(text: str) -> bool:
    """Whether a part begins without a subject of its own."""
    found = _FIRST.findall(text)
    if not found or _is_tight(text):
        return True
    rules, word = note_words(), found[0]
    if not word[0].isalpha():
        return True
    if word in rules.orders:
        return _is_order(text)
    ends = len(word) > 4 and word.endswith(rules.goes_on_endings)
    return word in rules.goes_on or ends


def _is_order(text: str) -> bool:
    """Whether a part is an order with no thing behind it: "restart when creatinine is < 1.5"."""
    found, rules = _FIRST.findall(text), note_words()
    if not found or found[0] not in rules.orders:
        return False
    return len(found) == 1 or found[1] in rules.tight or found[1] in rules.conditions


def _is_tight(text: str) -> bool:
    found = _FIRST.search(text)
    return found is None or found.group() in note_words().tight


def line_of(parts: tuple[Part, ...], index: int) -> tuple[int, ...]:
    """A part and those that it goes on about, nearest first."""
    found, at = [index], index
    while (before := parts[at].before) is not None:
        loose = not parts[at].is_tight
        at = before
        while loose and (root := parts[at].before) is not None:
            at = root
        found.append(at)
    return tuple(found)


def heads_of(parts: tuple[Part, ...], index: int) -> tuple[int, ...]:
    """The headings that hold for a part."""
    clause = parts[index].clause
    return tuple(i for i in range(index) if parts[i].is_head and parts[i].clause == clause)


def beside(parts: tuple[Part, ...], index: int) -> tuple[int, ...]:
    """The parts that a part is joined with by "and"."""
    after = [i for i, part in enumerate(parts) if index in part.joined]
    return (*parts[index].joined, *after)
