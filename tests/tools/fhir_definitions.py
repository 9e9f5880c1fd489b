"""Writes the two generated data files of `pipelines/charts` from FHIR's own definitions.

`release_marks.toml`: what an element path can look like in DSTU2, STU3 or R5 and in no R4/R4B;
`required_codes.toml`: the codes of R4's and R4B's required bindings, and what R5 adds to them.
Source: the npm package @types/fhir 0.0.41 (MIT), generated from hl7.fhir.r2/r3/r4/r4b/r5.core
(`npm pack @types/fhir@0.0.41`, unpacked). Run: python tests/tools/fhir_definitions.py FOLDER.
Nothing is fetched here, and no rule stands here: rules are in `releases.toml`, by hand.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

CHARTS = Path(__file__).parents[2] / "pipelines" / "charts"
OTHERS = {"DSTU2": "r2", "STU3": "r3", "R5": "r5"}
INTERFACE = re.compile(r"^export interface (\w+)(?: extends (\w+))? \{\n(.*?)^\}", re.M | re.S)
FIELD = re.compile(r"^  (?:readonly )?(\w+)\??: (.+?)(?: \| undefined)?;$", re.M)
DEEPEST = 3
# Elements of every resource, and data types that are the same or do not bear on a reading.
PASSED_OVER = {"meta", "text", "contained", "extension", "modifierExtension", "id", "implicitRules",
               "language"}  # fmt: skip
OPENED = ("CodeableReference", "Dosage", "CodeableConcept", "Reference", "Coding", "Identifier")
# What makes a type one that a chart reads: it names a patient, or a chart names it.
ABOUT_A_PATIENT = {"subject", "patient", "beneficiary", "candidate", "individual", "for"}
NAMED_BY_A_CHART = {
    "Patient", "RelatedPerson", "Practitioner", "PractitionerRole", "Organization", "Location",
    "Medication", "Device", "Substance", "Binary", "Appointment", "Provenance", "Schedule", "Slot",
}  # fmt: skip
# One level down, only where a wrong code turns the meaning of a clinical entry.
INNER_CODES = (
    "AllergyIntolerance.reaction.severity", "Appointment.participant.status",
    "Encounter.location.status", "Patient.contact.gender", "Patient.link.type",
    "Consent.provision.type",
)  # fmt: skip

READ_TOO = {"Observation": {"status": ("specimen-in-process", "appended")}}


class Element(NamedTuple):
    """One element: its type, whether it is a list, and its codes where they are bound."""

    kind: str
    is_list: bool
    codes: tuple[str, ...]

    @property
    def shape(self) -> str:
        if self.is_list:
            return "list"
        return "object" if self.kind[0].isupper() else "text"


Release = dict[str, dict[str, Element]]


def read(path: Path) -> Release:
    """The interfaces of one release; a resource is one that names its resourceType."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    found: Release = {}
    for name, _, body in INTERFACE.findall(text):
        fields = {field: _element(kind) for field, kind in FIELD.findall(body)}
        fields = {key: value for key, value in fields.items() if key[0] != "_"}
        if "readonly resourceType" not in body:
            fields.pop("resourceType", None)  # ClaimPayee of STU3 has an element of that name
        found[name] = fields
    return found


def _element(written: str) -> Element:
    codes = tuple(re.findall(r"'([^']+)'", written))
    is_list = written.endswith("[]") or written.startswith("Array<")
    kind = "string" if codes else written.removesuffix("[]").strip("()")
    return Element(kind, is_list, codes)


def resources(release: Release) -> set[str]:
    return {name for name, fields in release.items() if "resourceType" in fields}


def marks(kind: str, other: Release, ours: list[Release]) -> list[str]:
    """Paths that only the other release has, or has in another JSON shape."""
    here = [(release, [kind]) for release in ours if kind in release]
    return sorted(_marks(other, kind, here, "", 1))


def _marks(
    other: Release, kind: str, here: list[tuple[Release, list[str]]], at: str, depth: int
) -> Iterator[str]:
    for name, element in other.get(kind, {}).items():
        if name in PASSED_OVER or name == "resourceType":
            continue
        ours = [
            (release, release[one][name])
            for release, kinds in here
            for one in kinds
            if name in release.get(one, {})
        ]
        if not ours:
            yield at + name
        elif element.shape not in {one.shape for _, one in ours}:
            yield f"{at}{name}:{element.shape}"
        elif depth < DEEPEST and element.kind in other and _is_opened(element, ours, other):
            inner = [(release, [one.kind]) for release, one in ours]
            yield from _marks(other, element.kind, inner, f"{at}{name}.", depth + 1)


def _is_opened(element: Element, ours: list[tuple[Release, Element]], other: Release) -> bool:
    if {one.kind for _, one in ours} == {element.kind} and element.kind in OPENED[2:]:
        return False
    return element.kind in OPENED or (
        "id" not in other[element.kind] and _is_backbone(element.kind)
    )


def _is_backbone(kind: str) -> bool:
    """A part of one resource: named after it (`EncounterLocation`)."""
    return len(re.findall(r"[A-Z][a-z]+", kind)) > 1 and kind not in {"ContactPoint", "HumanName"}


def codes(kind: str, release: Release) -> dict[str, tuple[str, ...]]:
    """Bound codes by element of a type, those of `INNER_CODES` among them."""
    fields = release.get(kind, {})
    found = {name: one.codes for name, one in fields.items() if one.codes}
    for path in INNER_CODES:
        owner, outer, inner = path.split(".")
        if owner == kind and outer in fields:
            element = release[fields[outer].kind].get(inner)
            if element is not None and element.codes:
                found[f"{outer}.{inner}"] = element.codes
    return {
        name: values for name, values in found.items() if name not in (*PASSED_OVER, "resourceType")
    }


def _is_read(kind: str, ours: list[Release]) -> bool:
    elements = {name for release in ours for name in release.get(kind, {})}
    is_definition = {"url", "experimental"} <= elements
    return kind in NAMED_BY_A_CHART or (bool(elements & ABOUT_A_PATIENT) and not is_definition)


def _listed(values: Iterable[str]) -> str:
    text = ", ".join(f'"{value}"' for value in values)
    if len(text) < 80:
        return f"[{text}]"
    lines, line = [], "   "
    for value in values:
        if len(line) + len(value) > 94:
            lines.append(line)
            line = "   "
        line += f' "{value}",'
    return "[\n" + "\n".join([*lines, line]) + "\n]"


def write_marks(releases: dict[str, Release], known: set[str]) -> str:
    ours = [releases["r4"], releases["r4b"]]
    of_ours = resources(ours[0]) | resources(ours[1])
    said = [MARKS_HEAD]
    for name, short in OTHERS.items():
        alone = sorted(resources(releases[short]) - of_ours - (known if name == "R5" else set()))
        if alone:
            said.append(f"{name} = {_listed(alone)}")
    for kind in sorted(known & of_ours):
        if not _is_read(kind, ours):
            continue
        found = {name: marks(kind, releases[short], ours) for name, short in OTHERS.items()}
        if any(found.values()):
            said.append(f"\n[marks.{kind}]")
            said += [f"{name} = {_listed(paths)}" for name, paths in found.items() if paths]
    return "\n".join(said) + "\n"


def write_codes(releases: dict[str, Release], known: set[str]) -> str:
    lists = sorted(
        f"{kind}.{name}"
        for kind in known
        for name, one in {**releases["r4"].get(kind, {}), **releases["r4b"].get(kind, {})}.items()
        if one.codes and one.is_list
    )
    heading = f"{CODES_HEAD}\n\n# Elements that are lists of codes.\nlists = {_listed(lists)}"
    said, later = [heading], ["\n# What the ballot of R6 adds and some systems send already."]
    for kind, elements in READ_TOO.items():
        later.append(f"\n[codes_read_too.{kind}]")
        later += [f"{name} = {_listed(values)}" for name, values in elements.items()]
    later.append("\n# What R5 adds for the same elements.")
    for kind in sorted(known):
        now = [codes(kind, releases[short]) for short in ("r4", "r4b")]
        names = {**now[0], **now[1]}
        both = {name: list(dict.fromkeys([*now[0].get(name, ()), *now[1].get(name, ())]))
                for name in names}  # fmt: skip
        new = {name: [one for one in values if one not in both[name]]
               for name, values in codes(kind, releases["r5"]).items() if name in both}  # fmt: skip
        if both:
            said.append(f"\n[codes.{kind}]")
            said += [f"{_key(name)} = {_listed(both[name])}" for name in sorted(both)]
        if any(new.values()):
            later.append(f"\n[codes_of_r5.{kind}]")
            later += [f"{_key(name)} = {_listed(new[name])}" for name in sorted(new) if new[name]]
    return "\n".join([*said, *later]) + "\n"


def _key(name: str) -> str:
    return f'"{name}"' if "." in name else name


MARKS_HEAD = """\
# What tells another FHIR release from R4: element paths that DSTU2, STU3 or R5 has and neither
# R4 (4.0.1) nor R4B (4.3.0) has, or has in another JSON shape (`:list`, `:object`, `:text`).
# Generated by tests/tools/fhir_definitions.py from @types/fhir 0.0.41 (hl7.fhir.r2, r3, r4, r4b
# and r5.core); change the script, not this file. What is done with them: releases.toml.

# Resource types that R4 and R4B do not have. (Those that R5 adds are kept raw: they have no R4
# form to be mistaken for; see resource_types.toml.)
[types]"""
CODES_HEAD = """\
# Codes of required bindings (hl7.org/fhir/R4/terminologies.html#required): the element may have no
# other value. Top-level code elements of every type, and inner ones that turn a clinical meaning.
# Generated by tests/tools/fhir_definitions.py from @types/fhir 0.0.41 (hl7.fhir.r4.core 4.0.1 and
# hl7.fhir.r4b.core 4.3.0, r5 for what R5 adds); change the script, not this file."""


def main(folder: Path) -> None:
    """Read five releases and write both files."""
    releases = {short: read(folder / f"{short}.d.ts") for short in ("r2", "r3", "r4", "r4b", "r5")}
    listed = tomllib.loads((CHARTS / "resource_types.toml").read_text(encoding="utf-8"))
    known = set(listed["types"])
    (CHARTS / "release_marks.toml").write_text(write_marks(releases, known), encoding="utf-8")
    (CHARTS / "required_codes.toml").write_text(write_codes(releases, known), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
