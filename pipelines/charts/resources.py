"""Entries checked one by one: what is taken in, what is refused, and why.

Every entry must be an object of a known resource type with a usable id; its dates must parse
and lie after 1850, its typed statuses be FHIR's, its numbers finite, its base64 whole. It knows
its patient even when it is refused, so that the banner can say "incomplete". What these rules
do not see (profiles, terminology, references to nothing) is not claimed to be checked.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pipelines.charts.codebook import CodeBook
from pipelines.charts.instants import stamp
from pipelines.charts.json_text import Document, Head, RawEntry
from pipelines.charts.note_text import check_attachments
from pipelines.charts.references import IDENTITY, PATIENT, Json, id_of_full_url, patient_of
from pipelines.charts.refusals import EntryRefused, FileRefused
from pipelines.charts.row_parts import Place, Tables
from pipelines.charts.rows import BUILDERS, key_of
from pipelines.charts.validation import Sample, Validator

RESOURCE_TYPES = Path(__file__).with_name("resource_types.toml")
BUNDLE_TYPES = frozenset({
    "document", "message", "transaction", "transaction-response", "batch", "batch-response",
    "searchset", "collection", None,
})  # fmt: skip
DATED = re.compile(
    rb'"(birthDate|date|issued|start|end|created|sent|received|authoredOn|recorded|recordedDate|'
    rb'[a-z][A-Za-z]{2,30}(?:DateTime|Date)|dateAsserted|lastUpdated)":"([^"]*)"'
)
NEVER_ENDING = frozenset({"end", "expirationDate", "expiry"})
INNER_BUNDLE = "A Bundle inside a Bundle is not read; load it by itself."
WRONG_FORM = "An element has another form than FHIR gives it."
KEPT_OF_REFUSED = frozenset({
    "resourceType", "id", "subject", "patient", "beneficiary", "participant", "target",
    "individual",
})  # fmt: skip
WITH_ATTACHMENTS = frozenset({"Binary", "Media"})


class Taken(NamedTuple):
    """One entry that goes in, in the order of the columns of `resource`."""

    key: str
    kind: str
    id: str
    patient: str | None
    sha256: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Turned:
    """One entry that does not; `number` None for a whole file."""

    number: int | None
    resource: str | None
    kind: str | None
    patient: str | None
    reason: str
    sha256: str


@dataclass(slots=True)
class Sorted:
    """A file's entries: those that go in, with their rows, and those that do not."""

    taken: dict[str, Taken] = field(default_factory=dict)
    older: list[Taken] = field(default_factory=list)
    turned: list[Turned] = field(default_factory=list)
    rows: Tables = field(default_factory=dict)


@lru_cache(maxsize=1)
def known_types() -> frozenset[str]:
    """Resource types that are taken in."""
    return frozenset(tomllib.loads(RESOURCE_TYPES.read_text(encoding="utf-8"))["types"])


def sort_entries(document: Document, codes: CodeBook, validator: Validator) -> Sorted:
    """Check every entry of a file and turn the good ones into rows."""
    if document.is_bundle and document.bundle_type not in BUNDLE_TYPES:
        raise FileRefused("Its Bundle.type is not one that holds current resources.")
    known, keys = _names(document.heads)
    place = Place("", None, known, codes)
    found = Sorted(rows=place.rows)
    taken_in = found.taken
    again: dict[str, Place] = {}
    refused: list[tuple[RawEntry, str | None, str]] = []
    for index, entry in enumerate(document.entries):
        key = keys[index] if keys else _key(entry)
        own = place if key not in taken_in else Place("", None, known, codes)
        try:
            taken = _take(entry, key, own, validator)
        except EntryRefused as turned:
            refused.append((entry._replace(resource=_heading(entry)), key, turned.reason))
            continue
        if own is not place:
            # Of one resource twice in a file the later one counts, unless it is refused.
            again[taken.key] = own
            found.older.append(taken_in[taken.key])
        taken_in[taken[0]] = taken
    _replace_rows(found.rows, again)
    only_patient = _only_patient(found, refused) if document.is_bundle else None
    found.turned = [_turned(*one, (known, only_patient)) for one in refused]
    return found


def _replace_rows(rows: Tables, again: dict[str, Place]) -> None:
    """Put the rows of later versions in the place of those of earlier ones."""
    if again:
        for table, kept in rows.items():
            rows[table] = [row for row in kept if key_of(table, row) not in again]
        for own in again.values():
            for table, later in own.rows.items():
                rows[table].extend(later)


def _names(heads: list[Head]) -> tuple[dict[str, str], list[str | None]]:
    """`Type/id` by `fullUrl`, so that references find their entries, and in the entries' order."""
    known: dict[str, str] = {}
    keys: list[str | None] = []
    types, is_id = known_types(), IDENTITY.fullmatch
    for full_url, kind, own in heads:
        if type(own) is str and type(kind) is str and kind in types and is_id(own):
            key: str | None = f"{kind}/{own}"
        else:
            key = _named(kind, id_of_full_url(full_url) if own is None else own)
        keys.append(key)
        if key is not None and type(full_url) is str and full_url:
            known[full_url] = key
    return known, keys


def _key(entry: RawEntry) -> str | None:
    resource = entry.resource
    if type(resource) is not dict:
        return None
    own = resource.get("id")
    return _named(
        resource.get("resourceType"), id_of_full_url(entry.full_url) if own is None else own
    )


def _named(kind: object, own: object) -> str | None:
    """`Type/id` of an entry, None where it cannot be named."""
    if type(kind) is not str or type(own) is not str or kind not in known_types():
        return None
    return f"{kind}/{own}" if IDENTITY.fullmatch(own) else None


def _heading(entry: RawEntry) -> Json | None:
    """What a refusal needs of an entry; the rest of it need not stay in memory."""
    if type(entry.resource) is not dict:
        return None
    return {name: value for name, value in entry.resource.items() if name in KEPT_OF_REFUSED}


def _only_patient(found: Sorted, refused: list[tuple[RawEntry, str | None, str]]) -> str | None:
    keys = {*found.taken, *(key for _, key, _ in refused if key)}
    patients = {key for key in keys if key.startswith(PATIENT)}
    return patients.pop().removeprefix(PATIENT) if len(patients) == 1 else None


def _take(entry: RawEntry, key: str | None, place: Place, validator: Validator) -> Taken:
    """Check one entry and append its rows; raises EntryRefused."""
    number, _, resource, raw, fault = entry
    if fault is not None:
        raise EntryRefused(fault)
    if key is None:
        raise EntryRefused(_why_unnamed(entry))
    kind, _, own = key.partition("/")
    if kind == "Bundle":
        raise EntryRefused(INNER_BUNDLE)
    place.key = key
    try:
        place.patient = own if kind == "Patient" else patient_of(resource, kind, place.known)
        builder = BUILDERS.get(kind)
        if builder is None:
            _check_dates(raw)
        if kind in WITH_ATTACHMENTS:
            check_attachments(resource)
        is_turn = validator.is_turn(kind)
        if is_turn and validator.mode != "collect":
            validator.check(kind, resource)
        if builder is not None:
            builder(resource, place)
    except (TypeError, AttributeError, KeyError, ValueError, IndexError, RecursionError) as error:
        # Raw JSON ends here: whatever the builders trip over is a wrong JSON type in the entry.
        raise EntryRefused(validator.explain(kind, resource) or WRONG_FORM) from error
    digest = sha256(raw).hexdigest()
    if is_turn and validator.mode == "collect":
        validator.collected.append(Sample(number, key, place.patient, digest, raw))
    return tuple.__new__(Taken, (key, kind, own, place.patient, digest, raw))  # for speed


def _why_unnamed(entry: RawEntry) -> str:
    resource = entry.resource
    if not isinstance(resource, dict):
        return "It is not a FHIR resource."
    kind = resource.get("resourceType")
    if kind is None:
        return "It is not a FHIR resource: resourceType is missing."
    if kind == "Bundle":
        return INNER_BUNDLE
    if not isinstance(kind, str) or kind not in known_types():
        return "It is not a FHIR resource: resourceType is not one that FHIR R4 knows."
    if resource.get("id") is None:
        return "It has neither an id nor a fullUrl that ends in one."
    return "Its id is not a FHIR id (letters, digits, '-' and '.', at most 64)."


def _check_dates(raw: bytes) -> None:
    """Refuse a date anywhere in a resource without rows of its own that does not parse."""
    for name, written in DATED.findall(raw):
        element = name.decode()
        stamp(written.decode(), element, is_end=element in NEVER_ENDING)


def _turned(
    entry: RawEntry, key: str | None, reason: str, scope: tuple[dict[str, str], str | None]
) -> Turned:
    known, only_patient = scope
    resource = entry.resource if isinstance(entry.resource, dict) else {}
    kind = resource.get("resourceType")
    kind = kind if isinstance(kind, str) and kind in known_types() else None
    digest = sha256(entry.raw).hexdigest()
    patient = _patient_of_turned(resource, key, kind, known) or only_patient
    return Turned(entry.number, key, kind, patient, reason, digest)


def _patient_of_turned(
    resource: Json, key: str | None, kind: str | None, known: dict[str, str]
) -> str | None:
    if key is not None and key.startswith("Patient/"):
        return key.removeprefix("Patient/")
    try:
        return patient_of(resource, kind or "", known)
    except (TypeError, AttributeError, KeyError, EntryRefused):
        return None
