"""Two questions put as one: "the last potassium, and who ordered the heparin?".

A question is taken apart where it had no answer as a whole, or where its second half asks what an
answer to the first leaves out (who, where, why, since when). Half an answer that looks whole is
worse than none: where only the first half has one, the notice names what is not answered. The
second half is read after the first as in a conversation. Nothing is judged here again; each half
was.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.pipeline_work import shown_text
from pipelines.records.answers import Answer, Statement

_ASKS = (
    r"(?:what|when|which|who|where|why|how|is|was|are|were|did|does|do|has|have|any|list|show|tell"
    r"|since when|by whom|also|(?:the\s+)?(?:last|latest|first|current|highest|lowest))\b"
)
_SEAMS = (
    re.compile(r"\?\s*(?:and\s+)?(?=\w)", re.IGNORECASE),
    re.compile(rf"[,;]?\s+(?:and|plus)\s+(?:also\s+)?(?={_ASKS})", re.IGNORECASE),
    re.compile(rf"\.\s+(?={_ASKS})", re.IGNORECASE),
)
# What the answer to another question does not tell along with it, as it tells the day.
_APART = re.compile(r"(?:who|whom|by whom|where|why|since when)\b", re.IGNORECASE)
HALF = "Only a part of the question is answered here. Not answered: \u201c{half}\u201d."
SHORTEST_HALF = 2


def halves(question: str) -> tuple[str, str] | None:
    """The two questions that one text puts, or None where it is one or more than two."""
    for seam in _SEAMS:
        parts = [part.strip(" ,;?.") for part in seam.split(question)]
        parts = [part for part in parts if part]
        if len(parts) == 2 and all(len(part) >= SHORTEST_HALF for part in parts):
            return parts[0], parts[1]
    return None


# "When was the port placed and by whom": the deed and the thing stand in the first half.
_DEED = r"done|placed|performed|inserted|put in|carried out|made|started|ordered|prescribed|removed"
_THING = re.compile(
    rf"(?:when|where|why|what (?:date|day|time)) (?:was|were|is|did) (?:the |her |his )?"
    rf"(?P<thing>.+?)(?: (?P<deed>{_DEED}))?",
    re.IGNORECASE,
)
_BY = re.compile(
    rf"(?:by whom|who(?: (?P<deed>did|{_DEED}))?(?: (?:it|that|this|them))?(?: in)?)", re.IGNORECASE
)
_AS_DONE = ("did", "done", "made", "carried out")


def second_half(parts: tuple[str, str]) -> str:
    """The second question with the thing that it points at, where it asks by whom that was done."""
    thing, by = _THING.fullmatch(parts[0]), _BY.fullmatch(parts[1])
    if thing is None or by is None:
        return parts[1]
    deed = (by["deed"] or thing["deed"] or "performed").lower()
    deed = "performed" if deed in _AS_DONE else deed
    return f"who {deed} the {thing['thing']}"


def asks_apart(parts: tuple[str, str]) -> bool:
    """Whether the second question is one that an answer to the first would leave out unseen."""
    return _APART.match(parts[1]) is not None


def half_told(question: str, first: Answer, missing: str) -> Answer:
    """The answer to the first question, with a notice that the second has none."""
    said = HALF.format(half=missing)
    notice = f"{first.notice} {said}" if first.notice else said
    return replace(first, question=question, notice=notice)


def joined(question: str, first: Answer, second: Answer) -> Answer:
    """Both answers as one, the citations of the second numbered on."""
    highest = max((c.n for s in first.statements for c in s.citations), default=0)
    statements = (*first.statements, *(_renumbered(s, highest) for s in second.statements))
    shown = tuple(s for s in statements if s.support != "unverified")
    return replace(
        first, question=question, answer=shown_text(shown), statements=statements,
        values=(*first.values, *second.values),
        searched=tuple(dict.fromkeys((*first.searched, *second.searched))),
        notice=first.notice or second.notice,
    )  # fmt: skip


def _renumbered(statement: Statement, by: int) -> Statement:
    moved = tuple(replace(c, n=c.n + by) for c in statement.citations)
    return replace(statement, citations=moved)
