"""People, organizations and places that a chart names, and the patient's own contacts.

They are about no patient, except related persons and the contacts that a Patient carries, who
are rows of `related_person` alike. Addresses, birth dates and licence numbers stay raw.
"""

from __future__ import annotations

from pipelines.charts.called import human_name, usual
from pipelines.charts.instants import UNDATED
from pipelines.charts.references import Json
from pipelines.charts.row_elements import (
    checked,
    listed,
    named_in,
    one_of,
    only,
    said,
    targets,
    title,
    who,
    yes_no,
)
from pipelines.charts.row_parts import Place, period, period_as_written, text

EMERGENCY = frozenset({"C", "EP", "ECON"})
"""Codes of an emergency contact: v2-0131 (C), v2-0131 (EP), v3-RoleCode (ECON)."""


def practitioner(resource: Json, place: Place) -> None:
    """Append the row of one Practitioner; what they are qualified in stands as specialty."""
    name, path, quote = _named(resource)
    qualified = [one["code"] for one in listed(resource.get("qualification")) if one.get("code")]
    place.rows["practitioner"].append((
        place.key, place.patient, "practitioner", name, place.key, [], said(qualified), None, [],
        yes_no(resource.get("active"), "active"), *UNDATED, *UNDATED, path, quote,
    ))  # fmt: skip


def practitioner_role(resource: Json, place: Place) -> None:
    """Append the row of one PractitionerRole."""
    cited = title(resource, place, "practitioner", "code", "specialty", "organization")
    start, end = period(resource.get("period"), "period")
    holder = resource.get("practitioner")
    place.rows["practitioner"].append((
        place.key, place.patient, "role", named_in(holder, resource, place),
        only(targets(holder, place)), said(resource.get("code")), said(resource.get("specialty")),
        one_of(resource, "organization", place), who(resource, "location", place),
        yes_no(resource.get("active"), "active"), *start, *end, *cited[2:],
    ))  # fmt: skip


def organization(resource: Json, place: Place) -> None:
    """Append the row of one Organization."""
    named = title(resource, place, "name", "alias", "type")
    place.rows["organization"].append((
        place.key, place.patient, named.display, said(resource.get("type")),
        one_of(resource, "partOf", place), yes_no(resource.get("active"), "active"), *named[2:],
    ))  # fmt: skip


def location(resource: Json, place: Place) -> None:
    """Append the row of one Location."""
    named = title(resource, place, "name", "alias", "description", "physicalType", "form")
    physical = said(resource.get("physicalType")) or said(resource.get("form"))
    place.rows["location"].append((
        place.key, place.patient, named.display, checked(resource, "Location"),
        said(resource.get("type")), only(physical), one_of(resource, "partOf", place),
        one_of(resource, "managingOrganization", place), *named[2:],
    ))  # fmt: skip


def related_person(resource: Json, place: Place) -> None:
    """Append the row of one RelatedPerson."""
    name, path, quote = _named(resource)
    if name is None:
        path, quote = title(resource, place, "relationship")[2:]
    related = listed(resource.get("relationship"))
    start, end = period(resource.get("period"), "period")
    place.rows["related_person"].append((
        place.key, place.patient, 0, name, said(related), _contacts(resource),
        _is_emergency(related), yes_no(resource.get("active"), "active"), None, *start, *end,
        path, quote,
    ))  # fmt: skip


def contacts(resource: Json, place: Place) -> None:
    """Append a row for each contact that a Patient names."""
    rows = []
    for index, contact in enumerate(listed(resource.get("contact"))):
        prefix = f"contact[{index}]."
        name, path, quote = _named(contact, prefix)
        if name is None:
            names = ("relationship", "organization")
            path, quote = title(contact, place, *names, prefix=prefix)[2:]
        related = listed(contact.get("relationship"))
        start, end = period_as_written(contact.get("period"), "contact.period")
        firm = named_in(contact.get("organization"), resource, place)
        rows.append((
            place.key, place.patient, index + 1, name, said(related), _contacts(contact),
            _is_emergency(related), None, firm, *start, *end, path, quote,
        ))  # fmt: skip
    place.rows["related_person"] += rows


def _named(holder: Json, prefix: str = "") -> tuple[str | None, str | None, str | None]:
    """A person's name, and one leaf of it with its path, to cite."""
    names = holder.get("name") or ()
    several = type(names) is list
    name = usual(listed(names))
    at = f"{prefix}name[{names.index(name)}]" if several and name else f"{prefix}name"
    for leaf in ("family", "text"):
        written = text(name.get(leaf))
        if written:
            return human_name(name), f"{at}.{leaf}", written
    given = name.get("given") or ()
    return (human_name(name), f"{at}.given[0]", text(given[0])) if given else (None, None, None)


def _contacts(holder: Json) -> list[str]:
    """Telephone numbers and addresses of mail, each with its use where one is given."""
    found = []
    for point in listed(holder.get("telecom")):
        value = text(point.get("value"))
        if value:
            use = text(point.get("use"))
            found.append(f"{value} ({use})" if use else value)
    return found


def _is_emergency(related: list[Json]) -> bool:
    codes = {coding.get("code") for one in related for coding in one.get("coding") or ()}
    return bool(codes & EMERGENCY) or any("emergency" in one.lower() for one in said(related))
