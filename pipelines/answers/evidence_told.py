"""Sentences of one part of the notes, or of one writer's notes, in the order they were written.

The writer or the part picks the notes by title, the newest first; within a note its labels
("Rec:", "Plan:", a heading) open the part and the next label closes it. Where a note has no such
label, sentences with a mark of the part count. Things that were asked about must stand in a
sentence or just before it. A note that has nothing of it gives nothing, and few are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.answers.evidence_items import passage_item
from pipelines.answers.evidence_narrative import Placed, of_note
from pipelines.answers.evidence_stays import in_window, since
from pipelines.answers.note_sides import is_of_another
from pipelines.answers.note_sides import word as whole_word
from pipelines.answers.question import ChartQuestion, NoteAsked
from pipelines.answers.question_told import Part, parts
from pipelines.charts import notes, passages
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Note, Passage

MOST = 8
MOST_OF_EACH = 4
MOST_NOTES = 40
KEY_PARTS = ("impression", "findings", "plan", "advice", "reason")
_OWN_LABEL = re.compile(r"^[\W\d]*([a-z][a-z0-9 /&().-]{0,34}?):(?!\d)")
Groups = Sequence[Sequence[str]]


def told_evidence(chart: Chart, question: ChartQuestion, asked: NoteAsked) -> list[Evidence]:
    """The sentences of what was asked for; empty where the notes have none."""
    part = parts().get(asked.part or "")
    chosen = _notes(chart, question, asked, part)
    groups = (*asked.things, *asked.events)
    if asked.writer:
        own = [n for n in chosen if all(_any(g, n.title.lower()) for g in groups)]
        chosen, groups = (own, ()) if groups and own and not asked.yes_no else (chosen, groups)
    if asked.position is not None and chosen:
        ordered = sorted(chosen, key=_instant)
        at = asked.position - 1 if asked.position > 0 else asked.position
        chosen = ordered[at : at + 1 or None] if at < len(ordered) else []
    wide = part is not None and part.name == "events"
    found: list[Passage] = []
    for note in chosen[:MOST_NOTES]:
        own_sentences = _of(chart, note, asked, part, groups)
        found += own_sentences[: MOST_OF_EACH if wide else MOST]
        if len(found) >= MOST or (found and not wide and not groups and not _goes_on(asked)):
            break
    return [passage_item(p) for p in _once(found)[:MOST]]


def _goes_on(asked: NoteAsked) -> bool:
    """Whether older notes of the same writer are told too: what was advised stays so."""
    return bool(asked.writer) and asked.part in ("advice", "plan")


def _notes(
    chart: Chart, question: ChartQuestion, asked: NoteAsked, part: Part | None
) -> list[Note]:
    """The notes to look into: of the time asked, of the writer, those that tell the part first."""
    window = since(encounters(chart), question.window) if question.window is not None else None
    if question.window is not None and window is None:
        return []
    found = [n for n in notes.notes(chart) if window is None or in_window(n.when, window)]
    if asked.writer:
        wanted = re.compile(asked.writer)
        found = [n for n in found if wanted.search(n.title.lower())]
        return sorted(found, key=_instant, reverse=True)
    titles = part.titles if part is not None else ()
    ranked = [
        (rank, note)
        for note in found
        for rank, title in [next(((i, t) for i, t in enumerate(titles) if t.search(note.title.lower())), (99, None))]
        if title is not None or not titles
    ]
    if part is not None and part.name in ("events", "response"):
        return [note for _, note in sorted(ranked, key=lambda one: _instant(one[1]))][-MOST_NOTES:]
    return [n for _, n in sorted(ranked, key=lambda one: (one[0], -_instant(one[1])))]


def _instant(note: Note) -> float:
    return note.when.instant.timestamp() if note.when is not None else 0.0


def _of(
    chart: Chart, note: Note, asked: NoteAsked, part: Part | None, groups: Groups
) -> list[Passage]:
    """The sentences of one note that are asked for, in its order."""
    own = list(passages.passages(chart, (note.fact.resource,)))
    if not own:
        return []
    placed = [p for p in of_note(note, own, NoteAsked("said", ())) if _is_said(p)]
    if groups:
        inside = _in_part(placed, part) if part is not None else placed
        near = [p for p in inside if _holds(p, groups)]
        if not near and (asked.writer or asked.part == "response"):
            near = [p for p in placed if _holds(p, groups)]
        return [p.passage for p in near]
    if part is not None:
        return [p.passage for p in _in_part(placed, part)]
    return [p.passage for p in _gist(placed)]


def _is_said(placed: Placed) -> bool:
    """A bare label or a title line says nothing by itself."""
    words = placed.passage.text.strip().rstrip(".")
    return bool(words) and not (words.isupper() and len(words.split()) < 8 and ":" not in words)


def _gist(placed: list[Placed]) -> list[Placed]:
    """What a whole note comes to: its impression and plan, else how it begins."""
    for name in KEY_PARTS:
        found = _labelled(placed, parts()[name])
        if found:
            also = [p for p in _labelled(placed, parts()["plan"]) if p not in found]
            return [*found[: MOST - min(len(also), 3)], *also]
    return placed[:MOST]


def _in_part(placed: list[Placed], part: Part) -> list[Placed]:
    found = _labelled(placed, part)
    marked = [p for p in placed if part.cues.search(_low(p))]
    if part.name in ("events", "response", "disposition", "wishes", "followup", "family"):
        return [p for p in placed if p in found or p in marked]
    return found or marked


def _labelled(placed: list[Placed], part: Part) -> list[Placed]:
    """The sentences under a label of the part, up to the next label."""
    found: list[Placed] = []
    runs = False
    line: str | None = None
    for one in placed:
        own = _OWN_LABEL.match(_low(one))
        heading = (one.passage.heading or "").lower().strip(" :#*")
        if own is not None:
            runs = part.labels.fullmatch(own[1].strip()) is not None
            line = one.passage.heading
        elif runs and one.passage.heading != line:
            runs = False
        if runs or (heading and part.labels.fullmatch(heading) is not None):
            found.append(one)
    return found


def _holds(placed: Placed, groups: Groups) -> bool:
    text = _low(placed)
    near = f"{placed.before} {(placed.passage.heading or '').lower()} {text}"
    if is_of_another(text) and not any(is_of_another(w) for g in groups for w in g):
        return False
    return any(_any(g, text) for g in groups) and all(_any(g, near) for g in groups)


def _any(group: Iterable[str], text: str) -> bool:
    return any(whole_word(w).search(text) is not None for w in group)


def _low(placed: Placed) -> str:
    return " ".join(placed.passage.text.lower().split())


def _once(found: list[Passage]) -> list[Passage]:
    """Each wording once."""
    seen: dict[str, Passage] = {}
    for passage in found:
        seen.setdefault(" ".join(passage.text.lower().split()), replace(passage))
    return list(seen.values())
