"""The evidence of one answer, read for the judge: terms, quantities and dates of every item.

Promises: an item carries what its line, its record text and its `Fact` say, and nothing of any
other item. `others_name` knows the things that other items are about, so that a sentence cannot
bring in a second thing on the strength of the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import pairwise

from pipelines.answers.verify.language import language, units
from pipelines.answers.verify.lines import is_left_out, shown
from pipelines.answers.verify.numbers import DateMention, Quantity, dates_in
from pipelines.answers.verify.reading import Reading, read
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment
from pipelines.terms import concepts

_AGAIN = re.compile(r",? ?\(?(?:was|were|from|to|previously|prior|-+>|\u2192)? ?")
_SEPARATE = " ; "
MEASURED = frozenset({"lab", "vital", "observation"})
NAMED = MEASURED | {"medication", "condition", "allergy", "procedure", "immunization", "device"}
NAMED |= {"order", "goal", "bill"}


class Item:
    """One item as the judge sees it, read when first looked at.

    A count may cite thousands of records of which only the facts matter, so nothing is read
    before it is needed.
    """

    def __init__(self, evidence: Evidence, known_units: frozenset[str]) -> None:
        self.evidence = evidence
        self._known = known_units

    @property
    def fact(self) -> Fact | None:
        """The fact behind the item, None for a passage of a note."""
        return self.evidence.fact

    @property
    def is_measured(self) -> bool:
        """Whether the item is a result: a thing with a value at a time."""
        return self.fact is not None and self.fact.kind in MEASURED

    @property
    def has_a_name(self) -> bool:
        """Whether a sentence must name the item's thing: all but notes, visits and the patient."""
        return self.fact is not None and self.fact.kind in NAMED

    @cached_property
    def reading(self) -> Reading:
        """The line and, of a passage, its own text."""
        made = read(_text(self.evidence), self._known)
        return made if self.evidence.passage is None else _with_units(made)

    @cached_property
    def words(self) -> Reading:
        """A passage's own text without its title; of a fact the line."""
        passage = self.evidence.passage
        return self.reading if passage is None else _with_units(read(passage.text, self._known))

    @cached_property
    def names(self) -> frozenset[str]:
        """Every term that the item carries, in words or by its flag and status."""
        said = self.reading.names | _things(self.evidence, self._known) | _words(self.evidence)
        return said | {self.evidence.kind} | _implied(self.fact)

    @cached_property
    def thing(self) -> frozenset[str]:
        """What a fact is about, or the title of a note."""
        return _things(self.evidence, self._known)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The numbers of the text and of the fact."""
        return (*self.reading.quantities, *_fact_quantities(self.fact, self._known))

    @cached_property
    def dates(self) -> tuple[DateMention, ...]:
        """The dates of the text and of the fact."""
        return (*self.reading.dates, *_fact_dates(self.evidence))


@dataclass(frozen=True, slots=True)
class Case:
    """All items of an answer by number, and the units that any of them uses."""

    items: dict[int, Item]
    known_units: frozenset[str]
    as_of: Moment | None = None
    is_whole: bool = True
    has_latest: bool = True
    has_first: bool = True
    owners: dict[str, set[str]] = field(default_factory=dict, compare=False, repr=False)

    def others_name(self, item: Item) -> frozenset[str]:
        """Names of the things that items other than this one are about."""
        if not self.owners:
            for other in self.items.values():
                for name in other.thing:
                    self.owners.setdefault(name, set()).add(other.evidence.resource)
        mine = {item.evidence.resource}
        return frozenset(n for n, held in self.owners.items() if held - mine) - item.names


def case_of(evidence: EvidenceSet) -> Case:
    """The items of the set by number."""
    used = {
        "".join(item.fact.unit.lower().split())
        for item in evidence.items
        if item.fact is not None and item.fact.unit
    }
    known = frozenset(used) | frozenset(units().canonical)
    return Case(
        {item.number: Item(item, known) for item in evidence.items},
        known,
        evidence.as_of,
        evidence.is_whole,
        evidence.is_whole or evidence.has_latest,
        evidence.is_whole or evidence.has_first,
    )


def _things(evidence: Evidence, known: frozenset[str]) -> frozenset[str]:
    return read(_SEPARATE.join(_thing_texts(evidence)), known).names


def _words(evidence: Evidence) -> frozenset[str]:
    """Each word and pair of a name by itself: `systolic blood pressure` is also one thing."""
    name = evidence.fact.display.split() if evidence.fact is not None else []
    stretches = [*name, *(" ".join(pair) for pair in pairwise(name))]
    return frozenset().union(*(read(one, frozenset()).names for one in stretches))


def _text(evidence: Evidence) -> str:
    hidden = evidence.passage is None or is_left_out(evidence)
    own = "" if hidden else evidence.text
    line = shown(evidence)
    return line if own in line else f"{line}\n{own}"


def _thing_texts(evidence: Evidence) -> Iterable[str]:
    if evidence.fact is not None:
        yield evidence.fact.display
        concept = concepts.load().by_key.get(evidence.fact.concept or "")
        if concept is not None:
            yield from (concept.title, *concept.names)
    yield evidence.title


def _implied(fact: Fact | None) -> frozenset[str]:
    """Words that a flag or status says without writing them."""
    if fact is None:
        return frozenset()
    flags = {"H": "high", "HH": "high", "L": "low", "LL": "low", "A": "abnormal"}
    said = {flags[fact.flag]} if fact.flag in flags else set()
    return frozenset(said | ({fact.status} if fact.status else set()))


def _fact_quantities(fact: Fact | None, known: frozenset[str]) -> tuple[Quantity, ...]:
    if fact is None:
        return ()
    found: list[Quantity] = []
    unit = "".join(fact.unit.lower().split()) if fact.unit else None
    comparator = {"≤": "<=", "≥": ">="}.get(fact.comparator or "", fact.comparator or "")
    if fact.value is not None:
        found.append(Quantity(Decimal(str(fact.value)), comparator, None, unit, 0, 0))
    for quantity in read(fact.value_text or "", known).quantities:
        found.append(_with_unit(quantity, unit))
        if comparator and not quantity.comparator:
            found.pop()  # the bare number of `<0.5` is not the result
    return tuple(found)


def _with_unit(quantity: Quantity, unit: str | None) -> Quantity:
    return Quantity(
        quantity.value, quantity.comparator, quantity.second, quantity.unit or unit, 0, 0
    )


def _with_units(reading: Reading) -> Reading:
    """A bare number right behind one with a unit, no word of its own between, has that unit."""
    found: list[Quantity] = []
    for stated in reading.quantities:
        quantity, last = stated, found[-1] if found else None
        if last is not None and last.unit and stated.unit is None:
            between = reading.low[last.end : stated.start]
            if _AGAIN.fullmatch(between):
                quantity = replace(stated, unit=last.unit)
        found.append(quantity)
    return replace(reading, quantities=tuple(found))


def _fact_dates(evidence: Evidence) -> tuple[DateMention, ...]:
    written = [evidence.date or ""]
    if evidence.fact is not None and evidence.fact.when is not None:
        written.append(evidence.fact.when.written)
    if evidence.passage is not None and evidence.passage.when is not None:
        written.append(evidence.passage.when.written)
    return tuple(mention for text in dict.fromkeys(written) for mention in dates_in(text.lower()))


def compound_holds(name: str, item: Item) -> bool:
    """Whether the value and flag of an item show what a word like `hyperkalemia` says."""
    parts = language().compounds.get(name)
    return parts is not None and parts[0] in item.names and parts[1] in _implied(item.fact)
