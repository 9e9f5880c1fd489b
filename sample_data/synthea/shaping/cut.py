"""Which resources of one Synthea chart stay.

Each resource belongs to a visit; a visit before the cut goes with all that hangs on it, except
what still holds (an active problem, prescription or plan) and whatever a resource that stays
refers to. So no reference is ever cut, and a long chart becomes a readable one.
"""

from __future__ import annotations

import re
from datetime import datetime

from shaping.walk import Json, of_type, references

BILLS = ("Claim", "ExplanationOfBenefit")
WITHOUT_VISIT = ("Patient", "AllergyIntolerance", "Device")


def kept(entries: list[Json], rules: Json, months: int | None) -> list[Json]:
    """The entries that stay, in Synthea's order."""
    by_url = {entry["fullUrl"]: entry for entry in entries}
    resources = [entry["resource"] for entry in entries]
    starts = {
        entry["fullUrl"]: moment(entry["resource"]["period"]["start"])
        for entry in entries
        if entry["resource"]["resourceType"] == "Encounter"
    }
    last = max(starts.values())
    first = earlier(last, months) if months else min(starts.values())
    bills_from = max(first, earlier(last, rules["claim_months"]))
    claims = {entry["fullUrl"]: entry["resource"] for entry in entries}
    wanted = {
        entry["fullUrl"]
        for entry, resource in zip(entries, resources, strict=True)
        if is_wanted(resource, entry["fullUrl"], rules, starts, (first, bills_from), claims)
    }
    stay = with_referred(wanted, by_url)
    return [tidied(entry, stay) for entry in entries if entry["fullUrl"] in stay]


def is_wanted(
    resource: Json,
    url: str,
    rules: Json,
    starts: dict[str, datetime],
    cuts: tuple[datetime, datetime],
    claims: dict[str, Json],
) -> bool:
    """Whether one resource stays on its own account."""
    kind = resource["resourceType"]
    first, bills_from = cuts
    if is_dropped(resource, rules) or kind == "Medication":
        return False
    if kind in WITHOUT_VISIT or kind == "Provenance":
        return True
    if kind == "Encounter":
        return starts[url] >= first
    if kind in BILLS:
        billed = claims.get(resource.get("claim", {}).get("reference"), resource)
        return moment(billed["billablePeriod"]["start"]) >= bills_from
    visit = visit_of(resource)
    return still_holds(resource) or visit is None or starts[visit] >= first


def is_dropped(resource: Json, rules: Json) -> bool:
    """Whether a rule of patients.toml names this resource."""
    kind = resource["resourceType"]
    if kind == "Device":
        return re.search(rules["drop_devices"], resource["type"]["text"]) is not None
    if kind == "DiagnosticReport":
        codes = {coding["code"] for coding in resource["code"]["coding"]}
        return bool(codes & set(rules["drop_report_codes"]))
    return kind in rules["drop_types"]


def visit_of(resource: Json) -> str | None:
    """The fullUrl of the visit that a resource belongs to."""
    around = resource.get("context", {})
    visit = resource.get("encounter") or around
    if "encounter" in around:
        (visit,) = around["encounter"]
    found: str | None = visit.get("reference")
    return found


def still_holds(resource: Json) -> bool:
    """An active problem, prescription, plan or team."""
    if resource["resourceType"] == "Condition":
        return bool(resource["clinicalStatus"]["coding"][0]["code"] == "active")
    lasting = ("MedicationRequest", "CarePlan", "CareTeam")
    return resource["resourceType"] in lasting and resource["status"] == "active"


def with_referred(wanted: set[str], by_url: dict[str, Json]) -> set[str]:
    """The wanted and all they refer to, however far; a Provenance pulls nothing in."""
    stay: set[str] = set()
    waiting = sorted(wanted)
    while waiting:
        url = waiting.pop()
        if url in stay or url not in by_url:
            continue
        stay.add(url)
        resource = by_url[url]["resource"]
        if resource["resourceType"] != "Provenance":
            waiting.extend(references(resource))
    return stay


def tidied(entry: Json, stay: set[str]) -> Json:
    """A Provenance that speaks of the notes that stayed; any other entry as it is."""
    resource = entry["resource"]
    if resource["resourceType"] != "Provenance":
        return entry
    targets = [one for one in resource["target"] if one["reference"] in stay]
    return entry | {"resource": resource | {"target": targets}}


def earlier(when: datetime, months: int) -> datetime:
    """The first of the month, so many months before."""
    count = when.year * 12 + when.month - 1 - months
    return when.replace(year=count // 12, month=count % 12 + 1, day=1)


def moment(text: str) -> datetime:
    """A FHIR dateTime with clock time."""
    return datetime.fromisoformat(text)


def last_visit(resources: list[Json]) -> str:
    """The date of the last visit."""
    return max(one["period"]["start"] for one in of_type(resources, "Encounter"))[:10]
