"""One chart as a Bundle in which every reference resolves, and the Bundle as the same bytes.

Synthea keeps clinics and clinicians in two other bundles and points to them by search
(`Practitioner?identifier=system|value`) or by an identifier alone. Those that a chart points to,
and those that these point to, come into the chart; each pointer becomes an entry's `urn:uuid:`.
"""

from __future__ import annotations

import gzip
import io
import json

from shaping.walk import Json, objects, references

STAFF = ("Practitioner", "PractitionerRole", "Organization", "Location")


class Directory:
    """Synthea's clinics and clinicians, by the identifier that charts name them by."""

    def __init__(self, entries: list[Json]) -> None:
        """Learns every entry of the hospital and practitioner bundles."""
        self.entries = {entry["fullUrl"]: entry for entry in entries}
        self.urls: dict[str, str] = {}
        for url, entry in self.entries.items():
            resource = entry["resource"]
            for one in resource.get("identifier", []):
                self.urls[f"{resource['resourceType']}?identifier={named(one)}"] = url

    def point(self, resource: Json) -> None:
        """Every conditional or logical reference of a resource made literal."""
        members = {"practitioner": "Practitioner", "organization": "Organization"}
        members |= {"location": "Location", "managingOrganization": "Organization"}
        for one in objects(resource):
            for member, kind in members.items():
                several = one.get(member, [])
                for target in several if isinstance(several, list) else [several]:
                    if isinstance(target.get("identifier"), dict):
                        identifier = target.pop("identifier")
                        target["reference"] = self.urls[f"{kind}?identifier={named(identifier)}"]
            if "?identifier=" in str(one.get("reference")):
                one["reference"] = self.urls[one["reference"]]

    def needed(self, resources: list[Json]) -> list[Json]:
        """The entries that these resources point to, and those that these point to."""
        waiting = [url for resource in resources for url in references(resource)]
        found: set[str] = set()
        while waiting:
            url = waiting.pop()
            if url in self.entries and url not in found:
                found.add(url)
                waiting.extend(references(self.entries[url]["resource"]))
        roles = [url for url, entry in self.entries.items() if is_role_of(entry, found)]
        for url in roles:
            found |= {url, *references(self.entries[url]["resource"])}
        places = [
            link for url in sorted(found) for link in references(self.entries[url]["resource"])
        ]
        ordered = sorted(found | set(places), key=self.rank)
        return [self.entries[url] for url in ordered]

    def rank(self, url: str) -> tuple[int, str]:
        """Clinicians, their roles, clinics, places; by id."""
        return STAFF.index(self.entries[url]["resource"]["resourceType"]), url


def is_role_of(entry: Json, found: set[str]) -> bool:
    """Whether an entry is the role of a clinician who is already in."""
    resource = entry["resource"]
    is_role = resource["resourceType"] == "PractitionerRole"
    return is_role and resource["practitioner"]["reference"] in found


def named(identifier: Json) -> str:
    """An identifier as searches write it."""
    return f"{identifier['system']}|{identifier['value']}"


def bundle(entries: list[Json]) -> Json:
    """A transaction that puts every resource under its own id."""
    made = []
    for entry in entries:
        resource = entry["resource"]
        url = f"{resource['resourceType']}/{resource['id']}"
        request = {"method": "PUT", "url": url}
        made.append({"fullUrl": entry["fullUrl"], "resource": resource, "request": request})
    check(made)
    return {"resourceType": "Bundle", "type": "transaction", "entry": made}


def check(entries: list[Json]) -> None:
    """A reference that finds nothing, or an entry twice, is an error of the shaping."""
    urls = [entry["fullUrl"] for entry in entries]
    if len(urls) != len(set(urls)):
        raise SystemExit("an entry stands in a bundle twice")
    missing = {link for entry in entries for link in references(entry["resource"])} - set(urls)
    if missing:
        raise SystemExit(f"these references find nothing: {', '.join(sorted(missing)[:5])}")


def packed(made: Json) -> bytes:
    """Compact JSON, gzipped without name and time."""
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":")) + "\n"
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as file:
        file.write(text.encode("utf-8"))
    return buffer.getvalue()
