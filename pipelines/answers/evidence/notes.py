"""Evidence from notes: sentences that hold what the question asks for, word for word.

BM25 finds the notes that hold any of the words; `evidence_narrative` decides which sentence of
them answers. Nothing found is nothing found.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pipelines.answers import note_terms
from pipelines.answers.evidence.items import passage_item
from pipelines.answers.evidence.narrative import chosen
from pipelines.answers.evidence.note_fit import fitting
from pipelines.answers.evidence.note_numbers import numbered_sentences
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.evidence.told import told_evidence
from pipelines.answers.note_sides import denies
from pipelines.answers.question import ChartQuestion, NoteAsked
from pipelines.answers.verify.safety import clean, holds_markup, reads_like_instruction
from pipelines.charts import note_details, passage_groups, passages
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Passage

CANDIDATES = 120
LONGEST_NEAREST = 180
NEAREST = "nearest in the notes, which does not say it: \u201c{said}\u201d ({where})"
# A sentence without any time cannot say when.
_WHEN = re.compile(r"(?:and |so )?(?:when|since when|what (?:time|date|day)|how long ago)\b")
_TELLS_TIME = re.compile(
    r"\d{1,2}[/-]\d{1,2}|\d:\d\d|\b(?:19|20)\d\d\b|\d ?(?:am|pm)\b|\bpod ?\d|\b(?:yesterday|today"
    r"|tonight|ago|since|noon|midnight|morning|evening|afternoon|overnight|night|weeks?|months?"
    r"|years?|days?|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february"
    r"|march|april|june|july|august|september|october|november|december|childhood|birth)\b"
)

_LATEST = re.compile(
    r"\b(?:latest|newest|most recent|last) (?:\w+ )?(?:level|value|score|reading)\b"
)
# "How did the fall happen" asks for what was, and not for where it is denied.
_HOW_DID = re.compile(r"(?:and |so )?how (?:did|was|were)\b")

# The search itself is the caller's: the pipeline comes with the notes' Haystack store.
NoteSearch = Callable[[Chart, passage_groups.Groups, int], tuple[Passage, ...]]


def note_evidence(
    chart: Chart, question: ChartQuestion, search: NoteSearch = passage_groups.search
) -> list[Evidence]:
    """The sentences that tell what was asked, best first."""
    asked = question.note or NoteAsked("search", question.note_words)
    found = _looked_up(chart, question, asked, search)
    fit = set(fitting(question.text, asked, (i.passage for i in found if i.passage is not None)))
    kept = [i for i in found if i.passage in fit]
    return sorted(kept, key=_instant, reverse=True) if _LATEST.search(question.text) else kept


def _instant(item: Evidence) -> float:
    when = item.passage.when if item.passage is not None else None
    return when.instant.timestamp() if when is not None else 0.0


def nearest_sentence(
    chart: Chart, question: ChartQuestion, search: NoteSearch = passage_groups.search
) -> str:
    """Where none of them tells what was asked: the best that has its words, said as nearest."""
    asked = question.note or NoteAsked("search", question.note_words)
    found = [i.passage for i in _looked_up(chart, question, asked, search) if i.passage is not None]
    # Nobody asked for it by its words, and no judge looks at it.
    fit = [p for p in found if not (reads_like_instruction(p.text) or holds_markup(p.text))]
    if not fit:
        return ""
    best = fit[0]
    said = " ".join(clean(best.text).split())
    said = said if len(said) <= LONGEST_NEAREST else f"{said[:LONGEST_NEAREST].rsplit(' ', 1)[0]} …"
    day = f", {best.when.day}" if best.when is not None else ""
    return NEAREST.format(said=said, where=f"{best.title}{day}")


def _looked_up(
    chart: Chart, question: ChartQuestion, asked: NoteAsked, search: NoteSearch
) -> list[Evidence]:
    """The sentences that hold the words that were asked with, best first."""
    if asked.part is not None or asked.writer:
        return told_evidence(chart, question, asked)
    if asked.latest:
        found = _newest_note(_in_time(chart, question, passages.passages(chart)), asked)
    else:
        wide = [(*group, *note_terms.near(group[0])) for group in question.note_words]
        found = search(chart, wide, CANDIDATES)
        found = _in_time(chart, question, found)
    if asked.kind == "number":
        return [passage_item(passage) for passage in numbered_sentences(question, found)]
    sentences = chosen(chart, asked, found)
    if not sentences and asked.kind == "search" and not asked.yes_no:
        sentences = chosen(chart, _widened(asked), found)
    if _HOW_DID.match(question.text):
        sentences = tuple(p for p in sentences if not denies(p.text, asked.things))
    if asked.kind == "search" and _WHEN.match(question.text):
        sentences = tuple(p for p in sentences if _TELLS_TIME.search(p.text.lower()))
    return [passage_item(passage) for passage in sentences]


def _widened(asked: NoteAsked) -> NoteAsked:
    """The same with what notes often write where a thing is told of."""
    things = tuple((*group, *note_terms.near(group[0])) for group in asked.things)
    return replace(asked, things=things)


def not_searched(chart: Chart) -> tuple[str, ...]:
    """Documents that no search can have looked into, said with what was searched."""
    found = note_details.unread(chart)
    partly = sum(document.is_partial for document in found)
    said = ((len(found) - partly, "could not be read"), (partly, "could be read in part only"))
    return tuple(
        f"{count} document{'s' if count > 1 else ''} {what}" for count, what in said if count
    )


def _newest_note(found: tuple[Passage, ...], asked: NoteAsked) -> tuple[Passage, ...]:
    """All of the newest note of the kind that is named; what an older one says is not asked."""
    own = [p for p in found if all(word in p.title.lower() for word in asked.document)]
    if not own:
        return ()
    newest = max(own, key=lambda p: p.when.instant.timestamp() if p.when else 0.0)
    return tuple(p for p in own if p.resource == newest.resource)


def _in_time(
    chart: Chart, question: ChartQuestion, found: tuple[Passage, ...]
) -> tuple[Passage, ...]:
    """Notes of the stretch that is asked about; why something is so may be told at any time."""
    if question.window is None:
        return found
    window = since(encounters(chart), question.window)
    if question.note is not None and question.note.kind == "why":
        return found
    return tuple(p for p in found if window and in_window(p.when, window))
