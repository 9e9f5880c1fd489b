"""Where a patient lay, who took part, and what was diagnosed in a stay: rows of an Encounter.

Each move is a row, numbered as in the record, with its own period; a move without one keeps its
place in the order and no time is made up for it. The encounter itself is a row of
`rows_visit`. Episodes of care, which span many encounters, are rows here too.
"""

from __future__ import annotations

from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import (
    checked,
    keys,
    listed,
    named_in,
    numbered,
    one_of,
    only,
    said,
    targets,
    title,
    whole,
)
from pipelines.charts.row_parts import Place, Row, period, text


def parts(resource: Json, place: Place) -> None:
    """Append the rows of an Encounter's locations, participants and diagnoses."""
    moves = [
        _move(one, (index, resource), place) for index, one in numbered(resource.get("location"))
    ]
    people = [
        _participant(one, (index, resource), place)
        for index, one in numbered(resource.get("participant"))
    ]
    diagnoses = [
        _diagnosis(one, index, place) for index, one in numbered(resource.get("diagnosis"))
    ]
    for table, rows in (("location", moves), ("participant", people), ("diagnosis", diagnoses)):
        if rows:
            place.rows[f"encounter_{table}"] += rows


def _move(item: Json, at: tuple[int, Json], place: Place) -> Row:
    index, resource = at
    start, end = period(item.get("period"), "location.period")
    physical = said(item.get("physicalType")) or said(item.get("form"))
    where = item.get("location") or {}
    return (
        place.key, place.patient, index, named_in(where, resource, place),
        target(where, place.known), checked(item, "Encounter_location"), only(physical),
        *start, *end, *_cited(where, f"location[{index - 1}].location"),
    )  # fmt: skip


def _participant(item: Json, at: tuple[int, Json], place: Place) -> Row:
    index, resource = at
    start, end = period(item.get("period"), "participant.period")
    element = "individual" if item.get("individual") else "actor"  # R5
    person = item.get(element) or {}
    prefix = f"participant[{index - 1}]."
    cited = _cited(person, prefix + element)
    if cited[1] is None:
        cited = title(item, place, "type", prefix=prefix)[2:]
    return (
        place.key, place.patient, index, "; ".join(said(item.get("type"))) or None,
        named_in(person, resource, place), target(person, place.known), *start, *end, *cited,
    )  # fmt: skip


def _cited(reference: Json, path: str) -> tuple[str | None, str | None]:
    for leaf in ("display", "reference"):
        written = text(reference.get(leaf))
        if written:
            return f"{path}.{leaf}", written
    return None, None


def _diagnosis(item: Json, index: int, place: Place) -> Row:
    linked: Json = next(iter(listed(item.get("condition"))), {})
    inner = linked.get("reference")
    reference = inner if type(inner) is dict else linked  # R5 wraps it
    use = item.get("use")
    path, quote = _cited(reference, f"diagnosis[{index - 1}].condition")
    return (
        place.key, place.patient, index, target(reference, place.known),
        text(reference.get("display")), only(keys(use, place)), only(said(use)),
        whole(item.get("rank"), "diagnosis.rank"), path, quote,
    )  # fmt: skip


def episode_of_care(resource: Json, place: Place) -> None:
    """Append the row of one EpisodeOfCare."""
    named = title(resource, place, "type")
    start, end = period(resource.get("period"), "period")
    conditions = [one.get("condition") for one in listed(resource.get("diagnosis"))]
    place.rows["episode_of_care"].append((
        place.key, place.patient, *named[:2], checked(resource, "EpisodeOfCare"), *start, *end,
        one_of(resource, "careManager", place), one_of(resource, "managingOrganization", place),
        targets([one for one in conditions if type(one) is dict], place), *named[2:],
    ))  # fmt: skip
