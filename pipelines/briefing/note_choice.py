"""Which sentences of a note are lifted, and which of them stand together on one line.

A sentence is weighed by the part of the note it stands in and by cue words (`note_sections.toml`):
a decision, something awaited, an event, the patient's own words, a warning. What an earlier note
of this chart already said word for word is copied forward and weighs least; rows of vital signs
and laboratory values stand in their own sections and are passed over. A sentence that holds
markup or talks to software is never lifted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing.note_table import cues, table
from pipelines.briefing.sentences import Sentence
from pipelines.records.facts import Note, Passage


class Chosen(NamedTuple):
    """A stretch of one note, its weight, and where it begins."""

    passage: Passage
    weight: int


def folded(text: str) -> str:
    """A sentence for comparing: letters and digits only, in lower case."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def chosen(
    note: Note, found: Sequence[Sentence], said_before: Collection[str], drugs: Collection[str]
) -> tuple[Chosen, ...]:
    """The stretches of one note to lift, in the order of the note."""
    fit = [(one, weight(one, said_before, drugs)) for one in found if _may_be_lifted(one)]
    least = table()["least_score"]
    kept = [(one, score) for one, score in fit if score >= least]
    if not kept:
        kept = sorted((f for f in fit if f[1] > 0), key=lambda f: -f[1])[:1]
    return _best(_joined(note, kept))


def weight(one: Sentence, said_before: Collection[str], drugs: Collection[str]) -> int:
    """How much a sentence tells; see the table."""
    rules = table()["cue_weight"]
    total = int(table()["part_weight"][one.part])
    total += sum(rules[name] for name in table()["cue"] if cues(name).search(one.plain))
    words = folded(one.plain)
    if drugs and not drugs.isdisjoint(words.split()):
        total += rules["drug"]
    return total + (rules["copied"] if words in said_before else 0)


def _may_be_lifted(one: Sentence) -> bool:
    text = one.passage.text
    return (
        len(text.split()) >= table()["least_words"]
        and len(text) <= table()["most_characters"]
        and not text.isupper()
        and not holds_markup(text)
        and not reads_like_instruction(text)
    )


def _joined(note: Note, kept: Sequence[tuple[Sentence, int]]) -> list[Chosen]:
    """Sentences that follow one another stand on one line, as long as it stays short."""
    found: list[Chosen] = []
    for one, score in kept:
        last = found[-1] if found else None
        if last is not None and _follows(note, last.passage, one.passage):
            text = note.text[last.passage.start : one.passage.end]
            longer = replace(last.passage, end=one.passage.end, text=text)
            found[-1] = Chosen(longer, last.weight + score)
        else:
            found.append(Chosen(one.passage, score))
    return found


def _follows(note: Note, first: Passage, second: Passage) -> bool:
    between = note.text[first.end : second.start]
    long = second.end - first.start > table()["most_characters"]
    return not long and not between.strip(" \n\t-*•#") and "\n\n" not in between


def _best(found: Sequence[Chosen]) -> tuple[Chosen, ...]:
    heaviest = sorted(found, key=lambda one: -one.weight)[: table()["lines_of_a_note"]]
    return tuple(one for one in found if one in heaviest)
