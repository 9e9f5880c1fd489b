"""Whether a sentence tells what was asked, beyond holding the words that were looked for.

"Digoxin level" is not answered by "digoxin level every 3 months", nor "which germ" by "no germ
was named", and a sentence that only repeats the question adds nothing to it. What a question
expects (a number of the thing, an organism, a diet) is in `evidence_note_fit.toml`. Yes or no is
answered by the words themselves and is let through. Nothing is rewritten here: sentences stay or
go, and who calls may name what went as the nearest, never as the answer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.answers.note_sides import word as whole_word
from pipelines.answers.note_terms import ASKING
from pipelines.answers.question import NoteAsked
from pipelines.answers.question.text import tokens, words
from pipelines.records.facts import Passage
from pipelines.terms.concepts import load

TABLE = Path(__file__).with_name("evidence_note_fit.toml")
NEAR = 45
MEASURED = ("lab", "vital")
_CLAUSE = re.compile(r"[;\n]|\.\s")


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The lists of `evidence_note_fit.toml`."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def fitting(text: str, asked: NoteAsked, found: Iterable[Passage]) -> tuple[Passage, ...]:
    """The sentences that tell what the question `text` expects."""
    if asked.yes_no:
        return tuple(found)
    needed = [re.compile(told) for told in (*_told(text), *_instruments(text))]
    numbered = _wants_number(text, asked)
    return tuple(
        p
        for p in found
        if all(pattern.search(p.text.lower()) for pattern in needed)
        and not (numbered and not _has_number(p.text.lower(), asked))
        and not (asked.part is None and not asked.writer and _is_echo(p.text, text, asked))
    )


def _told(text: str) -> tuple[str, ...]:
    """What a sentence must hold, of every kind that the question is of."""
    return tuple(
        row["told"]
        for row in table()["kind"]
        if re.search(row["asked"], text)
        and not ("unless" in row and re.search(row["unless"], text))
    )


def _instruments(text: str) -> tuple[str, ...]:
    """A name with a number of its own ("PHQ-9"): no other number of the family is meant."""
    found = re.findall(r"\b([a-z]{2,})-(\d{1,2})\b", text)
    return tuple(rf"(?<![a-z0-9]){name}[- ]?{number}(?!\d)" for name, number in found)


def _wants_number(text: str, asked: NoteAsked) -> bool:
    if not asked.things or asked.part is not None or asked.kind in ("why", "show", "course"):
        return False
    number = table()["number"]
    if re.search(number["unless"], text) is not None:
        return False
    return re.search(number["asked"], text) is not None or _is_measured(asked)


def _is_measured(asked: NoteAsked) -> bool:
    """Whether the value is asked of a thing that is told in numbers."""
    if asked.kind != "value":
        return False
    known = load()
    named = [c for group in asked.things for w in group for c in known.named.get(w.lower(), ())]
    return any(known.by_key[c].kind in MEASURED for c in named)


def _has_number(low: str, asked: NoteAsked) -> bool:
    """Whether a value stands near the thing, in the same clause."""
    number = table()["number"]
    plain = re.sub(number["no_value"], " ", low)
    measures = set(number["measures"])
    groups = [g for g in asked.things if not set(g[:1]) & measures]
    for clause in _CLAUSE.split(plain):
        for group in groups:
            for spot in (m for w in group for m in whole_word(w).finditer(clause)):
                own = clause[spot.end() : spot.end() + NEAR]
                before = clause[max(spot.start() - NEAR // 2, 0) : spot.start()]
                if re.search(r"\d", own) or re.search(r"\d", before):
                    return True
                if asked.kind == "value" and re.search(number["words"], own):
                    return True
    return False


def _is_echo(said: str, text: str, asked: NoteAsked) -> bool:
    """Whether a sentence has no word and no number beyond those that were asked with."""
    known = {w for group in (*asked.things, *asked.events) for said in group for w in said.split()}
    known |= {w for w, _, _ in tokens(text.lower())}
    empty = set(table()["echo"]["empty"]) | ASKING | set(words()["filler"]["words"])
    plain = {w.removesuffix("s") for w in known | empty}
    return all(w.removesuffix("s") in plain for w, _, _ in tokens(said.lower()))
