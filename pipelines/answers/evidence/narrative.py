"""Sentences that answer: ranked, few, and each with what was asked in it or right beside it.

A sentence stands in a line of its note, under a heading. Every thing that was asked about must be
named by it, by the two sentences before it on the same line, or by its heading; a "why" counts
only sentences that state a cause. Lines that talk to the reader of the note, links, and what is
said of relatives are left out, and so are plans where something is asked to have been. Nothing
that fits is nothing found.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from pipelines.answers.note_sides import denies, is_of_another
from pipelines.answers.note_sides import word as whole_word
from pipelines.answers.question import NoteAsked
from pipelines.answers.question.narrative import any_pattern, table
from pipelines.answers.verify.language import language
from pipelines.answers.verify.safety import reads_like_instruction
from pipelines.charts import notes, passages
from pipelines.records.chart import Chart
from pipelines.records.facts import Note, Passage

MOST_SHOWN = {"why": 3, "course": 12}
MOST_OTHERWISE = 4
BEFORE = 2
WORSE_BY = 2.0
OWN_REPORT = 5.0
REPORT = "DiagnosticReport/"
RESULT_LABEL = re.compile(r"(?:findings?|impression|conclusion|results?|interpretation)\b")
PLAN_LABEL = re.compile(r"(?:plan|rec|recs|recommendations?|recommend|to do|follow-up)\b")
SHOWS = (
    r"\W+(?:[\w/,.-]+\W+){0,3}?"
    r"(?:show|reveal|demonstrat|negative|normal|positive|no\b(?!\.|\s*\d)|with\b)"
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A sentence with what stands around it."""

    passage: Passage
    before: str
    label: str
    opens: str
    first: bool
    clean: bool


@dataclass(frozen=True, slots=True)
class Rated:
    """A sentence that fits, and how well."""

    passage: Passage
    score: float


def chosen(chart: Chart, asked: NoteAsked, candidates: Collection[Passage]) -> tuple[Passage, ...]:
    """The sentences that answer, best first; the newest of equals, each wording once."""
    resources = {passage.resource for passage in candidates}
    if not resources:
        return ()
    ranked = {passage.passage_id: passage for passage in candidates}
    top = max(passage.score for passage in candidates) or 1.0
    rated = []
    for placed in _placed(chart, resources, asked):
        score = _score(placed, asked)
        if score is not None:
            found = ranked.get(placed.passage.passage_id)
            own = found.score if found is not None else 0.0
            earlier = found.earlier if found is not None else ()
            passage = replace(placed.passage, score=own, earlier=earlier)
            rated.append(Rated(passage, score + own / top))
    return _best(rated, asked)


def _best(rated: list[Rated], asked: NoteAsked) -> tuple[Passage, ...]:
    newest: dict[str, Rated] = {}
    for one in sorted(rated, key=lambda r: _instant(r.passage)):
        said = " ".join(one.passage.text.lower().split())
        before = newest[said].passage if said in newest else None
        newest[said] = replace(one, passage=_copied(one.passage, before))
    ordered = sorted(
        newest.values(),
        key=lambda r: (-round(r.score), -_instant(r.passage), r.passage.resource, r.passage.start),
    )
    least = ordered[0].score - WORSE_BY if ordered else 0.0
    fit = [r.passage for r in ordered if r.score >= least]
    most = MOST_SHOWN.get(asked.kind, MOST_OTHERWISE)
    return tuple((_both_sides(fit, asked) if asked.yes_no else fit)[:most])


def _copied(passage: Passage, before: Passage | None) -> Passage:
    """A sentence that is copied forward, with the moments of the notes that had it before."""
    if before is None or before.when is None or before.when == passage.when:
        return passage
    earlier = {*passage.earlier, *before.earlier, before.when.written}
    return replace(passage, earlier=tuple(sorted(earlier)))


def _both_sides(fit: list[Passage], asked: NoteAsked) -> list[Passage]:
    """The best sentence of either side in front, the newer first, where the notes have two."""
    things = (*asked.things, *asked.events)
    against = [p for p in fit if denies(p.text, things)]
    saying = [p for p in fit if p not in against]
    if not against or not saying:
        return fit
    front = sorted((against[0], saying[0]), key=_instant, reverse=True)
    return [*front, *(p for p in fit if p not in front)]


def _instant(passage: Passage) -> float:
    return passage.when.instant.timestamp() if passage.when is not None else 0.0


def _placed(chart: Chart, resources: Collection[str], asked: NoteAsked) -> list[Placed]:
    """Every sentence of these notes; only of the documents that were named, where any were."""
    found = passages.passages(chart, resources)
    by_note: dict[str, list[Passage]] = {}
    for passage in found:
        by_note.setdefault(passage.resource, []).append(passage)
    made: list[Placed] = []
    for resource, own in by_note.items():
        made.extend(of_note(notes.note(chart, resource), own, asked))
    return made


def of_note(note: Note, own: list[Passage], asked: NoteAsked) -> list[Placed]:
    """The sentences of one note with what stands around each."""
    opens = f"{note.title} {own[0].text}".lower()
    if not all(_holds(word, opens) for word in asked.document):
        return []
    made = []
    line: list[Passage] = []
    for index, passage in enumerate(own):
        gap = note.text[own[index - 1].end : passage.start] if index else "\n"
        line = [] if "\n" in gap else line
        begin = note.text.rfind("\n", 0, passage.start) + 1
        whole = note.text[begin : _line_end(note.text, passage.end)]
        label, colon, _ = whole.lower().partition(":")
        made.append(
            Placed(
                passage=passage,
                before=" ".join(p.text for p in line[-BEFORE:]).lower(),
                label=label.strip(" #*-0123456789.)") if colon else "",
                opens=opens,
                first=not line,
                clean=not reads_like_instruction(whole),
            )
        )
        line.append(passage)
    return _without_told(made)


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def _without_told(made: list[Placed]) -> list[Placed]:
    """A paragraph with an instruction to its reader is passed over whole."""
    bad = {(p.passage.heading, p.passage.resource) for p in made if not p.clean}
    kept = []
    for index, placed in enumerate(made):
        near = made[max(index - 1, 0) : index + 2]
        same = (placed.passage.heading, placed.passage.resource) in bad
        if placed.clean and not (same and any(not n.clean for n in near)):
            kept.append(placed)
    return kept


def _score(placed: Placed, asked: NoteAsked) -> float | None:
    """How well a sentence fits, or None where it does not."""
    text = _looked_at(placed.passage.text)
    if not text or _of_relative(text, placed, asked):
        return None
    if asked.kind == "why":
        return _why(text, placed, asked)
    if asked.kind == "show":
        return _show(text, placed, asked)
    if asked.kind == "value":
        return _value(text, placed, asked)
    return _plain(text, placed, asked)


def _why(text: str, placed: Placed, asked: NoteAsked) -> float | None:
    heading = (placed.passage.heading or "").lower()
    under = any_pattern("cause", "headings").search(heading) is not None
    cue = any_pattern("cause", "cues").search(text) is not None
    listed = under and placed.first and not PLAN_LABEL.match(placed.label) and not _plans(text)
    if listed and all(_any(group, f"{placed.opens} {heading}") for group in asked.things):
        return 6.0
    if not cue:
        return None
    near = f"{placed.before} {heading} {text}"
    if not all(_any(group, near) for group in asked.things):
        return None
    own = sum(_any(group, text) for group in asked.things)
    happened = sum(_any(group, text) for group in asked.events)
    beside = all(_any(group, near) for group in asked.events)
    if (not own and not happened) or not beside or (_plans(text) and not happened):
        return None
    if asked.way is not None and not _tells_of_way(near, asked):
        return None
    return 2.0 * own + 2.0 * happened + 1.0 + _says_way(text, asked)


def _tells_of_way(near: str, asked: NoteAsked) -> bool:
    """Whether it is said that the result went that way, the finding is named, or its value given.

    A thing that is only named may be the cause of the opposite, or somebody's diet.
    """
    findings = {
        word
        for name, words in table()["findings"].items()
        if name.endswith(f".{asked.way}")
        for word in words
    }
    way = tuple(table()["direction"][asked.way])
    if _any(way, near) or any(_any(findings & set(group), near) for group in asked.things):
        return True
    named = "|".join(re.escape(word) for group in asked.things for word in group)
    return re.search(rf"(?<![a-z0-9.])(?:{named})(?: of| was| is|:)? \d", near) is not None


def _says_way(text: str, asked: NoteAsked) -> float:
    """A sentence that says which way it went, or names the finding, is nearer to the question."""
    if asked.way is None:
        return 0.0
    finding = any(_any(group[1:], text) for group in asked.things)
    return 1.0 if finding or _any(tuple(table()["direction"][asked.way]), text) else 0.0


def _show(text: str, placed: Placed, asked: NoteAsked) -> float | None:
    """What a study found: its own report's findings, or a sentence that says it of the study."""
    words = "|".join(re.escape(word) for group in asked.things for word in group)
    told = re.search(rf"(?<!\w)(?:{words})(?:\s+[\d/.-]+)?(?::(?!\d)|{SHOWS})", text)
    near = f"{placed.opens} {placed.before} {text}"
    if told is not None and not _plans(text) and all(_any(g, near) for g in asked.things):
        return 5.0
    named = all(_any(group, placed.opens) for group in asked.things)
    if named and RESULT_LABEL.match(placed.label):
        return 6.0
    return None


def _value(text: str, placed: Placed, asked: NoteAsked) -> float | None:
    """A number of the thing; that of the study's own report stands before every copy of it."""
    score = _plain(text, placed, asked)
    named = "|".join(re.escape(word) for group in asked.things for word in group)
    told = re.search(rf"(?<![a-z0-9.])(?:{named})\W+(?:[a-z]+\W+){{0,3}}?[<>~]?\s*\d", text)
    if score is None or told is None:
        return score
    return score + (OWN_REPORT if placed.passage.resource.startswith(REPORT) else 1.0)


def _plain(text: str, placed: Placed, asked: NoteAsked) -> float | None:
    heading = (placed.passage.heading or "").lower()
    groups = (*asked.things, *asked.events)
    own = sum(_any(group, text) for group in groups)
    near = text if asked.within else f"{placed.before} {heading} {text}"
    if asked.kind == "course":
        labelled = f"{heading} {placed.label}"
        return 3.0 if any(_any(group, labelled) for group in asked.things) else None
    if asked.document or asked.latest:
        return 3.0 * own + 1.0 if all(_any(g, near) for g in groups) else None
    if own < 1 or not all(_any(group, near) for group in groups) or _plans(text):
        return None
    return 3.0 * own


def _of_relative(text: str, placed: Placed, asked: NoteAsked) -> bool:
    """Whether it is said of a relative, where nobody asked about one."""
    family = language().modifiers["family"]
    asks = any(family.search(word) for group in asked.things for word in group)
    near = f"{placed.passage.heading or ''} {placed.label}".lower()
    of_family = re.search(r"\bfamily history\b|\bfh\b", f"{near} {text}") is not None
    return not asks and (of_family or is_of_another(text))


def _plans(text: str) -> bool:
    begins = any_pattern("plans", "begins").match(text) is not None
    return begins or language().modifiers["planned"].search(text) is not None


def _looked_at(text: str) -> str:
    """The sentence in lower case without stretches in which a word means something else."""
    return any_pattern("otherwise", "stretches").sub(" ", " ".join(text.lower().split()))


def _any(group: Collection[str], text: str) -> bool:
    return any(_holds(word, text) for word in group)


def _holds(word: str, text: str) -> bool:
    return whole_word(word).search(text) is not None
