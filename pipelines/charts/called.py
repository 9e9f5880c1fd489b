"""What a person, an organization or a place is called, read from its own resource.

A person is named as one would write it: prefix, given names, family name, in the name that is
in use. A role is named after the person who holds it. Nothing is made up: a resource without a
name has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipelines.charts.references import Json

RANK = {"official": 0, "usual": 1, None: 2, "old": 4}


def usual(names: Iterable[Json]) -> Json:
    """The HumanName to use: the official one, else the usual one, an old one last."""
    ranked = sorted(names, key=lambda name: RANK.get(name.get("use"), 3))
    return ranked[0] if ranked else {}


def human_name(name: Json) -> str | None:
    """A HumanName in one line."""
    parts = [*(name.get("prefix") or ()), *(name.get("given") or ()), name.get("family")]
    return " ".join(part for part in parts if part) or name.get("text") or None


def name_of(resource: Json) -> str | None:
    """The name of a person, organization, place, device or role; None where it has none."""
    read = READERS.get(resource.get("resourceType", ""))
    return read(resource) if read else None


def _person(resource: Json) -> str | None:
    return human_name(usual(resource.get("name") or ()))


def _plain(resource: Json) -> str | None:
    name = resource.get("name")
    return name if isinstance(name, str) else None


def _role(resource: Json) -> str | None:
    return (resource.get("practitioner") or {}).get("display")


READERS: dict[str, Callable[[Json], str | None]] = {
    "Practitioner": _person,
    "RelatedPerson": _person,
    "Patient": _person,
    "Organization": _plain,
    "Location": _plain,
    "HealthcareService": _plain,
    "CareTeam": _plain,
    "PractitionerRole": _role,
}
