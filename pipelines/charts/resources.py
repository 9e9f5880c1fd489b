"""Entries checked one by one: what is taken in, what is refused, and why.

Every entry must be an object of a known resource type with a usable id; its dates must parse
and lie after 1850, its typed statuses be FHIR's, its numbers finite, its base64 whole. It knows
its patient even when it is refused, so that the banner can say "incomplete". What these rules
do not see (profiles, terminology, references to nothing) is not claimed to be checked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import orjson

from pipelines.charts.codebook import CodeBook
from pipelines.charts.deletions import PassedOver, asked, deletions_of_line
from pipelines.charts.instants import stamp
from pipelines.charts.json_entries import Entry
from pipelines.charts.json_text import Raw
from pipelines.charts.note_text import check_attachments
from pipelines.charts.references import IDENTITY, Json, id_of_full_url, patient_of
from pipelines.charts.refusals import EntryRefused, path_of
from pipelines.charts.release_paths import own_rows
from pipelines.charts.releases import as_r4, release_of_type
from pipelines.charts.required_codes import check_codes
from pipelines.charts.row_parts import Columns, Place, Tables
from pipelines.charts.rows import BUILDERS, READ_IN_PART, key_of
from pipelines.charts.validation import Sample, Validator
from pipelines.charts.versions import is_newer

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
WRONG_TYPES = (
    TypeError, AttributeError, KeyError, ValueError, IndexError, OverflowError, RecursionError,
)  # fmt: skip
WRONG_FORM = "An element has another form than FHIR gives it."
NOTHING: Mapping[str, bytes] = {}
# Enough to tell one content of a key from another; a table of random bytes does not compress.
DIGEST_BYTES = 16
WITH_ATTACHMENTS = frozenset({"Binary", "Media"})


class Taken(NamedTuple):
    """One entry that goes in, in the order of the columns of `resource`."""

    key: str
    kind: str
    patient: str | None
    digest: bytes
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
    since_us: int | None


class Scope(NamedTuple):
    """What a file says of all its entries: its names, its release, and what kind of file it is."""

    names: Names
    is_bundle: bool = False
    is_history: bool = False
    release: str | None = None
    written_us: int | None = None


@dataclass(slots=True)
class Sorted:
    """A file's entries: those that go in, with their rows, and those that do not.

    `repeated` are those that were there with the same content; `is_clash` where one was there
    with another.
    """

    taken: dict[str, Taken] = field(default_factory=dict)
    older: list[Taken] = field(default_factory=list)
    turned: list[Turned] = field(default_factory=list)
    deleted: list[Deleted] = field(default_factory=list)
    repeated: set[str] = field(default_factory=set)
    passed_over: int = 0
    is_clash: bool = False
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
        self.types = known_types()

    def learn(self, full_url: Raw, kind: Raw, own: Raw) -> str | None:
        """The `Type/id` of an entry, known from now on; None where it cannot be named."""
        if own is None:
            own = id_of_full_url(full_url)
        if type(kind) is not str or kind not in self.types:
            return None
        if type(own) is not str or not IDENTITY.fullmatch(own):
            return None
        key = f"{kind}/{own}"
        if type(full_url) is str:
            self.known[full_url] = key
        if kind == "Patient":
            self.patients.add(own)
        return key

    def learn_entry(self, entry: Entry) -> str | None:
        """The `Type/id` of a parsed entry."""
        _, around, resource, _, _ = entry
        full_url = around.get("fullUrl") if around else None
        if not isinstance(resource, dict):
            return None
        return self.learn(full_url, resource.get("resourceType"), resource.get("id"))

    @property
    def only_patient(self) -> str | None:
        """The one patient of the file, to whom its unreadable entries belong; None for several."""
        return next(iter(self.patients)) if len(self.patients) == 1 else None


class EntrySorter:
    """Sorts the entries of files: checks each one and turns the good ones into rows."""

    def __init__(self, codes: CodeBook, validator: Validator, columns: Columns) -> None:
        self.codes = codes
        self.validator = validator
        self.columns = {table: [name for name, _ in listed] for table, listed in columns.items()}

    def sort(
        self, entries: Sequence[Entry], scope: Scope, there: Mapping[str, bytes] = NOTHING
    ) -> Sorted:
        """One portion of a file; `there` are digests by key of what need not come again.

        The scope's names know the file's entries before it.
        """
        names = scope.names
        keys = list(map(names.learn_entry, entries))
        place = Place("", None, names.known, self.codes)
        found = Sorted(rows=place.rows)
        taken_in = found.taken
        again: dict[str, Place] = {}
        for entry, key in zip(entries, keys, strict=True):
            own = place if key not in taken_in else Place("", None, names.known, self.codes)
            try:
                if _is_request(entry.around) and _asked(entry, scope, found):
                    continue
                digest = sha256(entry[3]).digest()[:DIGEST_BYTES]
                if key is not None and key in there:
                    if there[key] == digest:
                        found.repeated.add(key)
                        continue
                    found.is_clash = True
                taken = self._take(entry, key, own, (scope.release, digest))
            except EntryRefused as refused:
                found.turned.append(_turned(entry, key, refused.reason, scope))
                continue
            if own is not place and not _supersedes(taken, found):
                continue
            if own is not place:
                again[taken.key] = own
            taken_in[taken[0]] = taken
        _replace_rows(found.rows, again)
        return found

    def deletions(self, entries: Sequence[Entry], scope: Scope) -> Sorted:
        """The lines of a bulk export's `deleted` file: each a Bundle of deletions."""
        found = Sorted()
        for entry in entries:
            try:
                if entry.fault is not None:
                    raise EntryRefused(entry.fault)
                gone = deletions_of_line(entry.resource)
            except EntryRefused as refused:
                found.turned.append(_turned(entry, None, refused.reason, scope))
            else:
                found.deleted += [Deleted(one.key, scope.written_us) for one in gone]
        return found

    def _take(
        self, entry: Entry, key: str | None, place: Place, known: tuple[str | None, bytes]
    ) -> Taken:
        """Check one entry and append its rows; raises EntryRefused.

        `known` are the release that its file states, and its digest.
        """
        number, _, resource, raw, fault = entry
        release, digest = known
        if fault is not None:
            raise EntryRefused(fault)
        if key is None:
            raise EntryRefused(_why_unnamed(resource))
        kind, _, own = key.partition("/")
        if kind == "Bundle":
            raise EntryRefused(INNER_BUNDLE)
        place.key = key
        is_turn = self.validator.is_turn(kind)
        try:
            read = as_r4(kind, resource, release)
            place.patient = own if kind == "Patient" else patient_of(read, kind, place.known)
            check_codes(kind, read)
            if is_turn and self.validator.mode != "collect":
                self.validator.check(kind, read)
            self._build(kind, entry, read, place)
        except WRONG_TYPES as error:
            # Raw JSON ends here: whatever the builders trip over is a wrong JSON type in the entry.
            raise EntryRefused(self.validator.explain(kind, resource) or WRONG_FORM) from error
        if is_turn and self.validator.mode == "collect" and read is resource:
            whole = sha256(raw).digest()  # a refusal is known by all of it
            self.validator.collected.append(Sample(number, key, place.patient, whole, raw))
        return tuple.__new__(Taken, (key, kind, place.patient, digest, raw))  # for speed

    def _build(self, kind: str, entry: Entry, read: Json, place: Place) -> None:
        """Append the rows of a resource, which is read in R4's form.

        Paths are those of the record as it came; what is refused leaves no half row.
        """
        builder = BUILDERS.get(kind)
        if kind in WITH_ATTACHMENTS:
            check_attachments(read)
        if builder is None:
            _check_dates(entry.raw)
            return
        if kind not in READ_IN_PART and read is entry.resource:
            builder(read, place)  # nine of ten
            return
        own = Place(place.key, place.patient, place.known, place.codes)
        builder(read, own)
        if kind in READ_IN_PART:
            _check_dates(entry.raw)
        rows = own.rows if read is entry.resource else own_rows(read, own.rows, self.columns)
        for table, some in rows.items():
            place.rows[table].extend(some)


def _is_request(around: Raw) -> bool:
    """Whether a Bundle's entry says more than where its resource is from or goes."""
    if not around or (len(around) == 1 and "fullUrl" in around):
        return False
    request = around.get("request")
    if type(request) is dict and request.get("method") in ("POST", "PUT"):
        return False
    return request is not None or "search" in around or "response" in around


def _asked(entry: Entry, scope: Scope, found: Sorted) -> bool:
    """Whether an entry asks for something else than to take its resource in; it is noted."""
    asks = asked({**entry.around, "resource": entry.resource}, in_history=scope.is_history)
    if asks is None:
        return False
    if isinstance(asks, PassedOver):
        found.passed_over += 1
        return True
    since = scope.written_us if asks.when is None else stamp(asks.when, "lastModified")[0]
    if scope.is_history and asks.key in found.taken:
        return True  # a history is told newest first: it came back after this
    found.deleted.append(Deleted(asks.key, since))
    return True


def _supersedes(taken: Taken, found: Sorted) -> bool:
    """Of one resource twice in a file the newer counts by its own word, else the later one."""
    before = found.taken[taken.key]
    is_late = is_newer(_meta(before.raw), _meta(taken.raw)) is False
    found.older.append(taken if is_late else before)
    return not is_late


def _meta(raw: bytes) -> Json:
    return orjson.loads(raw).get("meta") or {}


def _turned(entry: Entry, key: str | None, reason: str, scope: Scope) -> Turned:
    names = scope.names
    only_patient = names.only_patient if scope.is_bundle else None
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
    if kind == "Bundle":
        return INNER_BUNDLE
    if kind is None or not isinstance(kind, str) or kind not in known_types():
        return _why_unknown(kind)
    if resource.get("id") is None:
        return "It has neither an id nor a fullUrl that ends in one."
    return "Its id is not a FHIR id (letters, digits, '-' and '.', at most 64)."


def _why_unknown(kind: Raw) -> str:
    if kind is None:
        return "It is not a FHIR resource: resourceType is missing."
    if release := release_of_type(kind):
        return f"This is a FHIR {release} {kind}; Chartroom reads R4."
    return "It is not a FHIR resource: resourceType is not one that FHIR R4 knows."


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
