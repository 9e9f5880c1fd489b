"""Evidence about appointments, open orders, care teams and goals.

A status is told in the record's own sense: a visit that was missed is not one that was called
off. Statuses of orders, goals and teams are those of the chart's last entry; asked for an
earlier moment they are not told, because what has been done since may have been open then.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipelines.answers.evidence.items import item, result_item
from pipelines.answers.evidence.leaves import by_pick, dated
from pipelines.answers.evidence.stays import in_window, since
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.records import is_open, table
from pipelines.charts.appointments import appointments, upcoming
from pipelines.charts.care import care_team, goals
from pipelines.charts.encounters import encounters
from pipelines.charts.labs import results
from pipelines.charts.orders import orders
from pipelines.records.care import Goal, TeamMember
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.orders import Appointment, Order

SAID = {
    "noshow": "missed (recorded as no-show)",
    "cancelled": "cancelled",
    "fulfilled": "kept",
    "checked-in": "kept (checked in)",
    "arrived": "kept (arrived)",
}
STILL_TO_COME = ("next", "upcoming")


def appointment_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Appointments of the status asked for, in time order; `next` is the first to come."""
    wanted = question.attribute
    found = appointments(chart)
    if wanted in STILL_TO_COME:
        found = upcoming(chart)
    elif wanted is not None:
        found = tuple(a for a in found if _is(a, wanted))
    elif question.ask in ("list", "count", "exists") and not question.picks:
        found = (*found, *upcoming(chart))
    if question.names:
        found = tuple(a for a in found if a.fact.resource in question.records)
    if question.window is not None:
        window = since(encounters(chart), question.window)
        found = tuple(a for a in found if window and in_window(a.start, window))
    found = found[:1] if wanted == "next" else by_pick(found, question)
    return [_appointment_item(chart, one) for one in found]


def _is(one: Appointment, wanted: str) -> bool:
    kept = ("fulfilled", "checked-in", "arrived")
    return one.fact.status in (kept if wanted == "fulfilled" else (wanted,))


def _appointment_item(chart: Chart, one: Appointment) -> Evidence:
    when = one.start.clock if one.start is not None else "no date recorded"
    status = one.fact.status or ""
    said = SAID.get(status, status)
    reason = f", reason: {one.cancelation.rstrip('.')}" if one.cancelation else ""
    who = f", with {'; '.join(one.participants)}" if one.participants else ""
    line = f"Appointment {when}: {one.fact.display}{who}, {said}{reason}."
    return item(replace(dated(chart, one.fact, one.start), kind="appointment"), line)


def order_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Orders that are open at the chart's last entry, then results that are not yet final."""
    found = [one for one in orders(chart) if is_open(one) and _is_filed(one, question.names)]
    if question.records:
        return [_order_item(one) for one in found if one.fact.resource in question.records]
    items = [_order_item(one) for one in found]
    if not question.names or {"test", "lab"} & set(question.names):
        early = [f for f in results(chart) if f.status == "preliminary" and f.kind == "lab"]
        items += [result_item(f) for f in early]
    return items


def _is_filed(one: Order, kinds: tuple[str, ...]) -> bool:
    """Whether an order is of the kinds asked for; one without a category may be of any."""
    if not kinds or not one.categories:
        return True
    said = " ".join(one.categories).lower()
    return any(re.search(table()["order"]["filed"][kind], said) for kind in kinds)


def _order_item(one: Order) -> Evidence:
    told = [", ".join(one.categories)] if one.categories else []
    if one.intent not in ("order", None):
        told.append(one.intent or "")
    told.append(one.fact.status or "")
    written = f" ordered {one.authored.clock}" if one.authored is not None else " no date recorded"
    due = f", due {one.occurrence.clock}" if one.occurrence is not None else ""
    line = f"{one.fact.display} ({', '.join(told)}):{written}{due}."
    return item(one.fact, line)


def team_evidence(chart: Chart, _question: ChartQuestion) -> list[Evidence]:
    """Members of the teams that are active; of all teams where none is."""
    members = tuple(
        m for m in care_team(chart) if m.member and (m.role or "").casefold() != "patient"
    )
    now = tuple(m for m in members if m.fact.status == "active" and not _has_left(chart, m))
    return [_member_item(one) for one in now or members]


def _has_left(chart: Chart, one: TeamMember) -> bool:
    ends = (one.end, one.team_end)
    return any(end is not None and end.instant <= chart.as_of.instant for end in ends)


def _member_item(one: TeamMember) -> Evidence:
    role = f": {one.role}" if one.role else ""
    told = [part for part in (one.team, one.fact.status) if part]
    if one.end is not None:
        told.append(f"until {one.end.clock}")
    where = f" ({', '.join(told)})" if told else ""
    return item(replace(one.fact, kind="care team"), f"{one.member}{role}{where}.")


def goal_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """Goals with their state; those still open, or those reached, where that is asked."""
    found = goals(chart)
    if question.records:
        found = tuple(g for g in found if g.fact.resource in question.records)
    if question.attribute in ("achieved", "unmet"):
        met = question.attribute == "achieved"
        found = tuple(g for g in found if (g.achievement == "achieved") == met)
    elif question.attribute == "open":
        found = tuple(g for g in found if g.fact.status not in ("completed", "cancelled"))
    window = since(encounters(chart), question.window) if question.window else None
    if question.window is not None:
        found = tuple(g for g in found if window and in_window(g.start or g.stated, window))
    return [_goal_item(one) for one in found]


def _goal_item(one: Goal) -> Evidence:
    told = [part for part in (one.fact.status, one.achievement) if part]
    begun = one.start or one.stated
    if begun is not None:
        told.append(f"set {begun.clock}")
    due = next((t.due for t in one.targets if t.due is not None), None)
    if due is not None:
        told.append(f"due {due.clock}")
    return item(one.fact, f"Goal: {one.fact.display.rstrip('.')} ({', '.join(told)}).")
