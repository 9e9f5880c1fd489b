"""Medications: what was started, stopped or held in the window, then what is active.

Orders and statements carry their own beginning and end. A chart of administrations alone (ICU
records) has neither: there a drug given for the first time in the window is "first given", and
one whose last entry is a dose of zero is "stopped". Nothing is called stopped because it was not
given for a while.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipelines.briefing import wording
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.window import Window
from pipelines.charts import medications
from pipelines.records.answers import Computation
from pipelines.records.chart import Chart
from pipelines.records.facts import Medication
from pipelines.records.moments import Moment

NAME = "Medications"
ORDERS = ("request", "statement")
NEVER_BEGUN = ("cancelled", "draft", "not-taken", "intended", "not-done")
HELD = "on-hold"
CHANGED, KNOWN, BACKGROUND = 1, 5, 9
CHANGES_LISTED = 15
GIVEN_LISTED = 12
ACTIVE_LISTED = 25


def medicines(chart: Chart, window: Window) -> Part:
    """The section: changes first, then what was given, then how many are active and which."""
    everything = medications.medications(chart)
    orders = [m for m in everything if m.form in ORDERS and m.status not in NEVER_BEGUN]
    given = [m for m in everything if m.form == "administration" and m.status not in NEVER_BEGUN]
    changed = _changed_orders(orders, window)
    ordered = {_drug(m) for m in orders}
    doses = _doses([m for m in given if _drug(m) not in ordered], window, alone=not orders)
    active = _active(medications.active(chart), [*changed, *doses])
    lines = [line for _medication, line in [*changed, *doses]]
    changes = [line for line in lines if line.urgency == CHANGED]
    others = [line for line in lines if line.urgency != CHANGED]
    told = [*changes[:CHANGES_LISTED], *_rest(changes[CHANGES_LISTED:]), *others, *active]
    return part(NAME, told, bool(everything))


def _rest(lines: Sequence[Line]) -> list[Line]:
    """How many older changes are not listed, with all of them behind it."""
    facts = tuple(dict.fromkeys(line.facts[0] for line in lines))
    if not facts:
        return []
    noun = "medication" if len(facts) == 1 else "medications"
    text = f"{len(facts)} more {noun} started, stopped or on hold"
    return [Line(text, facts, Computation("count", len(facts)), urgency=KNOWN)]


Named = tuple[Medication, Line]


def _changed_orders(orders: Iterable[Medication], window: Window) -> list[Named]:
    """Newest change first; an order both begun and ended in the window has both lines."""
    found: list[tuple[Moment | None, Medication, Line]] = []
    for order in orders:
        if window.start is not None and window.holds(order.start) and order.status != HELD:
            found.append((order.start, order, _line("Started", order, order.start)))
        if window.start is not None and window.holds(order.end) and order.status != HELD:
            word = "Stopped" if order.status == "stopped" else "Ended"
            found.append((order.end, order, _line(word, order, order.end)))
        if order.status == HELD:
            found.append((order.start, order, _line("On hold", order, order.start, "ordered ")))
    found.sort(key=lambda item: item[0].instant if item[0] else window.end.instant, reverse=True)
    return [(order, line) for _moment, order, line in found]


def _doses(given: Sequence[Medication], window: Window, *, alone: bool) -> list[Named]:
    """Drugs given in the window that no order stands behind, a line each."""
    drugs: dict[str, list[Medication]] = defaultdict(list)
    for dose in given:
        if dose.start is not None:
            drugs[_drug(dose)].append(dose)
    found = []
    for doses in drugs.values():
        here = [dose for dose in doses if window.holds(dose.start)]
        if here:
            begun = alone and window.start is not None and len(here) == len(doses)
            found.append((here[-1], _dose_line(here, begun=begun)))
    found.sort(key=lambda item: item[0].start or window.end, reverse=True)
    changed = [item for item in found if item[1].urgency == CHANGED]
    others = [item for item in found if item[1].urgency != CHANGED]
    return changed + others[:GIVEN_LISTED]


def _dose_line(doses: Sequence[Medication], *, begun: bool) -> Line:
    last = doses[-1]
    if last.dose_value == 0 or last.status == "stopped":
        return _line("Stopped", last, last.start)
    if begun:
        return _line("First given", doses[0], doses[0].start)
    if len(doses) == 1:
        return replace(_line("Given", last, last.start), urgency=KNOWN)
    facts = tuple(dose.fact for dose in reversed(doses))
    text = f"Given {len(doses)} times: {_name(last)}, last {wording.clock(last.start)}"
    return Line(text, facts, Computation("count", len(doses)), urgency=KNOWN)


def _active(active: Sequence[Medication], told: Iterable[Named]) -> list[Line]:
    """How many are active, then each that no line above has named."""
    if not active:
        return []
    newest = {_drug(medication): medication for medication in active}
    facts = tuple(medication.fact for medication in reversed(newest.values()))
    noun = "medication" if len(facts) == 1 else "medications"
    text = f"{len(facts)} active {noun} at the end of this window"
    above = {_drug(medication) for medication, _line_above in told}
    rest = [m for drug, m in reversed(newest.items()) if drug not in above]
    each = [
        replace(_line("Active", m, m.start, "since "), urgency=BACKGROUND)
        for m in rest[:ACTIVE_LISTED]
    ]
    return [Line(text, facts, Computation("count", len(facts)), urgency=KNOWN), *each]


def _line(word: str, medication: Medication, moment: Moment | None, before: str = "") -> Line:
    dose = _dose(medication)
    when = f", {before}{wording.clock(moment)}" if moment else ""
    return Line(f"{word}: {_name(medication)}{dose}{when}", (medication.fact,), urgency=CHANGED)


def _dose(medication: Medication) -> str:
    if medication.dose_text:
        text = wording.plain(medication.dose_text)
        return "" if text.lower() in _name(medication).lower() else f", {text}"
    if medication.dose_value is None:
        return ""
    return f", {medication.dose_value:g} {medication.dose_unit or ''}".rstrip()


def _name(medication: Medication) -> str:
    return wording.plain(medication.name)


def _drug(medication: Medication) -> str:
    return medication.fact.code_key or medication.name
