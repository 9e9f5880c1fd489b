"""Evidence about medications, problems, procedures and vaccines.

A line says what the record says: status, dose, begin and end as they stand there. "Active" is
decided by `charts.medications` and `charts.problems`, nowhere here. A drug that was refused by
nobody and named by nobody is not found; that is for the writer to say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from pipelines.answers.evidence_items import item
from pipelines.answers.evidence_stays import chosen, in_window, since, within_stay
from pipelines.answers.question import ChartQuestion
from pipelines.charts import sources
from pipelines.charts.encounters import encounters
from pipelines.charts.immunizations import immunizations
from pipelines.charts.medications import active, medications
from pipelines.charts.problems import active as active_problems
from pipelines.charts.problems import coded, conditions, is_social
from pipelines.charts.procedures import procedures
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Condition, Fact, Immunization, Medication, Procedure
from pipelines.records.moments import Moment

T = TypeVar("T")
PAST_PROBLEM = "past problem"
ENDED = frozenset({"resolved", "inactive", "remission"})
PAST_MEDICATION = "past medication"
FORMS = {
    "request": "ordered",
    "administration": "given",
    "statement": "reported",
    "dispense": "dispensed",
}
NOT_GIVEN = frozenset({"not-done", "cancelled", "entered-in-error", "draft"})
NOT_DONE = frozenset({"not-done", "preparation", "entered-in-error"})


def medication_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The entries that the question means, the deciding one first."""
    wants_active = question.ask == "list" and not question.names and not _scoped(question)
    if question.every and question.ask in ("list", "exists", "count", "dose"):
        wants_active = True
    found = active(chart) if wants_active else medications(chart)
    if question.names:
        found = tuple(m for m in found if m.name in question.names)
    found = tuple(m for m in found if m.status not in NOT_GIVEN)
    found = _in_scope(chart, question, _by_form(found, question))
    if question.ask in ("list", "started", "stopped"):
        if question.picks:
            found = _by_pick(tuple(m for m in found if m.start is not None), question)
        found = tuple({m.name: m for m in found}.values())
    if wants_active and not found and question.names and question.ask == "exists":
        return _no_longer(chart, question)
    return [_medication_item(chart, m, question) for m in _ordered(found, question)]


def _no_longer(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The last entry of a drug that is not active: its status and dates say so."""
    past = tuple(m for m in medications(chart) if m.name in question.names)
    orders = tuple(m for m in past if m.form in ("request", "statement")) or past
    return [replace(item(m.fact, medication_line(m)), kind=PAST_MEDICATION) for m in orders[-1:]]


def _by_form(found: tuple[Medication, ...], question: ChartQuestion) -> tuple[Medication, ...]:
    """Given means an administration; started and stopped are said of orders, where there are any.

    An order is no proof that a drug was given. In a chart of administrations alone the first one
    of each drug is its start.
    """
    given = tuple(m for m in found if m.form == "administration")
    if question.attribute == "given":
        return given
    orders = tuple(m for m in found if m.form in ("request", "statement"))
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
    if question.ask not in ("when", "dose") or not found:
        return found
    if question.attribute == "stopped":
        ended = tuple(m for m in found if m.end is not None)
        return ended[-1:]
    default = 0 if question.ask == "when" and question.attribute != "given" else -1
    position = question.picks[0].position if question.picks else default or 1
    index = position - 1 if position > 0 else position
    if question.ask == "when" and not question.picks and question.attribute is None:
        running = tuple(m for m in found if m.status == "active" and m.form != "administration")
        found = running or found
    return (found[index],) if -len(found) <= index < len(found) else ()


def _medication_item(chart: Chart, entry: Medication, question: ChartQuestion) -> Evidence:
    fact = entry.fact
    if question.ask == "when":
        at: Moment | None = entry.end if question.attribute == "stopped" else entry.start
        fact = _dated(chart, fact, at)
    if question.ask == "dose" and entry.dose_text:
        fact = _leaf(chart, fact, entry.dose_text)
    return item(fact, medication_line(entry))


def _dated(chart: Chart, fact: Fact, at: Moment | None) -> Fact:
    return _leaf(chart, replace(fact, when=at), at.written) if at is not None else fact


def _leaf(chart: Chart, fact: Fact, written: str) -> Fact:
    """The fact cited at the leaf that holds these words, where the record has one."""
    for path, value in sources.all_leaves(sources.raw(chart, fact.resource)):
        if value == written:
            return replace(fact, path=path, quote=value)
    return fact


def medication_line(entry: Medication) -> str:
    """Drug, dose, route, what was done, from when to when, as one sentence."""
    parts = [entry.name, entry.dose_text or _dose(entry), entry.route or ""]
    if entry.form == "administration":
        at = f"given {entry.start.clock}" if entry.start else "given"
        until = f"until {entry.end.clock}" if entry.end and entry.end != entry.start else ""
        parts += [f"{at} {until}".strip()]
    else:
        parts += [
            FORMS.get(entry.form, entry.form),
            f"status {entry.status}" if entry.status else "",
        ]
        parts += [f"started {entry.start.clock}" if entry.start else ""]
        parts += [f"ended {entry.end.clock}" if entry.end else ""]
    parts += [f"for {entry.reason}" if entry.reason else ""]
    return ", ".join(part for part in parts if part) + "."


def _dose(entry: Medication) -> str:
    if entry.dose_value is None:
        return ""
    return f"{entry.dose_value:g} {entry.dose_unit or ''}".strip()


def problem_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Active problems, or the conditions that were named or coded."""
    if question.names:
        found = tuple(c for c in conditions(chart) if c.fact.display in question.names)
    elif question.attribute == "resolved":
        found = tuple(
            c
            for c in conditions(chart)
            if c.clinical_status in ("resolved", "inactive", "remission")
        )
    elif question.stay is not None:
        found = tuple(c for c in conditions(chart) if not is_social(c))
    else:
        found = active_problems(chart) or (
            () if question.attribute == "active" else coded(chart)
        )  # fmt: skip
    found = tuple(c for c in found if c.verification_status != "refuted")
    if question.stay is not None:
        every = encounters(chart)
        stay = chosen(every, question.stay)
        found = tuple(c for c in found if stay and within_stay(c.fact, stay, every))
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = tuple(c for c in found if window and in_window(c.onset or c.recorded, window))
    if question.ask == "when" or question.picks:
        found = _by_pick(tuple(c for c in found if c.onset or c.recorded), question)
    items = [_problem_item(chart, c, question) for c in found]
    if question.ask == "exists" and question.attribute == "active":
        now = [i for i, c in zip(items, found, strict=True) if c.clinical_status not in ENDED]
        return now or [replace(i, kind=PAST_PROBLEM) for i in items[-1:]]
    return items


def _problem_item(chart: Chart, entry: Condition, question: ChartQuestion) -> Evidence:
    fact = entry.fact
    if question.ask == "when":
        fact = _dated(chart, fact, entry.onset or entry.recorded)
    return item(fact, problem_line(entry))


def problem_line(entry: Condition) -> str:
    """The condition with its status and dates as one sentence."""
    parts = [entry.fact.display]
    if entry.clinical_status:
        parts.append(entry.clinical_status)
    elif entry.fact.encounter:
        parts.append("coded for a stay, no clinical status recorded")
    if entry.onset:
        parts.append(f"onset {entry.onset.day}")
    elif entry.recorded:
        parts.append(f"recorded {entry.recorded.day}")
    if entry.abatement:
        parts.append(f"ended {entry.abatement.day}")
    return f"{parts[0]} ({', '.join(parts[1:])})." if len(parts) > 1 else f"{parts[0]}."


def procedure_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Procedures that were done, cut to the question's names, stay and window."""
    found = tuple(p for p in procedures(chart) if p.status not in NOT_DONE)
    if question.names:
        found = tuple(p for p in found if p.fact.display in question.names)
    return _dated_items(chart, question, found)


def immunization_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Vaccines that were given, cut to the question's names, stay and window."""
    found = tuple(i for i in immunizations(chart) if i.status not in NOT_DONE)
    if question.names:
        found = tuple(i for i in found if i.fact.display in question.names)
    return _dated_items(chart, question, found)


def _dated_items(
    chart: Chart, question: ChartQuestion, found: tuple[Procedure, ...] | tuple[Immunization, ...]
) -> list[Evidence]:
    every = encounters(chart) if question.stay or question.window else ()
    kept: list[Procedure | Immunization] = list(found)
    if question.stay is not None:
        stay = chosen(every, question.stay)
        kept = [p for p in kept if stay and within_stay(p.fact, stay, every)]
    if question.window is not None:
        window = since(every, question.window)
        kept = [p for p in kept if window and in_window(p.fact.when, window)]
    if question.ask == "when" or question.picks:
        kept = list(_by_pick(tuple(p for p in kept if p.fact.when), question))
    items = []
    for entry in kept:
        fact = entry.fact
        if question.ask == "when":
            fact = _dated(chart, fact, fact.when)
        when = f", {fact.when.clock}" if fact.when else ""
        status = f" ({entry.status})" if entry.status not in ("completed", None) else ""
        items.append(item(fact, f"{fact.display}{status}{when}."))
    return items


def _by_pick(found: tuple[T, ...], question: ChartQuestion) -> tuple[T, ...]:
    position = question.picks[0].position if question.picks else None
    if position is None:
        return found
    index = position - 1 if position > 0 else position
    return (found[index],) if -len(found) <= index < len(found) else ()
