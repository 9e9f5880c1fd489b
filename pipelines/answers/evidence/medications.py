"""Evidence about medications: orders, doses given, what is active and what is not any more.

A line says what the record says: status, dose, begin and end as they stand there. "Active" is
decided by `charts.medications`, nowhere here. A drug that is not active, or a dose that was not
given, goes under a kind of its own with the record's reason, so that a "no" cites it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pipelines.answers.evidence.items import item
from pipelines.answers.evidence.leaves import by_pick, dated, leaf, reason
from pipelines.answers.evidence.stays import chosen, in_window, since, within_stay
from pipelines.answers.medication_words import medication_line
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.against import against
from pipelines.charts.encounters import encounters
from pipelines.charts.home_medications import home_entry
from pipelines.charts.medications import active, medications, planned_start
from pipelines.charts.problems import conditions
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Medication
from pipelines.records.moments import Moment

STATED_MEDICATION = "stated medication"
PAST_MEDICATION = "past medication"
ORDERS = ("request", "statement")
_INFUSION = re.compile(r"\b(?:infusions?|drips?|gtt)\b")
_PER_TIME = re.compile(r"/\s*(?:h|hr|hour|min|d)\b")
_PAST = re.compile(
    r"\b(?:was|were|did|got|ever|received|had|given)\b(?!.*\b(?:now|currently|today)\b)"
)
NOT_GIVEN = frozenset({"not-done", "cancelled", "entered-in-error", "draft"})


def medication_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The entries that the question means, the deciding one first."""
    other = _OTHERS.get(question.attribute or "") or _OTHERS.get(question.ask)
    if other is not None:
        return other(chart, question)
    wants_active = question.ask == "list" and not question.names and not _scoped(question)
    wants_active = wants_active and not _was_given(question)
    now = question.every and question.unit != "timed"
    if now and question.ask in ("list", "exists", "count", "dose"):
        wants_active = True
    found = _own(active(chart) if wants_active else medications(chart), question)
    if question.names:
        found = _infusions(tuple(m for m in found if m.name in question.names), question)
    refused = tuple(m for m in found if m.status == "not-done")
    found = tuple(m for m in found if m.status not in NOT_GIVEN)
    found = _in_scope(chart, question, _by_form(found, question))
    found = _without(chart, question, found)
    distinct = question.ask == "count" and question.group == "name"
    if distinct or question.ask in ("list", "started", "stopped"):
        if question.picks:
            found = by_pick(tuple(m for m in found if m.start is not None), question)
        found = tuple({m.name: m for m in found}.values())
    found = _a_day_each(found) if question.group == "day" else found
    if not found and question.names and question.ask == "exists":
        if wants_active:
            return _no_longer(chart, question)
        return _not_given(chart, _in_scope(chart, question, refused))
    return [_medication_item(chart, m, question) for m in _ordered(found, question)]


def _was_given(question: ChartQuestion) -> bool:
    """ "Which drugs were given": all that ever were, not those that run now."""
    return question.attribute == "given" and _PAST.search(question.text) is not None


def _own(found: tuple[Medication, ...], question: ChartQuestion) -> tuple[Medication, ...]:
    """Cut to the very entries that the words of the question chose, where they did."""
    if not question.records:
        return found
    return tuple(m for m in found if m.fact.resource in question.records)


def _given_for(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Orders with what the record says they are for, the newest first, each reason once."""
    found = _own(active(chart) if question.every else medications(chart), question)
    found = tuple(m for m in found if m.name in question.names and m.status not in NOT_GIVEN)
    problems = {c.fact.resource: c.fact.display for c in conditions(chart)}
    once: dict[tuple[str, str], Evidence] = {}
    for entry in reversed(_in_scope(chart, question, found)):
        refers = entry.detail.reason_references if entry.detail is not None else ()
        said = (entry.reason, *(problems.get(one) for one in refers))
        for reason_said in dict.fromkeys(one for one in said if one):
            line = medication_line(replace(entry, reason=reason_said))
            fact = replace(entry.fact, value_text=reason_said)
            once.setdefault((entry.name, reason_said), item(fact, line))
    return list(once.values())


def _a_day_each(found: tuple[Medication, ...]) -> tuple[Medication, ...]:
    """One entry of each day that has any."""
    return tuple({m.start.day: m for m in found if m.start is not None}.values())


def _without(
    chart: Chart, question: ChartQuestion, found: tuple[Medication, ...]
) -> tuple[Medication, ...]:
    """The entries whose drug has none in the other stretch that the question sets them against."""
    if question.against is None:
        return found
    other = against(question)
    every = tuple(m for m in medications(chart) if m.status not in NOT_GIVEN)
    names = {m.name for m in _in_scope(chart, other, _by_form(every, other))}
    return tuple(m for m in found if m.name not in names)


def _held(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Doses that were not given, and the last order: its status says whether it is on hold now.

    Why a dose was not given stands in its line; that it was held, and not refused, is not said.
    """
    own = tuple(m for m in _own(medications(chart), question) if m.name in question.names)
    missed = tuple(m for m in own if m.form == "administration" and m.status == "not-done")
    doses = [_past_item(chart, m) for m in _in_scope(chart, question, missed)]
    if question.ask == "count":
        return [replace(i, kind="medication") for i in doses]
    if doses and not question.every:
        return [replace(i, kind=STATED_MEDICATION) for i in doses]
    orders = tuple(m for m in own if m.form in ("request", "statement"))
    on_hold = tuple(m for m in orders if m.status == "on-hold")
    items = [_past_item(chart, m) for m in on_hold[-1:] or orders[-1:]]
    return [replace(i, kind="medication") for i in items] if on_hold else items


def _home(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The entry for home, never a dose that a ward gave."""
    entry = home_entry(chart, question.names)
    return [_medication_item(chart, entry, question)] if entry is not None else []


def _on_hold(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Every order whose own status is on hold, with its reason."""
    orders = tuple(m for m in medications(chart) if m.status == "on-hold")
    if question.names:
        orders = tuple(m for m in orders if m.name in question.names)
    return [replace(_past_item(chart, m), kind="medication") for m in orders]


def _ordered_by(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Orders that name who wrote them, the newest first, each drug and prescriber once."""
    every = _own(medications(chart), question)
    orders = [m for m in every if m.name in question.names and m.form in ORDERS]
    orders = [m for m in orders if m.prescriber]
    orders = list(_in_scope(chart, question, tuple(orders)))[::-1]
    once = {(m.name, m.prescriber): m for m in reversed(orders)}
    items = []
    for entry in reversed(once.values()):
        fact = leaf(chart, entry.fact, entry.prescriber or "")
        line = f"{medication_line(entry).rstrip('.')}; ordered by {entry.prescriber}."
        items.append(item(replace(fact, value_text=entry.prescriber), line))
    return items


def _infusions(found: tuple[Medication, ...], question: ChartQuestion) -> tuple[Medication, ...]:
    """The entries that run by the hour, where an infusion is asked for and there are such."""
    if _INFUSION.search(question.text) is None:
        return found
    own = tuple(m for m in found if _PER_TIME.search((m.dose_unit or "").lower()))
    return own or found


def has_doses(chart: Chart, question: ChartQuestion) -> bool:
    """Whether the chart keeps doses of the drugs that are named, given or not."""
    return any(m.form == "administration" and m.name in question.names for m in medications(chart))


def _no_longer(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The last entry of a drug that is not active: its status, reason and dates say so."""
    running = tuple(m for m in active(chart) if m.name in question.names)
    if running:  # ordered, though no dose is running: neither yes nor no
        return [replace(_past_item(chart, m), kind=STATED_MEDICATION) for m in running]
    past = tuple(m for m in medications(chart) if m.name in question.names)
    orders = tuple(m for m in past if m.form in ("request", "statement")) or past
    return [_past_item(chart, m) for m in orders[-1:]]


def _not_given(chart: Chart, refused: tuple[Medication, ...]) -> list[Evidence]:
    """Doses that the record says were not given, the last one."""
    return [_past_item(chart, m) for m in refused[-1:]]


def _past_item(chart: Chart, entry: Medication) -> Evidence:
    later = planned_start(entry)
    entry = replace(entry, start=later) if later is not None else entry
    line = medication_line(entry, reason(chart, entry.fact), later=later is not None)
    return replace(item(entry.fact, line), kind=PAST_MEDICATION)


def _by_form(found: tuple[Medication, ...], question: ChartQuestion) -> tuple[Medication, ...]:
    """Given means an administration; started and stopped are said of orders, where there are any.

    A dose is an administration too, where there are any.
    An order is no proof that a drug was given. In a chart of administrations alone the first one
    of each drug is its start.
    """
    given = tuple(m for m in found if m.form == "administration")
    counted = question.ask == "count" and question.names and question.attribute != "ordered"
    if question.attribute == "stopped" and given and _INFUSION.search(question.text):
        return tuple(m for m in given if m.end is not None)
    if question.attribute == "given" or (given and (question.attribute == "dosed" or counted)):
        return given
    orders = tuple(m for m in found if m.form in ("request", "statement"))
    if question.ask == "when" and question.picks and not orders:
        return given  # "last vancomycin, when": where nothing but doses is kept, the last dose
    if question.ask == "stopped" or question.attribute == "stopped":
        return tuple(m for m in orders or given if m.end is not None)
    if question.ask in ("started", "when"):
        first: dict[str, Medication] = {}
        for entry in given:
            first.setdefault(entry.name, entry)
        return orders or tuple(first.values())
    return found


def _scoped(question: ChartQuestion) -> bool:
    return question.window is not None or question.stay is not None or bool(question.picks)


def _in_scope(
    chart: Chart, question: ChartQuestion, found: tuple[Medication, ...]
) -> tuple[Medication, ...]:
    if question.window is None and question.stay is None:
        return found
    every = encounters(chart)
    if question.stay is not None:
        stay = chosen(every, question.stay)
        found = tuple(m for m in found if stay and within_stay(m.fact, stay, every))
    if question.window is not None:
        window = since(every, question.window)
        at = "end" if question.ask == "stopped" else "start"
        found = tuple(m for m in found if window and in_window(getattr(m, at), window))
    return found


def _ordered(found: tuple[Medication, ...], question: ChartQuestion) -> tuple[Medication, ...]:
    """In time order; for one that is asked for, by the question's position."""
    if question.ask in ("dose", "extreme"):
        found = _without_ends(found)
    if question.ask not in ("when", "dose") or not found:
        return found
    if question.every and (question.ask == "when" or question.unit == "timed"):
        return found
    if question.attribute == "stopped":
        ended = tuple(m for m in found if m.end is not None)
        return ended[-1:]
    default = 0 if question.ask == "when" and question.attribute != "given" else -1
    position = question.picks[0].position if question.picks else default or 1
    index = position - 1 if position > 0 else position
    if question.ask == "when" and not question.picks and question.attribute in (None, "dosed"):
        running = tuple(m for m in found if m.status == "active" and m.form != "administration")
        found = running or found
    return (found[index],) if -len(found) <= index < len(found) else ()


def _without_ends(found: tuple[Medication, ...]) -> tuple[Medication, ...]:
    """The doses without the ends of infusions: "finished, 0 mg/hour" is no rate that was given."""
    given = tuple(m for m in found if m.dose_value != 0)
    return given or found


def _medication_item(chart: Chart, entry: Medication, question: ChartQuestion) -> Evidence:
    later = planned_start(entry) if question.names else None
    entry = replace(entry, start=later) if later is not None else entry
    fact = entry.fact
    if question.ask == "when":
        at: Moment | None = entry.end if question.attribute == "stopped" else entry.start
        fact = dated(chart, fact, at)
    if question.ask == "dose" and entry.dose_text:
        fact = leaf(chart, fact, entry.dose_text)
    if question.ask in ("total", "dose", "extreme"):
        fact = replace(fact, value=entry.dose_value, unit=entry.dose_unit)
    return item(fact, medication_line(entry, later=later is not None))


_OTHERS: dict[str, Callable[[Chart, ChartQuestion], list[Evidence]]] = {
    "held": _held,
    "on hold": _on_hold,
    "home": _home,
    "who": _ordered_by,
    "reason": _given_for,
}
