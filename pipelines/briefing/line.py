"""A line of the briefing before and after the judge.

Sections propose lines with the facts or the passage they rest on; `judge` numbers them as
evidence and hands them to `answers.verify`. A line may go on in clauses, each judged by itself on
its own records: one that is not borne out takes the whole line with it. A line that the judge
does not bear out is left out: a briefing never shows an unverified sentence. Citations count in
the order the lines are shown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipelines.answers.verify.verify import verify
from pipelines.briefing import wording
from pipelines.records.answers import Computation, Draft, DraftSentence, Statement
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact, Passage


@dataclass(frozen=True, slots=True)
class Line:
    """One proposed line: what it says, what it cites (the deciding fact first), how urgent it is.

    `urgency` 0 is critical, 1 out of range or changed, 2 worth knowing, 9 background. `record` is
    the cited record on one line in other words than `text`: the judge then compares the two.
    `clauses` go on with what other records say; they are shown behind `text`, each after `joint`.
    """

    text: str
    facts: tuple[Fact, ...] = ()
    computation: Computation | None = None
    passage: Passage | None = None
    urgency: int = 9
    record: str | None = None
    clauses: tuple[Line, ...] = ()
    joint: str = "; "

    @property
    def every_fact(self) -> tuple[Fact, ...]:
        """Its facts and those of its clauses, none twice."""
        own = (self.facts, *(clause.every_fact for clause in self.clauses))
        return tuple(dict.fromkeys(fact for facts in own for fact in facts))


def joined(parts: Sequence[Line], joint: str = "; ", urgency: int = 9) -> Line:
    """One line of several, each resting on its own records; a single one stays itself."""
    return replace(parts[0], urgency=urgency, clauses=tuple(parts[1:]), joint=joint)


@dataclass(frozen=True, slots=True)
class Part:
    """A section's proposed lines, or why it has none."""

    name: str
    lines: tuple[Line, ...] = ()
    empty: str | None = None


NONE_RECORDED, NOT_IN_CHART = "none recorded", "not in this chart"


def part(name: str, lines: Sequence[Line], in_chart: bool) -> Part:
    """A section of these lines; without any, it says whether the chart has the subject at all."""
    return Part(name, tuple(lines), None if lines else _empty(in_chart))


def _empty(in_chart: bool) -> str:
    return NONE_RECORDED if in_chart else NOT_IN_CHART


def judge(lines: Sequence[Line]) -> dict[Line, Statement]:
    """The statements of the lines that hold, by line, their citations numbered in this order."""
    evidence = _Numbered()
    unique = tuple(dict.fromkeys(lines))
    pieces = tuple(piece for line in unique for piece in (line, *line.clauses))
    drafted = tuple(
        DraftSentence(piece.text, evidence.numbers(piece), piece.computation) for piece in pieces
    )
    judged = iter(verify(Draft(True, drafted), EvidenceSet(tuple(evidence.items), ())))
    found = {}
    for line in unique:
        said = [next(judged) for _piece in (line, *line.clauses)]
        if all(one.support != "unverified" for one in said):
            found[line] = _whole(line, said)
    return found


def _whole(line: Line, said: Sequence[Statement]) -> Statement:
    """The statement of a line and its clauses: every citation, and the verdict on each."""
    if len(said) == 1:
        return said[0]
    computed = any(one.support == "computed" for one in said)
    return Statement(
        text=line.joint.join(one.text for one in said),
        support="computed" if computed else "supported",
        why="; ".join(dict.fromkeys(one.why for one in said)),
        citations=tuple(dict.fromkeys(cited for one in said for cited in one.citations)),
    )


@dataclass(slots=True)
class _Numbered:
    """The evidence of all lines; a fact that several lines cite for arithmetic stands once."""

    items: list[Evidence] = field(default_factory=list)
    known: dict[tuple[str, str, int, str], int] = field(default_factory=dict)

    def numbers(self, line: Line) -> tuple[int, ...]:
        if line.passage is not None:
            return (self._add(of_passage(line, line.passage, len(self.items) + 1)),)
        if line.computation is None:
            return tuple(
                self._add(of_fact(fact, line.record or line.text, len(self.items) + 1))
                for fact in line.facts
            )
        return tuple(self._once(fact) for fact in line.facts)

    def _once(self, fact: Fact) -> int:
        key = (fact.resource, fact.path, fact.part, fact.quote)
        if key not in self.known:
            text = said(fact)
            self.known[key] = self._add(of_fact(fact, text, len(self.items) + 1))
        return self.known[key]

    def _add(self, item: Evidence) -> int:
        self.items.append(item)
        return item.number


def said(fact: Fact) -> str:
    """A fact on one line, as the record has it."""
    value = wording.numbers([fact])[0]
    return f"{wording.name(fact)} {value}{wording.unit(fact)} {wording.clock(fact.when)}"


def of_fact(fact: Fact, text: str, number: int) -> Evidence:
    """A fact as the evidence of a line that reads `text`."""
    return Evidence(
        number=number,
        kind=fact.kind,
        line=text,
        title=fact.display,
        date=fact.when.written if fact.when else None,
        text=fact.quote,
        sha256=hashlib.sha256(fact.quote.encode()).hexdigest(),
        fact=fact,
    )


def of_passage(line: Line, passage: Passage, number: int) -> Evidence:
    """A note's sentence as the evidence of its line."""
    return Evidence(
        number=number,
        kind="note",
        line=line.record or line.text,
        title=passage.title,
        date=passage.when.written if passage.when else None,
        text=passage.text,
        sha256=passage.note_sha256,
        passage=passage,
    )
