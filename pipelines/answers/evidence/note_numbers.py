"""The sentences of notes in which a number is bound to the thing that is asked for.

In: the question with its kind of number, and the passages that the search found. Out: the
sentences of the newest note of each value, and their number. Every word of the thing must stand
in the sentence, its heading or its note's title, the first of them in the sentence itself; a
sentence with several such numbers counts by the one that stands next to the thing. Where the
sentences tell different numbers none of them is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipelines.answers.note_sides import denies, word
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.note_numbers import TABLE, measure_named
from pipelines.records.answers import Cell
from pipelines.records.facts import Passage

FARTHEST = 90
_LOBE = re.compile(r"([lr])([uml])l")
_PARTS = {"l": "left", "r": "right", "u": "upper", "m": "middle"}


def numbered_sentences(question: ChartQuestion, found: Iterable[Passage]) -> tuple[Passage, ...]:
    """The sentences with such a number, the newest first; none where they disagree."""
    told = [(p, number_of(question, p)) for p in found]
    held = [(p, value) for p, value in told if value is not None]
    asked = question.note
    titled = [(p, v) for p, v in held if asked and _is_of(p, asked.document)]
    if asked is not None and asked.document:
        held = titled
    if len({value for _, value in held}) != 1:
        return ()
    newest = sorted(held, key=lambda one: one[0].when.written if one[0].when else "")
    return tuple(p for p, _ in reversed(newest))[:2]


def _is_of(passage: Passage, document: tuple[str, ...]) -> bool:
    return all(part in passage.title.lower() for part in document)


def number_of(question: ChartQuestion, passage: Passage) -> Cell | None:
    """The number that the sentence binds to the thing, or None."""
    asked = question.note
    if asked is None or question.attribute is None:
        return None
    low = passage.text.lower()
    around = f"{low} {(passage.heading or '').lower()} {passage.title.lower()}"
    if TABLE.written("never", "relatives").search(around):
        return None
    spots = [_spots(low, group) for group in asked.things]
    held = [bool(s) or _says(around, g) for s, g in zip(spots, asked.things, strict=True)]
    if not all(held) or not (any(spots) or measure_named(question.attribute).search):
        return None
    if question.attribute != "wish" and denies(passage.text, asked.things):
        return None
    at = [spot for own in spots for spot in own]
    return _nearest(question, low, at)


def _nearest(question: ChartQuestion, low: str, at: list[int]) -> Cell | None:
    """The number next to the thing; of two that are equally far, or too far, none."""
    numbers: list[tuple[int, Cell]] = []
    for match in measure_named(question.attribute).number.finditer(low):
        groups = match.groupdict()
        if groups.get("w"):
            numbers.append(
                (min((abs(match.start() - s) for s in at), default=0), _in_words(groups["w"]))
            )
            continue
        written = groups.get("n") or groups.get("m") or ""
        if question.unit and groups.get("u", "")[:1] != question.unit[:1]:
            continue
        value = float(written.replace(",", "").replace("\u2212", "-").replace("+", ""))
        far = min((abs(match.start() - spot) for spot in at), default=0)
        numbers.append((far, value))
    if not numbers or min(numbers)[0] > FARTHEST:
        return None
    nearest = {value for far, value in numbers if far == min(numbers)[0]}
    return next(iter(nearest)) if len(nearest) == 1 else None


def _in_words(said: str) -> Cell:
    """Words of a note as a cell: yes and no as 1 and 0, a short form of a lobe in full."""
    plain = " ".join(said.replace("-", " ").split())
    if plain in ("yes", "no"):
        return int(plain == "yes")
    short = _LOBE.fullmatch(plain)
    if short is None:
        return plain
    side = _PARTS[short[1]]
    return f"{side} {'lower' if short[2] == 'l' else _PARTS[short[2]]} lobe"


def _says(text: str, group: tuple[str, ...]) -> bool:
    return any(word(said).search(text) for said in group)


def _spots(text: str, group: tuple[str, ...]) -> list[int]:
    return [m.start() for said in group for m in word(said).finditer(text)]
