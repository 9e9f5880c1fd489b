"""Doses of the window: those that were not given and why, as-needed doses, how often and when last.

A dose counts for the order that it names; without one, for its drug. "Not given" is only what the
record itself says was not done, with its reason: a dose that is merely missing from the record is
never called missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from pipelines.briefing import wording
from pipelines.briefing.line import Line
from pipelines.briefing.window import Window
from pipelines.records.answers import Computation
from pipelines.records.facts import Medication

NOT_DONE = ("not-done", "on-hold")
CHANGED, KNOWN = 1, 5
REASONS_LISTED = 3
UNITS = {"iU": "units", "USP'U": "units", "unit": "unit", "units": "units"}


def not_given(
    everything: Iterable[Medication], window: Window, stay_start: datetime | None
) -> list[tuple[Medication, Line]]:
    """A line for each drug of which the record says that a dose of the window was not given."""
    drugs: dict[str, list[Medication]] = defaultdict(list)
    for dose in everything:
        if dose.form == "administration" and dose.status in NOT_DONE and dose.start:
            drugs[dose.fact.code_key or dose.name].append(dose)
    found = []
    for doses in drugs.values():
        here = [dose for dose in doses if window.holds(dose.start)]
        if here and window.start is not None:
            since = stay_start or window.start
            stay = [dose for dose in doses if dose.start and dose.start.instant >= since]
            found.append((here[-1], _missed(here, stay)))
    return sorted(found, key=lambda item: item[0].start or window.end, reverse=True)


def given_of(
    order: Medication, given: Iterable[Medication], window: Window
) -> tuple[Medication, ...]:
    """The doses of the window that were given on this order, in time order."""
    return tuple(
        dose for dose in given if dose.based_on == order.fact.resource and window.holds(dose.start)
    )


def told(doses: Sequence[Medication], *, used: bool = False) -> tuple[Line, ...]:
    """“given 3 times, last …” of an order's doses; nothing where there are none."""
    if not doses:
        return ()
    last = doses[-1]
    amount = _amount(last)
    word = "used" if used else "given"
    if len(doses) == 1:
        return (Line(f"{word} {amount}{wording.clock(last.start)}", (last.fact,)),)
    facts = tuple(dose.fact for dose in reversed(doses))
    times = Line(f"{word} {len(doses)} times", facts, Computation("count", len(doses)))
    return (times, Line(f"last {amount}{wording.clock(last.start)}", (last.fact,)))


def is_as_needed(order: Medication) -> bool:
    """Whether the order is for when it is needed."""
    return any(dosage.is_as_needed for dosage in order.dosages)


def _missed(here: Sequence[Medication], stay: Sequence[Medication]) -> Line:
    last = here[-1]
    clauses = [
        Line(f"also {wording.clock(dose.start)}{_why(dose)}", (dose.fact,))
        for dose in list(reversed(here))[1:REASONS_LISTED]
    ]
    if len(stay) > 1:
        facts = tuple(dose.fact for dose in reversed(stay))
        text = f"{len(stay)} doses not given in this stay"
        clauses.append(Line(text, facts, Computation("count", len(stay))))
    text = f"Not given: {wording.plain(last.name)}, {wording.clock(last.start)}{_why(last)}"
    return Line(text, (last.fact,), urgency=CHANGED, clauses=tuple(clauses))


def _why(dose: Medication) -> str:
    reason = dose.detail.status_reason if dose.detail else None
    return f" ({wording.plain(reason)})" if reason else " (no reason recorded)"


def _amount(dose: Medication) -> str:
    if dose.dose_value is None:
        return ""
    unit = wording.UNIT_WORDS.get(dose.dose_unit or "", wording.plain(dose.dose_unit or ""))
    unit = UNITS.get(unit.strip("{}[]()"), unit.strip("{}"))
    return f"{f'{dose.dose_value:g} {unit}'.rstrip()}, "
