"""What a Bundle's entries ask for beside being read: deletions, and what is passed over.

A DELETE of one named resource is honoured, in a batch, a transaction, a history or a line of a
bulk export's `deleted` file. One that names no single resource (a search, a version, a whole
type) is refused with its reason: nothing is searched here, and nothing goes by a guess. Reads
(GET, HEAD), messages of the server and bare responses are no part of a chart: passed over, with
a reason for the report. In a batch or transaction deletions come before the rest (FHIR's order);
in a history `when` and `version` tell. Nothing is deleted here.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused

# `Patient/1`, `/Patient/1`, `https://host/fhir/Patient/1`, with a version in a history.
ONE_RESOURCE = re.compile(
    r"(?:(?:https?://[^?#\s]*)?/)?([A-Z][A-Za-z]{2,50})/([A-Za-z0-9\-._]{1,64})"
    r"(?:/_history/([A-Za-z0-9\-._]{1,64}))?/?",
    re.ASCII,
)
READS = frozenset({"GET", "HEAD"})
WRITES = frozenset({"POST", "PUT"})


class Deletion(NamedTuple):
    """One resource to delete; version and time where a history states them."""

    kind: str
    id: str
    version: str | None = None
    when: str | None = None

    @property
    def key(self) -> str:
        """`Type/id`."""
        return f"{self.kind}/{self.id}"


class PassedOver(NamedTuple):
    """An entry that is no part of a chart, and why, for the report."""

    reason: str


READ = PassedOver("The entry is a request to read; nothing comes with it.")
MESSAGE = PassedOver("The entry is a message of the server, not a part of a chart.")
RESPONSE = PassedOver("The entry is a server's response without a resource.")


def asked(entry: Json, *, in_history: bool = False) -> Deletion | PassedOver | None:
    """What an entry asks for: a deletion, nothing that is read, or None: take its resource.

    EntryRefused where it asks for what is not done here. `in_history`: of a history Bundle,
    whose entries name the version they are about.
    """
    request = entry.get("request")
    if request is not None and (found := _requested(request, in_history)) is not None:
        if isinstance(found, Deletion):
            response = entry.get("response")
            when = response.get("lastModified") if isinstance(response, dict) else None
            return found._replace(when=when if isinstance(when, str) else None)
        return found
    if "search" in entry and _is_message(entry):
        return MESSAGE
    if "response" in entry and entry.get("resource") is None:
        return RESPONSE
    return None


def _requested(request: Element, in_history: bool) -> Deletion | PassedOver | None:
    method = request.get("method") if isinstance(request, dict) else None
    if method in WRITES:
        return None
    if method in READS:
        return READ
    if method != "DELETE":
        raise EntryRefused("request.method is not one that is read here (POST, PUT, DELETE).")
    return _deletion(request.get("url"), in_history)


def _deletion(url: Element, in_history: bool) -> Deletion:
    if not isinstance(url, str) or not url:
        raise EntryRefused("It asks to delete something and does not say what.")
    if "?" in url:
        raise EntryRefused("It asks to delete what a search finds; name the resources one by one.")
    found = ONE_RESOURCE.fullmatch(url)
    if found is None:
        raise EntryRefused("It asks to delete something that is not one resource (Type/id).")
    kind, own, version = found.groups()
    if version is not None and not in_history:
        raise EntryRefused("It asks to delete one version only; old versions are kept here.")
    return Deletion(kind, own, version)


def _is_message(entry: Json) -> bool:
    search = entry["search"]
    return isinstance(search, dict) and search.get("mode") == "outcome"


def deletions_of_line(bundle: Element) -> list[Deletion]:
    """The deletions of one line of a `deleted` file: a transaction of DELETE requests alone."""
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise EntryRefused("A line of a deleted file must be a Bundle.")
    entries = bundle.get("entry")
    if not isinstance(entries, list):
        raise EntryRefused("Bundle.entry is not a list.")
    found = []
    for entry in entries:
        request = entry.get("request") if isinstance(entry, dict) else None
        if not isinstance(request, dict) or request.get("method") != "DELETE":
            raise EntryRefused("A deleted file may hold DELETE requests alone.")
        found.append(_deletion(request.get("url"), in_history=False))
    return found
