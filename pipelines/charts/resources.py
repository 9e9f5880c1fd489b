"""Entries checked one by one: what is taken in, what is refused, and why.

Every entry must be an object of a known resource type with a usable id; its dates must parse
and lie after 1850, its typed statuses be FHIR's, its numbers finite, its base64 whole. It knows
its patient even when it is refused, so that the banner can say "incomplete". What these rules
do not see (profiles, terminology, references to nothing) is not claimed to be checked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pipelines.charts.codebook import CodeBook
from pipelines.charts.instants import stamp
from pipelines.charts.json_document import Entry, Head, head_of
from pipelines.charts.json_text import Raw
from pipelines.charts.note_text import check_attachments
from pipelines.charts.references import IDENTITY, Json, id_of_full_url, patient_of
from pipelines.charts.refusals import EntryRefused, path_of
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
WITH_ATTACHMENTS = frozenset({"Binary", "Media"})


class Taken(NamedTuple):
    """One entry that goes in, in the order of the columns of `resource`."""

    key: str
    kind: str
    id: str
    patient: str | None
    sha256: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class Turned:
    """One entry that does not; `number` None for a whole file."""

    number: int | None
    resource: str | None
    kind: str | None
    patient: str | None
    reason: str
    sha256: bytes
    raw: bytes = b""

    @property
    def path(self) -> str | None:
        """The element that was found wrong, where the reason names one."""
        return path_of(self.reason)


class Deleted(NamedTuple):
    """A resource that a file says is gone, and since when (microseconds, UTC), if it says."""

    key: str
    deleted_us: int | None


@dataclass(slots=True)
class Sorted:
    """A file's entries: those that go in, with their rows, and those that do not."""

    taken: dict[str, Taken] = field(default_factory=dict)
    older: list[Taken] = field(default_factory=list)
    turned: list[Turned] = field(default_factory=list)
    deleted: list[Deleted] = field(default_factory=list)
    rows: Tables = field(default_factory=dict)


@lru_cache(maxsize=1)
def known_types() -> frozenset[str]:
    """Resource types that are taken in."""
    return frozenset(tomllib.loads(RESOURCE_TYPES.read_text(encoding="utf-8"))["types"])


class Names:
    """What the entries of a file are called: `Type/id` by `fullUrl`, and its patients."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.patients: set[str] = set()

    def learn(self, head: Head) -> str | None:
        """The `Type/id` of an entry, known from now on; None where it cannot be named."""
        full_url, kind, own = head
        if own is None:
            own = id_of_full_url(full_url)
        if type(kind) is not str or type(own) is not str or kind not in known_types():
            return None
        if not IDENTITY.fullmatch(own):
            return None
        key = f"{kind}/{own}"
        if type(full_url) is str:
            self.known[full_url] = key
        if kind == "Patient":
            self.patients.add(own)
        return key

    @property
    def only_patient(self) -> str | None:
        """The one patient of the file, to whom its unreadable entries belong; None for several."""
        return next(iter(self.patients)) if len(self.patients) == 1 else None


class EntrySorter:
    """Sorts the entries of files: checks each one and turns the good ones into rows."""

    def __init__(self, codes: CodeBook, validator: Validator) -> None:
        self.codes = codes
        self.validator = validator

    def sort(self, entries: Sequence[Entry], names: Names, is_bundle: bool) -> Sorted:
        """One portion of a file; `names` knows the file's entries before it."""
        keys = [names.learn(head_of(entry)) for entry in entries]
        place = Place("", None, names.known, self.codes)
        found = Sorted(rows=place.rows)
        taken_in = found.taken
        again: dict[str, Place] = {}
        only_patient = names.only_patient if is_bundle else None
        for entry, key in zip(entries, keys, strict=True):
            own = place if key not in taken_in else Place("", None, names.known, self.codes)
            try:
                taken = self._take(entry, key, own)
            except EntryRefused as refused:
                found.turned.append(_turned(entry, key, refused.reason, (names, only_patient)))
                continue
            if own is not place:
                # Of one resource twice in a file the later one counts, unless it is refused.
                again[taken.key] = own
                found.older.append(taken_in[taken.key])
            taken_in[taken[0]] = taken
        _replace_rows(found.rows, again)
        return found

    def _take(self, entry: Entry, key: str | None, place: Place) -> Taken:
        """Check one entry and append its rows; raises EntryRefused."""
        number, _, resource, raw, fault, _, _ = entry
        if fault is not None:
            raise EntryRefused(fault)
        if key is None:
            raise EntryRefused(_why_unnamed(resource))
        kind, _, own = key.partition("/")
        if kind == "Bundle":
            raise EntryRefused(INNER_BUNDLE)
        place.key = key
        validator = self.validator
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
        digest = sha256(raw).digest()
        if is_turn and validator.mode == "collect":
            validator.collected.append(Sample(number, key, place.patient, digest, raw))
        return tuple.__new__(Taken, (key, kind, own, place.patient, digest, raw))  # for speed


def _turned(
    entry: Entry, key: str | None, reason: str, scope: tuple[Names, str | None]
) -> Turned:
    names, only_patient = scope
    resource = entry.resource if isinstance(entry.resource, dict) else {}
    kind = resource.get("resourceType")
    kind = kind if isinstance(kind, str) and kind in known_types() else None
    patient = _patient_of_turned(resource, key, kind, names.known) or only_patient
    return Turned(entry.number, key, kind, patient, reason, sha256(entry.raw).digest(), entry.raw)


def _replace_rows(rows: Tables, again: dict[str, Place]) -> None:
    """Put the rows of later versions in the place of those of earlier ones."""
    if again:
        for table, kept in rows.items():
            rows[table] = [row for row in kept if key_of(table, row) not in again]
        for own in again.values():
            for table, later in own.rows.items():
                rows[table].extend(later)


def _why_unnamed(resource: Raw) -> str:
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


def _patient_of_turned(
    resource: Json, key: str | None, kind: str | None, known: dict[str, str]
) -> str | None:
    if key is not None and key.startswith("Patient/"):
        return key.removeprefix("Patient/")
    try:
        return patient_of(resource, kind or "", known)
    except (TypeError, AttributeError, KeyError, EntryRefused):
        return None
