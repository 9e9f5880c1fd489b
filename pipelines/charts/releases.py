"""FHIR DSTU2, STU3 and R5 among R4: recognised, then mapped to R4's form or refused by name.

A resource is of another release where it has an element, or a JSON shape, that R4 and R4B do
not have (`release_marks.toml`), or says so in its profile. What has a rule in `releases.toml`
is mapped in a copy for the tables, nothing guessed; any other mark refuses the entry: "This is
a FHIR STU3 MedicationRequest (context); Chartroom reads R4." The raw resource is never changed.
A resource that no mark tells from R4 is read as R4: it has R4's form. No values are translated
between code systems.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import EntryRefused, FileRefused
from pipelines.charts.release_rules import Moves, Unmapped, apply

RULES = Path(__file__).with_name("releases.toml")
MARKS = Path(__file__).with_name("release_marks.toml")
RELEASES = ("R5", "STU3", "DSTU2")
JSON_TYPES: dict[str, frozenset[type]] = {
    "list": frozenset({list}), "object": frozenset({dict}),
    "text": frozenset({str, int, float, bool}),
}  # fmt: skip
OF_PROFILE = re.compile(
    r"http://hl7\.org/fhir/(?:(\d\.\d)/)?StructureDefinition/\w+(?:\|(\d+\.\d+(?:\.\d+)?)\S*)?"
)
BY_VERSION = {"0": "DSTU2", "1.0": "DSTU2", "3.0": "STU3", "4.0": "R4", "4.3": "R4", "5.0": "R5"}
STEP = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")


class Mark(NamedTuple):
    """One path, the JSON types that make it a mark (none: its presence), and who has it."""

    steps: tuple[str, ...]
    types: frozenset[type]
    releases: frozenset[str]


class Watch(NamedTuple):
    """What to look at in an object: elements, elements of a JSON type, and what lies below."""

    names: frozenset[str]
    shaped: tuple[tuple[str, frozenset[type]], ...]
    deep: tuple[tuple[str, Watch], ...]


class Kind(NamedTuple):
    """What tells one resource type of another release: its marks, and status codes."""

    watch: Watch
    statuses: frozenset[str]
    marks: tuple[Mark, ...]


UNMARKED = Kind(Watch(frozenset(), (), ()), frozenset(), ())
_kinds_seen: dict[str, Kind] = {}


class Mapped(Json):
    """An R4 copy of a resource; `release` it came in, `moves` from R4's paths to its own."""

    __slots__ = ("moves", "release")

    def __init__(self, resource: Json, release: str) -> None:
        super().__init__(resource)
        self.release = release
        self.moves: Moves = []


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _types() -> Mapping[str, str]:
    """Resource types that only another release has."""
    table = tomllib.loads(MARKS.read_text(encoding="utf-8"))["types"]
    return {kind: release for release in table for kind in table[release]}


@lru_cache(maxsize=1)
def _kinds() -> dict[str, Kind]:
    table = tomllib.loads(MARKS.read_text(encoding="utf-8"))["marks"]
    renamed = _rules()["values"]["STU3"]
    return {
        kind: _kind(table.get(kind, {}), frozenset(renamed.get(kind, ())))
        for kind in {*table, *renamed}
    }


def _kind(by_release: Mapping[str, list[str]], statuses: frozenset[str]) -> Kind:
    found: dict[str, set[str]] = {}
    for release, paths in by_release.items():
        for path in paths:
            found.setdefault(path, set()).add(release)
    marks = []
    for path, releases in found.items():
        written, _, shape = path.partition(":")
        types = JSON_TYPES.get(shape, frozenset())
        marks.append(Mark(tuple(written.split(".")), types, frozenset(releases)))
    # What one release alone has tells a reader most: it is named first in a refusal.
    marks.sort(key=lambda mark: (len(mark.releases), mark.steps))
    return Kind(_watch([(mark.steps, mark.types) for mark in marks]), statuses, tuple(marks))


def _watch(marks: list[tuple[tuple[str, ...], frozenset[type]]]) -> Watch:
    inner: dict[str, list[tuple[tuple[str, ...], frozenset[type]]]] = {}
    for steps, types in marks:
        if len(steps) > 1:
            inner.setdefault(steps[0], []).append((steps[1:], types))
    return Watch(
        frozenset(steps[0] for steps, types in marks if len(steps) == 1 and not types),
        tuple((steps[0], types) for steps, types in marks if len(steps) == 1 and types),
        tuple((name, _watch(below)) for name, below in inner.items()),
    )


def as_r4(kind: str, resource: Json, stated: str | None = None) -> Json:
    """The resource in R4's form: itself, a `Mapped` copy, or EntryRefused by its release.

    `stated` is the release that its file states, for what its own elements leave open.
    """
    watch, statuses, _ = _kinds_seen.get(kind) or _kind_of(kind)
    if (
        not watch.names.isdisjoint(resource)
        or _is_marked(watch, resource)
        or (statuses and resource.get("status") in statuses)
    ):
        return _mapped(kind, resource, release_of_profile(resource) or stated)
    if stated == "DSTU2":
        raise EntryRefused(f"This is a FHIR DSTU2 {kind}; Chartroom reads R4.")
    return resource


def _kind_of(kind: str) -> Kind:
    found = _kinds_seen[kind] = _kinds().get(kind, UNMARKED)
    return found


def _is_marked(watch: Watch, holder: Json) -> bool:
    for name, types in watch.shaped:
        if name in holder and type(holder[name]) in types:
            return True
    for name, inner in watch.deep:
        if name in holder:
            value = holder[name]
            for item in value if type(value) is list else (value,):
                if type(item) is dict and (
                    not inner.names.isdisjoint(item)
                    or ((inner.shaped or inner.deep) and _is_marked(inner, item))
                ):
                    return True
    return False


def _is_at(value: Element, steps: tuple[str, ...], types: frozenset[type]) -> bool:
    """Whether a path is there, through lists, in one of these JSON types."""
    if isinstance(value, list):
        return any(_is_at(item, steps, types) for item in value)
    if not isinstance(value, dict) or steps[0] not in value:
        return False
    found = value[steps[0]]
    if len(steps) > 1:
        return _is_at(found, steps[1:], types)
    return found is not None and (not types or type(found) in types)


def release_of_profile(resource: Json) -> str | None:
    """The release that a base profile in `meta.profile` states, if one does."""
    meta = resource.get("meta")
    if type(meta) is not dict or "profile" not in meta:
        return None
    profiles = meta["profile"]
    for profile in profiles if type(profiles) is list else ():
        if type(profile) is str and (release := _stated_by(profile)):
            return release
    return None


@lru_cache(maxsize=1000)
def _stated_by(profile: str) -> str | None:
    found = OF_PROFILE.fullmatch(profile)
    return release_of_version(found[1] or found[2]) if found and (found[1] or found[2]) else None


def release_of_version(version: object) -> str | None:
    """The release's name for a `fhirVersion` ("3.0.2"), None for one that is not known."""
    if not isinstance(version, str):
        return None
    return BY_VERSION.get(".".join(version.split(".")[:2])) or BY_VERSION.get(version.split(".")[0])


def release_of_type(kind: object) -> str | None:
    """The release that alone has this resource type (ProcedureRequest), None for R4's own."""
    return _types().get(kind) if isinstance(kind, str) else None


def check_stated(resource: Json) -> str | None:
    """The release that a CapabilityStatement or a Bundle states, to be handed to `as_r4`.

    None where it says nothing. FileRefused for a release that Chartroom cannot read.
    """
    version = resource.get("fhirVersion")
    if version is None:
        return release_of_profile(resource)
    release = release_of_version(version)
    if release == "DSTU2" or release is None:
        named = f"FHIR {release}" if release else "a FHIR release that is not known here"
        raise FileRefused(f"It states {named}; Chartroom reads R4.")
    return release


def _mapped(kind: str, resource: Json, stated: str | None) -> Json:
    found = [mark for mark in _kind_of(kind).marks if _is_at(resource, mark.steps, mark.types)]
    release = _release(kind, resource, found, stated)
    mapped = Mapped(resource, release)
    rules = _rules().get(release, {}).get(kind, {})
    done: set[str] = set()
    for mark in found:
        path, rule = _rule(mark, rules)
        if rule is None:
            raise _refused(release, kind, mark.steps)
        if path in done:
            continue
        done.add(path)
        try:
            mapped.moves += apply(mapped, path.split("."), rule)
        except (Unmapped, TypeError, AttributeError, KeyError, ValueError) as error:
            raise _refused(release, kind, mark.steps) from error
    renamed = _rules()["values"].get(release, {}).get(kind, {})
    if mapped.get("status") in renamed:
        mapped["status"] = renamed[mapped["status"]]
    return mapped


def _release(kind: str, resource: Json, found: list[Mark], stated: str | None) -> str:
    """The one release that has every mark found."""
    left = set(RELEASES) if found else {"STU3"}
    for mark in found:
        left &= _who(kind, resource, mark)
    if not left:
        raise EntryRefused(f"This {kind} mixes elements of several FHIR releases.")
    if stated in left:
        return str(stated)
    return next(release for release in RELEASES[1:] + RELEASES[:1] if release in left)


def _who(kind: str, resource: Json, mark: Mark) -> set[str]:
    """Who has this mark; one name may stand for different things in STU3 and in R5."""
    members = _rules()["told_apart"].get(".".join((kind, *mark.steps)))
    if members is None:
        return set(mark.releases)
    is_r5 = any(_is_at(resource, (*mark.steps, member), frozenset()) for member in members)
    return {"R5"} if is_r5 else set(mark.releases) - {"R5"}


def _rule(mark: Mark, rules: Mapping[str, str]) -> tuple[str, str | None]:
    """The rule for a mark, or for what holds it."""
    for length in range(len(mark.steps), 0, -1):
        path = ".".join(mark.steps[:length])
        if path in rules:
            return path, rules[path]
    return "", None


def _refused(release: str, kind: str, steps: tuple[str, ...]) -> EntryRefused:
    return EntryRefused(f"This is a FHIR {release} {kind} ({'.'.join(steps)}); Chartroom reads R4.")


def own_path(mapped: Json, path: str) -> str:
    """Where an R4 path of a `Mapped` copy stands in the resource as it came."""
    if not isinstance(mapped, Mapped):
        return path
    steps = [(name, indexes) for name, indexes in STEP.findall(path)]
    names = [name for name, _ in steps]
    for new, old in sorted(mapped.moves, key=lambda move: -move[0].count(".")):
        parts = new.split(".")
        if names[: len(parts)] != parts:
            continue
        before, rest = steps[: len(parts)], steps[len(parts) :]
        return _joined(old, before, rest)
    return path


def _joined(old: str, before: list[tuple[str, str]], rest: list[tuple[str, str]]) -> str:
    parts = []
    for place, part in enumerate(old.split(".")):
        index = before[min(place, len(before) - 1)][1]
        parts.append(part.replace("[i]", index))
    return ".".join([*parts, *(name + indexes for name, indexes in rest)])
