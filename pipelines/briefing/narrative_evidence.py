"""The lines of a briefing as a model reads them, and as its sentences are judged.

Promises: every line is one numbered item, the most important first, with its whole text; a line of
several pieces too. What a sentence is compared with is narrower than what is shown. A sentence
that says a line, or its beginning piece by piece, is judged as the briefing judged it: each piece
on its own records. Any other sentence is compared with the line's first piece and with each
further record in its own words, so that figures of one piece never lend themselves to another,
and a piece that names no subject ("before this stay 5.4") cannot stand alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from pipelines.answers.evidence.computed_items import KIND
from pipelines.answers.verify.running import Judge
from pipelines.answers.verify.safety import neutral
from pipelines.answers.write_narrative import NarrativeEvidence
from pipelines.briefing.line import Line, judge, of_fact, of_passage, said
from pipelines.records.answers import DraftSentence, Statement
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact


def most_important_first(lines: Sequence[Line], first: int) -> tuple[Line, ...]:
    """The `first` lines of a briefing as they stand, then the others by urgency."""
    return (*lines[:first], *sorted(lines[first:], key=lambda line: line.urgency))


def evidence_of(lines: Sequence[Line]) -> NarrativeEvidence:
    """The lines as numbered items, and behind them the records of lines that have several."""
    made = _Items(len(lines))
    numbered = dict(enumerate(lines, start=1))
    citable = tuple(made.item(number, line) for number, line in numbered.items())
    shown = tuple(
        replace(item, line=whole_text(line)) for item, line in zip(citable, lines, strict=True)
    )
    referee = partial(LineReferee, numbered)
    return NarrativeEvidence(shown, citable, tuple(made.behind), made.belonging, referee)


def whole_text(line: Line) -> str:
    """What the briefing shows of a line: all its pieces."""
    return line.joint.join((line.text, *(clause.text for clause in line.clauses)))


@dataclass(slots=True)
class _Items:
    """Numbers the records behind the lines: they come after the lines' own numbers."""

    count: int
    behind: list[Evidence] = field(default_factory=list)
    belonging: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def item(self, number: int, line: Line) -> Evidence:
        """A line's first piece as an item; its other records and pieces belong to it."""
        own, more = self._piece(number, line)
        more += [n for clause in line.clauses for n in self._clause(clause)]
        if more:
            self.belonging[number] = tuple(more)
        return own

    def _piece(self, number: int, line: Line) -> tuple[Evidence, list[int]]:
        """The piece as an item; arithmetic names what went in, a list brings its other records."""
        if line.passage is not None:
            return of_passage(line, line.passage, number), []
        if line.computation is None:
            first, *others = line.facts
            return of_fact(first, line.text, number), self._add((one, line.text) for one in others)
        item = Evidence(
            number=number,
            kind=KIND,
            line=line.text,
            title=KIND,
            date=None,
            text=line.text,
            sha256=hashlib.sha256(line.text.encode()).hexdigest(),
            computation=line.computation,
            inputs=tuple(self._add((fact, said(fact)) for fact in line.facts)),
        )
        return item, []

    def _clause(self, clause: Line) -> list[int]:
        """The records of a further piece in their own words, which name what they are of."""
        if clause.passage is not None:
            self.behind.append(of_passage(clause, clause.passage, self._next))
            return [self.behind[-1].number]
        return self._add((fact, said(fact)) for fact in clause.facts)

    @property
    def _next(self) -> int:
        return self.count + len(self.behind) + 1

    def _add(self, facts: Iterable[tuple[Fact, str]]) -> list[int]:
        numbers = []
        for fact, text in facts:
            numbers.append(self._next)
            self.behind.append(of_fact(fact, text, numbers[-1]))
        return numbers


class LineReferee:
    """Judges a narrative: what says a line of pieces is judged piece by piece, the rest plainly."""

    def __init__(self, lines: Mapping[int, Line], evidence: EvidenceSet) -> None:
        self._lines = lines
        self._judge = Judge(evidence)

    def statement(self, drafted: DraftSentence) -> tuple[Statement, ...]:
        """The verdicts on one drafted text."""
        for number in drafted.cites:
            run = _run(self._lines.get(number), drafted.text)
            found = judge([run]).get(run) if run is not None else None
            if found is not None:
                return (found,)
        return self._judge.statement(drafted)


def _run(line: Line | None, text: str) -> Line | None:
    """The beginning of a line of pieces that `text` says word for word; None where it says none."""
    if line is None:
        return None
    for count in range(len(line.clauses), 0, -1):
        run = replace(line, clauses=line.clauses[:count])
        if _plain(whole_text(run)) == _plain(text):
            return run
    return None


def _plain(text: str) -> str:
    return neutral(text).strip().rstrip(".").strip()
