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
WITHOUT_VISIT = ("Patient", "AllergyIntolerance", "Device", "Provenance")


class Cut:
    """The dates of one chart's cut, and its entries by fullUrl."""

    def __init__(self, entries: list[Json], rules: Json, months: int | None) -> None:
        """`months` before the last visit, or everything."""
        self.rules = rules
        self.by_url = {entry["fullUrl"]: entry["resource"] for entry in entries}
        visits = of_type(list(self.by_url.values()), "Encounter")
        starts = [begun(visit) for visit in visits]
        last = max(starts)
        self.first = earlier(last, months) if months else min(starts)
        self.bills_from = max(self.first, earlier(last, rules["claim_months"]))

    def wants(self, resource: Json) -> bool:
        """Whether one resource stays on its own account."""
        kind = resource["resourceType"]
        if is_dropped(resource, self.rules) or kind == "Medication":
            return False
        if kind in WITHOUT_VISIT:
            return True
        if kind == "Encounter":
            return begun(resource) >= self.first
        if kind in BILLS:
            claim = self.by_url.get(resource.get("claim", {}).get("reference"), resource)
            return moment(claim["billablePeriod"]["start"]) >= self.bills_from
        visit = visit_of(resource)
        return still_holds(resource) or visit is None or begun(self.by_url[visit]) >= self.first


def kept(entries: list[Json], rules: Json, months: int | None) -> list[Json]:
    """The entries that stay, in Synthea's order."""
    cut = Cut(entries, rules, months)
    for url in twins(cut.by_url, rules):
        del cut.by_url[url]
    wanted = {url for url, resource in cut.by_url.items() if cut.wants(resource)}
    stay = with_referred(wanted, cut.by_url)
    return [tidied(entry, stay) for entry in entries if entry["fullUrl"] in stay]


def twins(by_url: dict[str, Json], rules: Json) -> set[str]:
    """What a visit's laboratory says twice, with other numbers.

    Synthea draws a panel "in blood" beside the same panel "in serum", each by its own chance, and
    single results beside those of a panel: the serum panel and the panel's result stay. A panel
    whose creatinine and eGFR cannot both be true leaves too.
    """
    reports = of_type(list(by_url.values()), "DiagnosticReport")
    by_visit = {(visit_of(one), code_of(one)) for one in reports}
    leave, in_panel = set(), set()
    for url, one in by_url.items():
        if one["resourceType"] != "DiagnosticReport":
            continue
        stronger = rules["panel_twins"].get(code_of(one), [])
        is_twin = any((visit_of(one), code) in by_visit for code in stronger)
        if is_twin or contradicts_itself(one, by_url, rules["kidney"]):
            leave |= {url, *(link["reference"] for link in one.get("result", []))}
        else:
            in_panel |= {link["reference"] for link in one.get("result", [])}
    said = {(visit_of(by_url[url]), code_of(by_url[url])) for url in in_panel}
    lone = {url for url, one in by_url.items() if one["resourceType"] == "Observation"} - in_panel
    return leave | {url for url in lone if (visit_of(by_url[url]), code_of(by_url[url])) in said}


def contradicts_itself(report: Json, by_url: dict[str, Json], rules: Json) -> bool:
    """Whether a panel has a failing kidney's creatinine and a healthy one's filtration."""
    results = [by_url[link["reference"]] for link in report.get("result", [])]
    values = {code_of(one): one.get("valueQuantity", {}).get("value", 0) for one in results}
    creatinine = max(values.get(code, 0) for code in rules["creatinine"])
    filtration = values.get(rules["filtration"], 0)
    return bool(creatinine > rules["creatinine_above"] and filtration > rules["filtration_above"])


def code_of(resource: Json) -> str:
    """The first code of a report or result."""
    code: str = resource["code"]["coding"][0]["code"]
    return code


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
        resource = by_url[url]
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


def begun(visit: Json) -> datetime:
    """When a visit began."""
    return moment(visit["period"]["start"])


def moment(text: str) -> datetime:
    """A FHIR dateTime with clock time."""
    return datetime.fromisoformat(text)
