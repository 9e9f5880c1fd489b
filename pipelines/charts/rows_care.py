"""Care plans with their activities, goals with their targets, and care teams with their members.

A plan is a row, each of its activities another. A goal has a row for each target, numbered from
1, or one numbered 0 where it names none; a care team likewise a row a member. What an activity
refers to is kept as a reference: it has its own row where its type has a table.
"""

from __future__ import annotations

from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import (
    Title,
    checked,
    keys,
    named_in,
    numbered,
    one_of,
    only,
    reasons,
    said,
    targets,
    title,
    who,
)
from pipelines.charts.row_parts import (
    Place,
    Row,
    as_written,
    choice,
    encounter_of,
    number,
    period,
    text,
    words,
)


def care_plan(resource: Json, place: Place) -> None:
    """Append the rows of one CarePlan."""
    named = title(resource, place, "title", "category", "description")
    start, end = period(resource.get("period"), "period")
    author = one_of(resource, "author", place) or one_of(resource, "custodian", place)
    activities = [
        _activity(one, (index, resource), place)
        for index, one in numbered(resource.get("activity"))
    ]
    categories = resource.get("category")
    found = keys(categories, place)
    place.rows["care_plan"].append((
        place.key, place.patient, named.key or only(found), named.display,
        checked(resource, "CarePlan"), checked(resource, "CarePlan", "intent"), said(categories),
        text(resource.get("description")), *start, *end,
        *stamp(resource.get("created"), "created"), author,
        targets(resource.get("addresses"), place), targets(resource.get("goal"), place),
        encounter_of(resource, place.known), *named[2:],
    ))  # fmt: skip
    place.rows["care_plan_activity"] += activities


def _activity(item: Json, at: tuple[int, Json], place: Place) -> Row:
    index, resource = at
    prefix = f"activity[{index - 1}]."
    detail = item.get("detail") or {}
    named = title(detail, place, "code", "description", prefix=f"{prefix}detail.")
    reference = item.get("reference") or item.get("plannedActivityReference")
    if named.display is None and reference:
        named = title(item, place, "reference", "plannedActivityReference", prefix=prefix)
        named = _by_reference(named, item, prefix)
    start, end = choice(detail, "scheduled")
    people = {**detail, "contained": resource.get("contained")}
    return (
        place.key, place.patient, index, *named[:2], checked(detail, "CarePlan_activity"),
        text(detail.get("kind")), *start, *end, text(detail.get("scheduledString")),
        target(reference, place.known), reasons(detail), who(people, "performer", place),
        *named[2:],
    )  # fmt: skip


def _by_reference(named: Title, item: Json, prefix: str) -> Title:
    """An activity that only refers to another resource is cited by that reference."""
    if named.display is not None:
        return named
    name = "reference" if item.get("reference") else "plannedActivityReference"
    return Title(None, None, f"{prefix}{name}.reference", item[name].get("reference"))


def goal(resource: Json, place: Place) -> None:
    """Append the rows of one Goal: one a target, at least one."""
    named = title(resource, place, "description")
    aims = resource.get("target")
    begins = (
        stamp(resource.get("startDate"), "startDate")
        if "startCodeableConcept" not in resource else UNDATED
    )  # fmt: skip
    state = checked(resource, "Goal", "lifecycleStatus")
    if named.display is None and state:
        named = Title(named.key, None, "lifecycleStatus", state)
    head = (
        *named[:2], state, words(resource.get("achievementStatus")),
        words(resource.get("priority")), *begins,
        *stamp(resource.get("statusDate"), "statusDate"),
    )  # fmt: skip
    tail = (
        one_of(resource, "expressedBy", place) or one_of(resource, "source", place),
        targets(resource.get("addresses"), place), *named[2:],
    )  # fmt: skip
    numbered_aims = list(numbered(aims)) or [(0, {})]
    place.rows["goal"] += [
        (place.key, place.patient, index, *head, *_aim(one, place), *tail)
        for index, one in numbered_aims
    ]


def _aim(item: Json, place: Place) -> Row:
    """When a target is due, what is measured, and the value aimed at."""
    due: Stamp = stamp(item.get("dueDate"), "target.dueDate")
    within = item.get("dueDuration") or {}
    measured = title(item, place, "measure")
    return (*due, _quantity(within)[0], measured.key, measured.display, *_aimed_at(item))


def _aimed_at(item: Json) -> tuple[str | None, float | None, str | None]:
    quantity = item.get("detailQuantity")
    if quantity:
        return _quantity(quantity)
    span = item.get("detailRange")
    if span:
        low, high = (_quantity(span.get(side) or {}) for side in ("low", "high"))
        ends = [end[0] for end in (low, high) if end[0]]
        return " to ".join(ends) or None, None, low[2] or high[2]
    written = item.get("detailString")
    if written is None:
        written = words(item.get("detailCodeableConcept"))
    for name in ("detailBoolean", "detailInteger"):
        if written is None:
            written = as_written(item.get(name))
    return text(written), None, None


def _quantity(quantity: Json) -> tuple[str | None, float | None, str | None]:
    """A quantity in words, as a number, and its unit."""
    value = number(quantity.get("value"), "value")
    unit = text(quantity.get("unit") or quantity.get("code"))
    parts = [text(quantity.get("comparator")), as_written(quantity.get("value")), unit]
    shown = " ".join(part for part in parts if part)
    return (shown if value is not None else None), value, unit


def care_team(resource: Json, place: Place) -> None:
    """Append the rows of one CareTeam: one a member, at least one."""
    named = title(resource, place, "name", "category")
    start, end = period(resource.get("period"), "period")
    head = (
        named.display, checked(resource, "CareTeam"), said(resource.get("category")), *start, *end,
        encounter_of(resource, place.known),
    )  # fmt: skip
    members = [
        (place.key, place.patient, index, *head, *_member(one, (index, resource), place))
        for index, one in numbered(resource.get("participant"))
    ]
    nobody = (
        place.key, place.patient, 0, *head, None, None, None, None, *UNDATED, *UNDATED, None,
        *named[2:],
    )  # fmt: skip
    place.rows["care_team"] += members or [nobody]


def _member(item: Json, at: tuple[int, Json], place: Place) -> Row:
    index, resource = at
    prefix = f"participant[{index - 1}]."
    cited = title(item, place, "member", "role", prefix=prefix)
    role = item.get("role")
    start, end = period(item.get("period"), "participant.period")
    member = item.get("member") or {}
    path, quote = cited[2:]
    if path is None:
        path, quote = f"{prefix}member.reference", text(member.get("reference"))
    return (
        named_in(member, resource, place), target(member, place.known), only(keys(role, place)),
        "; ".join(said(role)) or None, *start, *end,
        named_in(item.get("onBehalfOf"), resource, place), path, quote,
    )  # fmt: skip
