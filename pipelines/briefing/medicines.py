"""Medications: what was not given, infused, changed, started, stopped or held, then what is active.

Orders and statements carry their own beginning and end. A chart of administrations alone (ICU
records) has neither: there a drug given for the first time in the window is "first given", and
one whose last entry is a dose of zero is "stopped". Nothing is called stopped because it was not
given for a while. A drug has one line: an order that replaces another of the same drug is a change
of dose, and an infusion is told by its rates (`infusions`), not by its order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta

from pipelines.briefing import doses as dose_lines
from pipelines.briefing import wording
from pipelines.briefing.infusions import infusions
from pipelines.briefing.line import Line, Part, part
from pipelines.briefing.rates import is_rate
from pipelines.briefing.transfusions import transfusions
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
ACTIVE_IN_A_LINE = 5
REPLACED_WITHIN = timedelta(hours=24)
"""An order of the same drug that ended so shortly before or after a new one began was replaced."""
BEGUN = ("Started", "Changed")
GIVEN = ("administration", "dispense")
NO_END = "; status stopped, no end recorded"
_OF_ITS_BEGINNING = re.compile(
    r"\b(?:until|through|thru|till|before|after|since|from|to|recorded|started)\b", re.IGNORECASE
)
_OF_ANOTHER_DAY = re.compile(
    rf"{_OF_ITS_BEGINNING.pattern}|\b(?:stopped|held|hold)\b", re.IGNORECASE
)
_STRENGTH = re.compile(r"\s*\d.*$")

Named = tuple[Medication, Line]


def medicines(chart: Chart, window: Window, stay_start: datetime | None = None) -> Part:
    """The section: changes first, then what was given, then how many are active and which."""
    everything = medications.medications(chart)
    orders = [m for m in everything if m.form in ORDERS and m.status not in NEVER_BEGUN]
    given = [m for m in everything if m.form == "administration" and m.status not in NEVER_BEGUN]
    missed = dose_lines.not_given(everything, window, stay_start)
    running = infusions(given, window, stay_start) if orders else []
    infused = {_drug(medication) for medication, _line_of in running}
    plain = [order for order in orders if _drug(order) not in infused]
    changed = _changed_orders(plain, given, window)
    ordered = {_drug(m) for m in orders}
    loose = [m for m in given if _drug(m) not in ordered | infused]
    doses = _doses(loose, window, alone=not orders)
    named = [*running, *changed, *doses]
    above = {_drug(m) for m, _line_of in (*running, *doses)}
    # An order that ended hides no other order of the same drug that goes on.
    above |= {m.fact.resource for m, _line_of in changed}
    active = _active(medications.active(chart), above, given, window)
    lines = [line for _medication, line in [*missed, *named]]
    changes = [line for line in lines if line.urgency == CHANGED]
    others = [line for line in lines if line.urgency != CHANGED]
    blood = transfusions(given, window, stay_start)
    rest = _rest(changes[CHANGES_LISTED:])
    told = [*changes[:CHANGES_LISTED], *rest, *blood, *others, *active]
    return part(NAME, told, bool(everything))


def _rest(lines: Sequence[Line]) -> list[Line]:
    """How many older changes are not listed, with all of them behind it."""
    facts = tuple(dict.fromkeys(line.facts[0] for line in lines))
    if not facts:
        return []
    noun = "medication" if len(facts) == 1 else "medications"
    text = f"{len(facts)} more {noun} started, stopped or on hold"
    return [Line(text, facts, Computation("count", len(facts)), urgency=KNOWN)]


def _changed_orders(
    orders: Sequence[Medication], given: Sequence[Medication], window: Window
) -> list[Named]:
    """Newest change first; what was replaced by another order of the drug stands with that one."""
    begun = [order for order in orders if _is_begun(order, window)]
    replaced = {id(old): new for new in begun for old in orders if _replaces(new, old)}
    found: list[tuple[Moment | None, Medication, Line]] = []
    for order in orders:
        ended = window.start is not None and window.holds(order.end) and order.status != HELD
        olds = [old for old in orders if replaced.get(id(old)) is order]
        if order.status == HELD:
            found.append((order.start, order, _held(order)))
        elif order in begun:
            line = _begun(order, olds, ended=ended)
            clauses = (*line.clauses, *dose_lines.told(dose_lines.given_of(order, given, window)))
            found.append((order.start, order, replace(line, clauses=clauses)))
        elif ended and id(order) not in replaced:
            found.append((order.end, order, _ended(order)))
    found.sort(key=lambda item: item[0].instant if item[0] else window.end.instant, reverse=True)
    return [(order, line) for _moment, order, line in found]


def _is_begun(order: Medication, window: Window) -> bool:
    return window.start is not None and window.holds(order.start) and order.status != HELD


def _replaces(new: Medication, old: Medication) -> bool:
    """Whether one order took the place of another of the same drug, with another dose."""
    if new is old or new.start is None or old.end is None or old.start is None:
        return False
    near = abs(new.start.instant - old.end.instant) <= REPLACED_WITHIN
    return near and old.start < new.start and _stem(new) == _stem(old)


def _begun(order: Medication, olds: Sequence[Medication], *, ended: bool) -> Line:
    """A new order, with the one it replaced, or with its end where that is in the window too."""
    if not olds:
        line = _line("Started", order, order.start)
        if not ended:
            is_over = order.status == "stopped" and order.end is None
            return replace(line, text=f"{line.text}{NO_END}") if is_over else line
        end = wording.clock_after(order.end, order.start)
        return replace(line, text=f"{line.text}, ended {end}{_why(order)}")
    line = _line("Changed", order, order.start)
    until = [
        Line(f"before {_name(old)}{_dose(old)}, until {wording.clock(old.end)}", (old.fact,))
        for old in olds
    ]
    return replace(line, clauses=tuple(until))


def _ended(order: Medication) -> Line:
    word = "Stopped" if order.status == "stopped" else "Ended"
    line = _line(word, order, order.end)
    return replace(line, text=f"{line.text}{_why(order)}")


def _held(order: Medication) -> Line:
    line = _line("On hold", order, order.start, "ordered ")
    end = "" if order.end else ", without an end"
    return replace(line, text=f"{line.text}{_why(order)}{end}")


def _why(order: Medication) -> str:
    reason = order.detail.status_reason if order.detail else None
    return f" ({wording.plain(reason)})" if reason else ""


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
            found.append((here[-1], _dose_line(here, window, begun=begun)))
    found.sort(key=lambda item: item[0].start or window.end, reverse=True)
    changed = [item for item in found if item[1].urgency == CHANGED]
    others = [item for item in found if item[1].urgency != CHANGED]
    return changed + others[:GIVEN_LISTED]


def _dose_line(doses: Sequence[Medication], window: Window, *, begun: bool) -> Line:
    last = doses[-1]
    if last.dose_value == 0 or last.status == "stopped":
        is_done = last.status == "completed"
        word, before = ("Ended", "completed ") if is_done else ("Stopped", "")
        return _line(word, last, last.start, before)
    rates = infusions(doses, window, None) if len(doses) > 1 and is_rate(last) else []
    clauses = rates[0][1].clauses if rates else ()
    if begun:
        return replace(_line("First given", doses[0], doses[0].start), clauses=_now(doses))
    if len(doses) == 1:
        return replace(_line("Given", last, last.start), urgency=KNOWN)
    facts = tuple(dose.fact for dose in reversed(doses))
    text = f"Given {len(doses)} times: {_name(last)}"
    clauses = (*_now(doses), *clauses)
    return Line(text, facts, Computation("count", len(doses)), urgency=KNOWN, clauses=clauses)


def _now(doses: Sequence[Medication]) -> tuple[Line, ...]:
    """The last of several doses of a drug that was begun in the window."""
    if len(doses) == 1:
        return ()
    last = doses[-1]
    return (Line(f"last{_dose(last).removeprefix(',')} {wording.clock(last.start)}", (last.fact,)),)


def _active(
    active: Sequence[Medication], above: Set[str], given: Sequence[Medication], window: Window
) -> list[Line]:
    """How many are active, then each that no line above has named, several on a line."""
    if not active:
        return []
    newest = {_drug(medication): medication for medication in active}
    facts = tuple(medication.fact for medication in reversed(newest.values()))
    text = f"{len(facts)} {_counted(tuple(newest.values()))} of this window"
    rest = [
        m for drug, m in reversed(newest.items()) if not above & {drug, m.fact.resource}
    ][:ACTIVE_LISTED]  # fmt: skip
    used = [m for m in rest if dose_lines.is_as_needed(m)
            and dose_lines.given_of(m, given, window)]  # fmt: skip
    lines = [_used(order, given, window) for order in used]
    pieces = [_piece(order, given, window) for order in rest if order not in used]
    starts = range(0, len(pieces), ACTIVE_IN_A_LINE)
    lines += [_together(pieces[at : at + ACTIVE_IN_A_LINE]) for at in starts]
    return [Line(text, facts, Computation("count", len(facts)), urgency=KNOWN), *lines]


def _counted(newest: Sequence[Medication]) -> str:
    """What is counted: a chart without orders shows what was given, not what is to go on."""
    plural = "" if len(newest) == 1 else "s"
    given = [one for one in newest if one.form in GIVEN]
    if not given:
        return f"active medication{plural} at the end"
    how = "given" if len(given) == len(newest) else "ordered or given"
    return f"medication{plural} {how} by the end"


def _used(order: Medication, given: Sequence[Medication], window: Window) -> Line:
    line = _line("As needed", order, None)
    clauses = dose_lines.told(dose_lines.given_of(order, given, window), used=True)
    return replace(line, urgency=KNOWN, clauses=clauses)


def _piece(order: Medication, given: Sequence[Medication], window: Window) -> tuple[Line, ...]:
    """An active order and, where it is recorded, the last dose given on it in the window."""
    line = _line("Active", order, order.start, "since ")
    return (line, *dose_lines.told(dose_lines.given_of(order, given, window)[-1:]))


def _together(pieces: Sequence[tuple[Line, ...]]) -> Line:
    first, *rest = [line for piece in pieces for line in piece]
    clauses = tuple(replace(line, text=line.text.removeprefix("Active: ")) for line in rest)
    return replace(first, urgency=BACKGROUND, clauses=clauses)


def _line(word: str, medication: Medication, moment: Moment | None, before: str = "") -> Line:
    dose = _dose(medication)
    # Right behind "until …", "before" or "not recorded" a date would read as the day of that.
    other = _OF_ANOTHER_DAY if word in BEGUN else _OF_ITS_BEGINNING
    apart = "; from " if word in BEGUN else "; on "
    joint = apart if other.search(dose) and not before else ", "
    when = f"{joint}{before}{wording.clock(moment)}" if moment else ""
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


def _stem(medication: Medication) -> str:
    """The drug's name without its strength: orders of two strengths are of one drug."""
    return _STRENGTH.sub("", medication.name.lower()).strip() or medication.name.lower()
