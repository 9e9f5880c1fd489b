"""Sentences of one part of the notes, or of one writer's notes, in the order they were written.

The writer or the part picks the notes by title, the newest first; within a note its labels
("Rec:", "Plan:", a heading) open the part and the next label closes it. Where a note has no such
label, sentences with a mark of the part count. Things that were asked about must stand in a
sentence or just before it. A note that has nothing of it gives nothing, and few are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipelines.answers import note_terms
from pipelines.answers.evidence.items import passage_item
from pipelines.answers.evidence.narrative import Placed, of_note
from pipelines.answers.evidence.note_fit import fitting
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.note_sides import is_of_another
from pipelines.answers.note_sides import word as whole_word
from pipelines.answers.question import ChartQuestion, NoteAsked
from pipelines.answers.question.told import Part, in_title, parts, table
from pipelines.answers.verify.safety import reads_like_instruction
from pipelines.charts import notes, passages
from pipelines.charts.encounters import encounters
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Note, Passage
from pipelines.terms import drug_classes

MOST = 8
MOST_OF_EACH = 4
MOST_NOTES = 40
MOST_NAMED = 3
LONGEST_LABEL = 3
BOTH = ("events", "response", "wishes", "followup", "family", "barriers")
KEY_PARTS = ("summary", "impression", "findings", "plan", "advice", "reason")
_OWN_LABEL = re.compile(r"^[\W\d]*([a-z][a-z0-9 /&().-]{0,34}?):(?!\d)")
Groups = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What sentences are looked for: the question, its part of the notes, and its things."""

    text: str
    asked: NoteAsked
    part: Part | None
    groups: Groups


def told_evidence(chart: Chart, question: ChartQuestion, asked: NoteAsked) -> list[Evidence]:
    """The sentences of what was asked for; empty where the notes have none."""
    if asked.part == "person":
        return [passage_item(p) for p in _once(_named(chart, asked.things[0]))[:MOST_NAMED]]
    part = parts().get(asked.part or "")
    chosen = _notes(chart, question, asked, part)
    groups: Groups = (*asked.things, *asked.events)
    if part is not None and part.name == "plan":
        groups = tuple((*group, *_of_class(group)) for group in groups)
    if asked.writer and groups and not asked.yes_no:
        own = [
            n for n in chosen if all(any(in_title(w, n.title.lower()) for w in g) for g in groups)
        ]
        chosen, groups = (own, ()) if own else (chosen, groups)
    chosen = _of_the_kind(chosen, question.text) if asked.writer else chosen
    if asked.position is not None and chosen:
        ordered = sorted(chosen, key=_instant)
        at = asked.position - 1 if asked.position > 0 else asked.position
        chosen = ordered[at : at + 1 or None] if at < len(ordered) else []
    notes_read = [_placed(chart, note) for note in chosen[:MOST_NOTES]]
    if part is not None and part.name == "events" and not asked.writer:
        return [passage_item(p) for p in _once(_events(notes_read, part, groups))[:MOST]]
    own_notes = _specialists(chart, question, asked)
    if own_notes and part is not None:
        read = [_placed(chart, note) for note in own_notes]
        told = _found(read, Wanted(question.text, asked, part, ()), wider=True)
        if told:
            return [passage_item(p) for p in _once(told)[:MOST]]
    for wider in (False, True):
        found = _found(notes_read, Wanted(question.text, asked, part, groups), wider=wider)
        if found:
            return [passage_item(p) for p in _once(found)[:MOST]]
    return []


def _of_class(group: Sequence[str]) -> tuple[str, ...]:
    """The drugs of a class that is named ("the antibiotics"): a plan names the drugs."""
    named = {word.removesuffix("s") for word in group}
    of_class = any(
        named & {n.removesuffix("s") for n in one.names} for one in drug_classes.load().values()
    )
    return note_terms.near(group[0]) if of_class else ()


def _of_the_kind(chosen: list[Note], text: str) -> list[Note]:
    """Of one writer's notes those of the kind that is named ("consult"), where there are any."""
    for row in table()["kinds"]["of"]:
        if re.search(row["said"], text) is None:
            continue
        own = [n for n in chosen if re.search(row["title"], n.title.lower())]
        if own:
            return own
    return chosen


def _specialists(chart: Chart, question: ChartQuestion, asked: NoteAsked) -> list[Note]:
    """The notes of those whose subject a thing is: of a diet, the dietitian's."""
    if asked.writer or asked.part not in ("advice", "plan"):
        return []
    for row in table()["kinds"]["specialist"]:
        if any(row["thing"] in group for group in asked.things):
            found = [n for n in notes.notes(chart) if re.search(row["title"], n.title.lower())]
            window = since(encounters(chart), question.window) if question.window else None
            found = [n for n in found if window is None or in_window(n.when, window)]
            return sorted(found, key=_instant, reverse=True)
    return []


def _named(chart: Chart, role: Sequence[str]) -> list[Passage]:
    """Sentences in which a name stands beside a word of the role, the newest first."""
    said = "|".join(re.escape(one) for one in role)
    after = re.compile(rf"(?<![A-Za-z])(?i:{said})(?i:s)?{table()['people']['names']}")
    before = re.compile(rf"[A-Z][a-z]{{2,}},? \((?i:[^)]*\b(?:{said})\b)")
    found = [
        p
        for p in passages.passages(chart)
        if (after.search(p.text) or before.search(p.text)) and not reads_like_instruction(p.text)
    ]
    return sorted(found, key=lambda p: -_when(p))


def _found(read: list[list[Placed]], wanted: Wanted, *, wider: bool) -> list[Passage]:
    """From note to note until enough is found; `wider` takes marks and what is often written."""
    asked, part, groups = wanted.asked, wanted.part, wanted.groups
    if wider:
        groups = [(*group, *note_terms.near(group[0])) for group in groups]
    found: list[Passage] = []
    for placed in read:
        own = [p.passage for p in _of(placed, asked, part, groups, wider=wider)]
        found += fitting(wanted.text, asked, own)[:MOST]
        if len(found) >= MOST or (found and not groups and not _goes_on(asked)):
            break
    return found


def _events(read: list[list[Placed]], part: Part, groups: Groups) -> list[Passage]:
    """What stands out of a stretch of time, the gravest first chosen, told in order of time."""
    grave = re.compile(table()["topic"]["events"]["grave"])
    rated = []
    for placed in read:
        for one in placed:
            low = _low(one)
            score = len(set(part.cues.findall(low))) + 2 * len(set(grave.findall(low)))
            if score and (not groups or _holds(one, groups)):
                rated.append((score, one.passage))
    best = sorted(rated, key=lambda r: -r[0])[:MOST]
    return sorted((p for _, p in best), key=lambda p: (_when(p), p.resource, p.start))


def _when(passage: Passage) -> float:
    return passage.when.instant.timestamp() if passage.when is not None else 0.0


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
        for rank, title in [
            next(((i, t) for i, t in enumerate(titles) if t.search(note.title.lower())), (99, None))
        ]
        if title is not None or not titles
    ]
    if part is not None and part.name in ("events", "response"):
        return [note for _, note in sorted(ranked, key=lambda one: _instant(one[1]))][-MOST_NOTES:]
    return [n for _, n in sorted(ranked, key=lambda one: (one[0], -_instant(one[1])))]


def _instant(note: Note) -> float:
    return note.when.instant.timestamp() if note.when is not None else 0.0


def _placed(chart: Chart, note: Note) -> list[Placed]:
    own = list(passages.passages(chart, (note.fact.resource,)))
    if not own:
        return []
    return [p for p in of_note(note, own, NoteAsked("said", ())) if _is_said(p)]


def _of(
    placed: list[Placed], asked: NoteAsked, part: Part | None, groups: Groups, *, wider: bool
) -> list[Placed]:
    """The sentences of one note that are asked for, in its order."""
    if part is not None and part.name == "findings" and not groups and asked.writer:
        return _labelled(placed, part) or (_findings(placed) if wider else [])
    if not groups:
        return _in_part(placed, part, wider=wider) if part is not None else _gist(placed)
    inside = _in_part(placed, part, wider=wider) if part is not None else placed
    if part is not None and part.name == "response":  # what is to be done is no response to it
        planned = _labelled(placed, parts()["plan"])
        inside = [p for p in inside if p not in planned]
    family = part is not None and part.name == "family"
    near = [p for p in inside if _holds(p, groups, family=family)]
    if not near and wider and part is not None:
        short = [p for p in placed if len(p.label.split()) <= LONGEST_LABEL]
        near = [p for p in short if any(_any(g, p.label) for g in groups)]
    if not near and wider and part is not None and (asked.writer or part.name == "plan"):
        near = [p for p in placed if _holds(p, groups)]
    return near


def _findings(placed: list[Placed]) -> list[Placed]:
    """A report without labels of findings tells them in all that is not about the study."""
    about = re.compile(table()["closing"]["about"])
    return [p for p in placed if about.match(_low(p)) is None]


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


def _in_part(placed: list[Placed], part: Part, *, wider: bool) -> list[Placed]:
    """The sentences under the part's label; with its marks too where the part has both."""
    found = _labelled(placed, part)
    if not wider and part.name not in BOTH:
        return found
    marked = [p for p in placed if part.cues.search(_low(p))]
    return [p for p in placed if p in found or p in marked]


def _labelled(placed: list[Placed], part: Part) -> list[Placed]:
    """The sentences under a label of the part, up to a label of another."""
    found: list[Placed] = []
    runs = False
    under: str | None = None
    for one in placed:
        own = _OWN_LABEL.match(_low(one))
        heading = (one.passage.heading or "").lower().strip(" :#*")
        if own is not None and part.labels.fullmatch(own[1].strip()) is not None:
            runs, under = True, one.passage.heading
        elif (own is not None and _closes(own[1].strip())) or one.passage.heading != under:
            runs = False
        if runs or (heading and part.labels.fullmatch(heading) is not None):
            found.append(one)
    return found


@lru_cache(maxsize=1)
def _closing() -> tuple[re.Pattern[str], ...]:
    return (re.compile(table()["closing"]["labels"]), *(p.labels for p in parts().values()))


def _closes(label: str) -> bool:
    return any(pattern.fullmatch(label) is not None for pattern in _closing())


def _holds(placed: Placed, groups: Groups, *, family: bool = False) -> bool:
    text = _low(placed)
    near = f"{placed.before} {(placed.passage.heading or '').lower()} {text}"
    if not family and is_of_another(text) and not any(is_of_another(w) for g in groups for w in g):
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
