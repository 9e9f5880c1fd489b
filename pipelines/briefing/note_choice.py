"""Which sentences of a note are lifted, and which of them stand together on one line.

A sentence is weighed by the part of the note it stands in and by cue words (`note_sections.toml`):
a decision, something awaited, an event, the patient's own words, a warning. What an earlier note
of this chart already said word for word is copied forward and weighs least; rows of vital signs
and laboratory values stand in their own sections and are passed over. A sentence that holds
markup or talks to software is never lifted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from pipelines.answers.verify.safety import holds_markup, reads_like_instruction
from pipelines.briefing.note_table import cues, table
from pipelines.briefing.sentences import Sentence, is_label
from pipelines.records.facts import Note, Passage

_BETWEEN = re.compile(r"[\s*•#-]*(?:\d{1,2}[.)]\s*)?")


class Chosen(NamedTuple):
    """A stretch of one note, its weight, and where it begins."""

    passage: Passage
    weight: int


def folded(text: str) -> str:
    """A sentence for comparing: letters and digits only, in lower case."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def chosen(
    note: Note, found: Sequence[Sentence], first_said: Mapping[str, datetime], drugs: Set[str]
) -> tuple[Chosen, ...]:
    """The stretches of one note to lift, in the order of the note."""
    fit = [(one, weight(one, first_said, drugs)) for one in found if _may_be_lifted(one)]
    least = table()["least_score"]
    kept = [one for one, score in fit if score >= least]
    if not kept:
        kept = [one for one, score in sorted(fit, key=lambda f: -f[1])[:1] if score > 0]
    return _best(_joined(note, [(one, score, one in kept) for one, score in fit]))


def weight(one: Sentence, first_said: Mapping[str, datetime], drugs: Set[str]) -> int:
    """How much a sentence tells; see the table."""
    rules = table()["cue_weight"]
    total = int(table()["part_weight"][one.part])
    total += sum(int(rules[name]) for name in table()["cue"] if cues(name).search(one.plain))
    words = folded(one.plain)
    if not drugs.isdisjoint(words.split()):
        total += int(rules["drug"])
    first, when = first_said.get(words), one.passage.when
    is_copied = first is not None and when is not None and first < when.instant
    return total + (int(rules["copied"]) if is_copied else 0)


def _may_be_lifted(one: Sentence) -> bool:
    text = one.passage.text
    return (
        _says_enough(one)
        and len(text) <= table()["most_characters"]
        and not text.isupper()
        and not is_label(one)
        and not holds_markup(text)
        and not reads_like_instruction(text)
    )


def _says_enough(one: Sentence) -> bool:
    """Two words do for a decision ("Stop vancomycin."), not for a state ("AKI, better.")."""
    words = len(one.plain.split())
    return words >= table()["least_words"] or (
        words > 1 and bool(cues("decision").search(one.plain))
    )


def _joined(note: Note, fit: Sequence[tuple[Sentence, int, bool]]) -> list[Chosen]:
    """Kept sentences that follow one another on one line; a short one between two is a bridge."""
    found: list[Chosen] = []
    bridge: list[Passage] = []
    for one, score, is_kept in fit:
        last = bridge[-1] if bridge else found[-1].passage if found else None
        follows = last is not None and _follows(note, last, one.passage)
        if not is_kept:
            short = score >= 0 and len(one.passage.text) <= table()["bridge_characters"]
            bridge = [*bridge, one.passage] if follows and short else []
            continue
        if follows and found and _fits(found[-1].passage, one.passage):
            text = note.text[found[-1].passage.start : one.passage.end]
            longer = replace(found[-1].passage, end=one.passage.end, text=text)
            found[-1] = Chosen(longer, found[-1].weight + score)
        else:
            found.append(Chosen(one.passage, score))
        bridge = []
    return found


def _follows(note: Note, first: Passage, second: Passage) -> bool:
    """Whether nothing but space or the mark of a list stands between two sentences."""
    between = note.text[first.end : second.start]
    return _BETWEEN.fullmatch(between) is not None and "\n\n" not in between


def _fits(first: Passage, second: Passage) -> bool:
    return second.end - first.start <= int(table()["most_characters"])


def _best(found: Sequence[Chosen]) -> tuple[Chosen, ...]:
    heaviest = sorted(found, key=lambda one: -one.weight)[: table()["lines_of_a_note"]]
    return tuple(one for one in found if one in heaviest)
