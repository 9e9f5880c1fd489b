"""Where a model's shown sentences and the embedded reader's give one thing different values.

Both were judged, so each agrees with what it cites; still they can contradict each other: another
result chosen as the answer, a note beside the record, arithmetic over other records. Promises:
only sentences that are shown are compared; a difference is told for the same thing at the same
moment, under the same claim ("latest", "highest"), by the same arithmetic, or where the model
gives every value of the thing but the one that the chart's own answer gives. The same value in
another unit is no difference; a thing that either does not speak of is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pipelines.answers.verify.items import Case, Item, case_of
from pipelines.answers.verify.language import language
from pipelines.answers.verify.numbers import DateMention, Quantity, same_unit
from pipelines.answers.verify.reading import Reading, read
from pipelines.records.answers import Citation, Difference, Statement
from pipelines.records.evidence import EvidenceSet
from pipelines.terms.units import convert

ORDERED = ("latest", "current", "first", "highest", "lowest")
WINDOW = Decimal("0.005")
# Words of the house's terms that name a kind of thing, and so no one thing.
UNTOLD = frozenset(
    {"medication", "problem", "lab", "visit", "surgery", "vaccine", "birth", "tablet"}
)


@dataclass(frozen=True, slots=True)
class _Said:
    """One shown sentence as it is compared: its thing, the value it gives and of when."""

    statement: Statement
    item: Item
    reading: Reading
    values: tuple[Quantity, ...]
    operation: str | None
    claims: frozenset[str]


def differences(
    model: Sequence[Statement], embedded: Sequence[Statement], evidence: EvidenceSet
) -> tuple[Difference, ...]:
    """The values that the two give differently, each pair of sentences once, model's order."""
    case = case_of(evidence)
    theirs = [said for statement in model for said in _said(statement, case)]
    own = [said for statement in embedded for said in _said(statement, case)]
    found: dict[tuple[str, str], Difference] = {}
    for said in theirs:
        for chart in own:
            if _contradicts(said, chart):
                found.setdefault(_pair(said, chart), _difference(said, chart))
    for said, chart in _passed_over(theirs, own):
        found.setdefault(_pair(said, chart), _difference(said, chart))
    return tuple(found.values())


def _said(statement: Statement, case: Case) -> Iterator[_Said]:
    if statement.support == "unverified" or not statement.citations:
        return
    item = _cited(statement.citations[0], case)
    if item is None:
        return
    reading = read(statement.text, case.known_units)
    operation = statement.why.split(" over ")[0] if statement.support == "computed" else None
    values = _values(reading, item, computed=operation is not None)
    if values:
        claims = frozenset(n for n in ORDERED if language().claims[n].search(reading.plain))
        yield _Said(statement, item, reading, values, operation, claims)


def _cited(citation: Citation, case: Case) -> Item | None:
    for item in case.items.values():
        path = item.fact.path if item.fact is not None else citation.path
        if item.evidence.resource == citation.resource and path == citation.path:
            passage, start = item.evidence.passage, citation.start
            if passage is None or start is None or passage.start <= start <= passage.end:
                return item
    return None


def _values(reading: Reading, item: Item, *, computed: bool) -> tuple[Quantity, ...]:
    """The numbers that answer: of a result its own value, else all that are said."""
    fact = item.fact
    if computed or fact is None or fact.value is None:
        return reading.quantities
    value = Decimal(str(fact.value))
    own = tuple(q for q in reading.quantities if q.value == value)
    return own[:1] or reading.quantities[:1]


def _contradicts(said: _Said, chart: _Said) -> bool:
    if not _same_thing(said, chart) or _agree(said, chart):
        return False
    if said.operation is not None or chart.operation is not None:
        return said.operation == chart.operation
    return bool(said.claims & chart.claims) or _same_moment(said, chart)


def _same_thing(said: _Said, chart: _Said) -> bool:
    one, other = said.item, chart.item
    mine, theirs = one.fact, other.fact
    if mine is not None and theirs is not None:
        if one.is_measured and other.is_measured:
            concepts = (mine.concept, theirs.concept)
            same = mine.display == theirs.display
            return concepts[0] == concepts[1] if all(concepts) else same
        things = one.thing & other.thing if mine.kind == theirs.kind else frozenset()
    else:  # a note and a record, or two notes: both sentences name one thing of the house's terms
        things = frozenset(language().canonical.values())
    shared = said.reading.names & chart.reading.names & things
    return bool(shared - language().generic - UNTOLD)


def _agree(said: _Said, chart: _Said) -> bool:
    concept = chart.item.fact.concept if chart.item.fact is not None else None
    return any(_equal(a, b, concept) for a in said.values for b in chart.values)


def _equal(one: Quantity, other: Quantity, concept: str | None) -> bool:
    if (one.comparator, one.second) != (other.comparator, other.second):
        return False
    if one.value == other.value:
        return True
    if not one.unit or not other.unit or same_unit(one.unit, other.unit, frozenset()):
        return False
    converted = convert(float(one.value), one.unit, other.unit, concept)
    if converted is None:
        return True  # nothing is told of what cannot be compared
    return abs(Decimal(str(converted)) - other.value) <= WINDOW * abs(other.value)


def _same_moment(said: _Said, chart: _Said) -> bool:
    mine, theirs = _dates(said), _dates(chart)
    return any(a.fits(b) or b.fits(a) for a in mine for b in theirs if a.day and b.day)


def _dates(said: _Said) -> tuple[DateMention, ...]:
    """What the sentence dates itself by; else the record's own date, a result's alone."""
    if said.reading.dates:
        return said.reading.dates
    return said.item.dates if said.item.is_measured else ()


def _passed_over(theirs: Sequence[_Said], own: Sequence[_Said]) -> Iterator[tuple[_Said, _Said]]:
    """The chart's answer, a result, where the model tells only of others of the same thing."""
    answer = next(iter(own), None)
    if answer is None or answer.operation is not None or not answer.item.is_measured:
        return
    beside = [s for s in theirs if s.operation is None and _same_thing(s, answer)]
    if beside and not any(_agree(said, answer) for said in beside):
        yield beside[0], answer


def _pair(said: _Said, chart: _Said) -> tuple[str, str]:
    return said.statement.text, chart.statement.text


def _difference(said: _Said, chart: _Said) -> Difference:
    item = chart.item if chart.item.fact is not None else said.item
    return Difference(
        what=item.evidence.title,
        model=said.statement.text,
        chart=chart.statement.text,
        citations=chart.statement.citations,
    )
