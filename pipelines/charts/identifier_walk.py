"""One resource's identifying strings, found by what FHIR calls the element they stand in.

Which elements identify whom is data (`identifiers.toml`). Names come whole and in parts;
displays of references count as a person's name in parts only where they read like one, so that
"Attending Physician" or "Lab" are never taken for people. Clinical references (a reason, a
result) are passed by. Nothing is looked up here: references to follow are handed back.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.records.exports import ChartIdentifier

TABLE = Path(__file__).with_name("identifiers.toml")
OWN_TYPES = frozenset({"Patient", "RelatedPerson", "Coverage", "Account", "Device"})
PEOPLE = frozenset({"Patient", "RelatedPerson", "Practitioner", "Person"})
PLACES = frozenset({"Organization", "Location", "HealthcareService"})
REFERENCE_KEYS = frozenset({"reference", "type", "identifier", "display", "id", "extension"})
IDENTIFIER_ELEMENTS = frozenset(
    {
        "identifier",
        "masterIdentifier",
        "groupIdentifier",
        "requisition",
        "accessionIdentifier",
        "valueIdentifier",
        "preAuthRef",
    }
)
LIKELY_NAME = re.compile(r"[A-ZÀ-Þ][\w'\u2019.-]*")

TYPE_AND_ID = re.compile(r"^.*/([A-Z][A-Za-z]+/[A-Za-z0-9.-]+)$")
CREDENTIALS = re.compile(r"[A-Z][A-Za-z]?[A-Z-]{0,6}(?:\s[A-Z-]{2,6})*")

Json = Any  # a parsed FHIR element; ends in this file as ChartIdentifier values


@dataclass(slots=True)
class IdentifierWalk:
    """Collects over many resources; each (kind, value) is kept once, with its first path."""

    found: dict[tuple[str, str], str] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    identifier_references: set[str] = field(default_factory=set)
    name_words: set[str] = field(default_factory=set)

    def resource(self, raw: Json) -> None:
        """Take in one parsed resource."""
        kind = raw.get("resourceType", "")
        if kind in PLACES:
            self._place_names(raw, kind)
        elif kind == "FamilyMemberHistory" and isinstance(raw.get("name"), str):
            self._person(raw["name"], f"{kind}.name")
        self._node(raw, kind, kind, kind)

    def identifiers(self) -> tuple[ChartIdentifier, ...]:
        """All that was found, in a stable order."""
        return tuple(
            ChartIdentifier(kind, value, path)
            for (kind, value), path in sorted(self.found.items(), key=lambda item: item[0])
        )

    def add(self, kind: str, value: object, path: str) -> None:
        """Keep one identifier; a single character identifies nobody."""
        text = str(value).strip()
        if len(text) > 1:
            self.found.setdefault((kind, text), path)

    def _node(self, node: Json, path: str, element: str, owner: str) -> None:
        if isinstance(node, list):
            for index, item in enumerate(node):
                self._node(item, f"{path}[{index}]", element, owner)
        elif isinstance(node, dict):
            owner = node.get("resourceType", owner)
            if self._typed(node, path, element, owner):
                return
            for name, value in node.items():
                if isinstance(value, dict | list):
                    self._node(value, f"{path}.{name}", name, owner)
                elif name in table()["strings"]:
                    self.add(table()["strings"][name], value, f"{path}.{name}")

    def _typed(self, node: Json, path: str, element: str, owner: str) -> bool:
        """Whether the element was read whole as one of FHIR's identifying datatypes."""
        if "family" in node or isinstance(node.get("given"), list) or _is_name(element, owner):
            self._human_name(node, path)
        elif element == "telecom":
            kind = table()["telecom"].get(node.get("system"), "ID")
            self.add(kind, node.get("value", ""), f"{path}.value")
        elif element in ("address", "valueAddress") or "postalCode" in node:
            self._address(node, path)
        elif element in IDENTIFIER_ELEMENTS:
            self._identifier(node, path, owner)
        elif REFERENCE_KEYS.issuperset(node) and ("reference" in node or "display" in node):
            self._reference(node, path, element, owner)
        elif "valueString" in node and _names_a_person(node.get("url", "")):
            self._person(node["valueString"], f"{path}.valueString")
        else:
            return False
        return True

    def _human_name(self, node: Json, path: str) -> None:
        given = [part for part in node.get("given", ()) if isinstance(part, str)]
        family = node.get("family", "")
        for index, part in enumerate(given):
            self._name_part(part, f"{path}.given[{index}]")
        self._name_part(family, f"{path}.family")
        if node.get("text"):
            self._person(node["text"], f"{path}.text")
        if given and family:
            self.add("NAME", f"{given[0]} {family}", path)
            self.add("NAME", f"{' '.join(given)} {family}", path)

    def _name_part(self, part: str, path: str) -> None:
        if len(part.strip(". ")) > 1:  # an initial alone is in every text
            self.add("NAME", part, path)
            self.name_words.update(part.lower().split())

    def _person(self, written: str, path: str) -> None:
        """A name as one string: whole, without titles, and in parts if it reads like a name."""
        self.add("NAME", written, path)
        names = [
            word
            for word in re.split(r"[\s,]+", _without_credentials(written))
            if word and word.strip(".").lower() not in _titles()
        ]
        ordinary = {word.strip(".").lower() for word in names} & _not_a_person()
        if ordinary or not 1 <= len(names) <= 5:
            return
        if all(LIKELY_NAME.fullmatch(word) for word in names):
            self.add("NAME", " ".join(names), path)
            for word in names:
                self._name_part(word, path)

    def _address(self, node: Json, path: str) -> None:
        for index, line in enumerate(node.get("line", ())):
            self.add("ADDRESS", line, f"{path}.line[{index}]")
        for name, kind in (
            ("text", "ADDRESS"), ("city", "CITY"), ("district", "CITY"), ("postalCode", "ZIP"),
        ):  # fmt: skip
            if node.get(name):
                self.add(kind, node[name], f"{path}.{name}")

    def _identifier(self, node: Json, path: str, owner: str) -> None:
        value, rules = node.get("value"), table()["identifiers"]
        if isinstance(node.get("assigner"), dict):
            self._reference(node["assigner"], f"{path}.assigner", "assigner", owner)
        if value is None or node.get("system") in rules["common_systems"]:
            return
        if owner in OWN_TYPES or len(str(value)) >= rules["shortest_of_others"]:
            self.add("ID", value, f"{path}.value")

    def _reference(self, node: Json, path: str, element: str, owner: str) -> None:
        target = node.get("reference")
        kind = _kind_of_reference(target or "", element)
        if isinstance(node.get("identifier"), dict):
            self._identifier(node["identifier"], f"{path}.identifier", owner)
            if kind is not None and node["identifier"].get("value"):
                self.identifier_references.add(node["identifier"]["value"])
        if kind is None:
            return
        if target:
            _, question, identifier = target.partition("?identifier=")
            if question:
                self.identifier_references.add(identifier.rpartition("|")[2])
            else:
                self.references.add(TYPE_AND_ID.sub(r"\1", target))
        if node.get("display"):
            self._display(kind, node["display"], f"{path}.display")

    def _display(self, kind: str, display: str, path: str) -> None:
        if kind == "NAME":
            self._person(display, path)
        elif display.lower() not in table()["not_a_place"]["names"]:
            self.add(kind, display, path)

    def _place_names(self, raw: Json, kind: str) -> None:
        for element in ("name", "alias"):
            written = raw.get(element, ())
            for name in [written] if isinstance(written, str) else written:
                self._display("ORGANIZATION", name, f"{kind}.{element}")


def _without_credentials(written: str) -> str:
    """`Anna Rose, RN, OCN` without what follows the name; `Rose, Anna` stays whole."""
    name, *rest = written.split(",")
    if len(name.split()) < 2 or name.isupper():
        return written
    kept = [part for part in rest if not CREDENTIALS.fullmatch(part.strip())]
    return ",".join((name, *kept))


def _is_name(element: str, owner: str) -> bool:
    return element == "name" and owner in PEOPLE


def _names_a_person(url: str) -> bool:
    return url.rpartition("/")[2] in table()["extensions"]["name"]


@lru_cache(maxsize=5_000)
def _kind_of_reference(target: str, element: str) -> str | None:
    """NAME or ORGANIZATION, or None for a reference to something clinical."""
    typed = re.match(r"(?:.*/)?([A-Z][A-Za-z]+)[/?]", target)
    if typed:
        kind = table()["references"].get(typed[1])
        return str(kind) if kind else None
    for kind, elements in table()["elements"].items():
        if element in elements:
            return str(kind)
    return None


@lru_cache(maxsize=1)
def _titles() -> frozenset[str]:
    return frozenset(table()["not_a_person"]["titles"])


@lru_cache(maxsize=1)
def _not_a_person() -> frozenset[str]:
    return frozenset(table()["not_a_person"]["words"])


@lru_cache(maxsize=1)
def table() -> dict[str, Any]:
    """The rules of `identifiers.toml`."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
