"""In which unit each result of a trend is drawn, and the words that state it.

Without a reader's wish nothing is converted: spellings of one unit share the newest result's
spelling, and other units stay apart. With one, what may be converted is, range and all, and the
note says how; what may not stays in its own unit, and the note says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines.records.facts import Fact, ReferenceRange
from pipelines.records.trends import ShownAs, UnitNote
from pipelines.terms import conversions, units
from pipelines.terms.conversions import Conversion


def other_units(unit: str | None, concept: str | None) -> tuple[str, ...]:
    """The units that results of this kind may be shown in besides their own."""
    return conversions.targets(unit, concept)


def drawn_units(
    facts: Sequence[Fact], wishes: Mapping[str, str]
) -> tuple[tuple[ShownAs, ...], tuple[UnitNote, ...]]:
    """What is drawn otherwise than recorded, and a note for each unit that a wish met."""
    spelled = {_series(fact): fact.unit for fact in facts if fact.value is not None}
    shown: list[ShownAs] = []
    notes: dict[tuple[str, str | None], UnitNote] = {}
    for fact in facts:
        if fact.value is None:
            continue
        wish = wishes.get(fact.code_key or "")
        spelling = spelled[_series(fact)]
        how = None
        if wish is not None and units.same(fact.unit, wish):
            spelling = wish
        elif wish is not None:
            how = conversions.conversion(fact.unit, wish, fact.concept)
            notes[fact.code_key or "", spelling] = _note(fact, spelling, wish, how)
        if how is not None:
            shown.append(_converted(fact, how))
        elif spelling != fact.unit:
            shown.append(
                ShownAs(fact.resource, fact.part, fact.value, spelling, fact.reference_range)
            )
    return tuple(shown), tuple(notes.values())


def _series(fact: Fact) -> tuple[str, str]:
    return fact.code_key or fact.display, (units.canonical(fact.unit) or "").lower()


def _note(fact: Fact, unit: str | None, wish: str, how: Conversion | None) -> UnitNote:
    key = fact.code_key or ""
    if how is not None:
        return UnitNote(key, unit, wish, True, f"converted: {how.said}")
    why = conversions.why_not(fact.unit)
    return UnitNote(key, unit, wish, False, f"not converted to {wish}: {why}")


def _converted(fact: Fact, how: Conversion) -> ShownAs:
    value = how.apply(fact.value or 0.0)
    given = fact.reference_range
    turned = None
    if given is not None and (given.low is not None or given.high is not None):
        low = None if given.low is None else how.apply(given.low)
        high = None if given.high is None else how.apply(given.high)
        turned = ReferenceRange(low, high)
    return ShownAs(fact.resource, fact.part, value, how.to_unit, turned)
