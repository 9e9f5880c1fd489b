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

from pipelines.answers.verify.running import Judge
from pipelines.briefing import wording
from pipelines.briefing.records_said.bound import unbound
from pipelines.briefing.records_said.records_said import RecordsSaid
from pipelines.briefing.records_said.words import left_over, one_sentence, quoted, without_findings
from pipelines.records.answers import Computation, DraftSentence, Statement
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact, Passage

# What arithmetic that the judge does again bears out in words.
EXTREMES = {"maximum": ("highest",), "minimum": ("lowest",)}
ENDS = ("highest", "lowest")
MOST_TOLD = 400


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


def judge(lines: Sequence[Line], records: RecordsSaid | None = None) -> dict[Line, Statement]:
    """The statements of the lines that hold, by line, their citations numbered in this order.

    With `records` each piece is held against what its records say by themselves; without them
    only lines that bring their own `record` or arithmetic are.
    """
    evidence = _Numbered(records)
    unique = tuple(dict.fromkeys(lines))
    pieces = tuple(
        (piece, before)
        for line in unique
        for piece, before in zip((line, *line.clauses), (None, line, *line.clauses), strict=False)
    )
    drafted = tuple(
        DraftSentence(_spoken(piece, before, records), evidence.numbers(piece), piece.computation)
        for piece, before in pieces
    )
    judge_of_all = Judge(EvidenceSet(tuple(evidence.items), ()))
    judged = iter([
        _in_words(piece, judge_of_all.statement(draft), records)
        for (piece, _before), draft in zip(pieces, drafted, strict=True)
    ])  # fmt: skip
    found = {}
    for line in unique:
        said = [next(judged) for _piece in (line, *line.clauses)]
        if all(one.support != "unverified" for one in said):
            found[line] = _whole(line, said)
    return found


def _spoken(piece: Line, before: Line | None, records: RecordsSaid | None) -> str:
    """The piece as the judge hears it: without what a search found, and never without its thing.

    A clause such as "last 3 mg" goes on about the thing of the piece before it; it is judged with
    the name of its record, and only where that is the same thing. Of a note's sentence the judge
    hears the quoted words; whose they are is compared by `left_over`.
    """
    if records is None or piece.computation is not None:
        return piece.text
    if piece.passage is not None:
        return quoted(piece.text)
    text = one_sentence(without_findings(piece.text))
    if before is None or not records.goes_on(piece.facts[:1], before.facts[:1]):
        return text
    name = records.named(piece.facts[0])
    return text if name.lower() in text.lower() else f"{name}, {text}"


def _in_words(piece: Line, verdicts: Sequence[Statement], records: RecordsSaid | None) -> Statement:
    """The verdict on a piece with its own text; refused where its words stand in no record."""
    refused = next((one for one in verdicts if one.support == "unverified"), None)
    cited = tuple(dict.fromkeys(n for one in verdicts for n in one.citations))
    said = replace(refused or verdicts[0], text=piece.text)
    if records is None or refused is not None:
        return said if refused else replace(said, citations=cited)
    lost = _not_borne_out(piece, records)
    if lost is None:
        return replace(said, citations=cited)
    return Statement(piece.text, "unverified", f"“{lost}” does not stand in the cited record", ())


def _not_borne_out(piece: Line, records: RecordsSaid) -> str | None:
    """The first word or number of a piece that neither its records nor its arithmetic have."""
    if piece.passage is not None:
        if quoted(piece.text) != wording.one_line(piece.passage.text):
            return quoted(piece.text)
        tellings = [records.note(piece.passage)]
        lost = left_over(piece.text, tellings)
        return min(lost) if lost else None
    tellings = [piece.record or records.of(fact) for fact in piece.facts[:MOST_TOLD]]
    if piece.computation is None:
        lost = left_over(piece.text, tellings)
        return min(lost) if lost else None
    lost = left_over(piece.text, tellings, _figures(piece, piece.computation), ENDS)
    return min(lost) if lost else unbound(piece.text, piece.facts, tellings)


def _figures(piece: Line, computation: Computation) -> set[str]:
    """What the arithmetic that is done again bears out: its result, how many, highest or lowest."""
    found = {f"{len(piece.facts)}", *EXTREMES.get(computation.operation, ())}
    if not isinstance(computation.result, str):
        found.add(f"{abs(computation.result):.10g}")
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

    records: RecordsSaid | None = None
    items: list[Evidence] = field(default_factory=list)
    known: dict[tuple[str, str, int, str], int] = field(default_factory=dict)

    def numbers(self, line: Line) -> tuple[int, ...]:
        if line.passage is not None:
            own = self.records.note(line.passage) if self.records else None
            return (self._add(of_passage(line, line.passage, len(self.items) + 1, own)),)
        if line.computation is None:
            return tuple(
                self._add(of_fact(self._then(fact), self._telling(line, fact), len(self.items) + 1))
                for fact in line.facts
            )
        return tuple(self._once(fact) for fact in line.facts)

    def _then(self, fact: Fact) -> Fact:
        return self.records.as_then(fact) if self.records else fact

    def _telling(self, line: Line, fact: Fact) -> str:
        if line.record is not None:
            return line.record
        return one_sentence(self.records.of(fact)) if self.records else line.text

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


def of_passage(line: Line, passage: Passage, number: int, text: str | None = None) -> Evidence:
    """A note's sentence as the evidence of its line; `text` is what the note says, with whose."""
    return Evidence(
        number=number,
        kind="note",
        line=line.record or text or line.text,
        title=passage.title,
        date=passage.when.written if passage.when else None,
        text=passage.text,
        sha256=passage.note_sha256,
        passage=passage,
    )
