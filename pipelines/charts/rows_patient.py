"""Patients: one row, with identifiers, names, ways to reach them, addresses and links beside it.

The MRN is the identifier that says so (type MR), else the first usable one that is no social
security, licence or passport number. The name in use is the official one, else the usual one;
every other name (maiden, alias, old) is kept with its use. Race, ethnicity, birth sex and gender
identity are what US Core's extensions say, and never derived from anything else.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.charts.called import usual
from pipelines.charts.instants import stamp
from pipelines.charts.references import Json, target
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.required_codes import codes_of
from pipelines.charts.row_elements import listed, numbered, only, who, whole, yes_no
from pipelines.charts.row_parts import (
    Place,
    Row,
    as_written,
    first_code,
    period_as_written,
    status_values,
    text,
    words,
)

EXTENSIONS = Path(__file__).with_name("patient_extensions.toml")
NOT_A_RECORD_NUMBER = frozenset({"SS", "DL", "PPN", "SB", "TAX", "NI", "MC", "MA", "HC"})


def patient(resource: Json, place: Place) -> None:
    """Append the rows of one Patient."""
    get = resource.get
    patient_id = place.key.removeprefix("Patient/")
    gender = get("gender")
    if gender is not None and gender not in status_values()["Patient_gender"]:
        raise EntryRefused("gender has a value that FHIR does not know.")
    identifiers = [_identifier(item) for item in listed(get("identifier"))]
    identifiers = [item for item in identifiers if item[1]]
    mrn = _record_number(identifiers)
    dead, died = _dead(resource)
    row = (
        patient_id, place.key, *_names(usual(listed(get("name")))), gender,
        stamp(get("birthDate"), "birthDate")[1], dead, mrn[1], mrn[0],
        yes_no(get("active"), "active"), died, *_about(resource, place),
    )  # fmt: skip
    second = {
        "patient_name": [_name(item, at, place) for at, item in numbered(get("name"))],
        "patient_telecom": [_reach(item, at, place) for at, item in numbered(get("telecom"))],
        "patient_address": [_address(item, at, place) for at, item in numbered(get("address"))],
        "patient_link": [_link(item, at, place) for at, item in numbered(get("link"))],
    }
    place.rows["patient"].append(row)
    place.rows["patient_identifier"].extend((patient_id, *item) for item in identifiers)
    for table, rows in second.items():
        if rows:
            place.rows[table] += rows


def _dead(resource: Json) -> tuple[str | None, int | None]:
    """Death as written, a date or yes or no, and its instant where it is a date."""
    died, written = stamp(resource.get("deceasedDateTime"), "deceasedDateTime")
    if written is None:
        written = as_written(yes_no(resource.get("deceasedBoolean"), "deceasedBoolean"))
    return written, died


def _identifier(item: Json) -> tuple[str | None, str | None, str | None]:
    kind = item.get("type")
    return text(item.get("system")), text(item.get("value")), first_code(kind) or words(kind)


def _record_number(identifiers: Iterable[tuple[Any, Any, Any]]) -> tuple[str | None, str | None]:
    known = list(identifiers)
    for system, value, kind in known:
        if kind == "MR":
            return system, value
    for system, value, kind in known:
        if kind not in NOT_A_RECORD_NUMBER:
            return system, value
    return None, None


def _texts(values: object) -> list[str]:
    """The strings of a list; a null among them stands for an extension alone."""
    return [found for one in listed(values) if (found := text(one))]


def _names(name: Json) -> tuple[str, str | None, str | None]:
    """Whole name, family name, given names."""
    given = " ".join(_texts(name.get("given"))) or None
    family = text(name.get("family"))
    whole_name = " ".join(part for part in (given, family) if part)
    return whole_name or text(name.get("text")) or "", family, given


def _about(resource: Json, place: Place) -> Row:
    """Marital status, languages, what extensions say, births at once, and who cares."""
    get = resource.get
    spoken = [(item, words(item.get("language"))) for item in listed(get("communication"))]
    preferred = [said for item, said in spoken if said and item.get("preferred") is True]
    born = get("multipleBirthInteger")
    if born is None:
        born = yes_no(get("multipleBirthBoolean"), "multipleBirthBoolean")
    else:
        whole(born, "multipleBirthInteger")
    return (
        words(get("maritalStatus")), [said for _, said in spoken if said], only(preferred),
        _extended(resource, "race"), _extended(resource, "ethnicity"),
        only(_extended(resource, "birth_sex")), _extended(resource, "gender_identity"),
        as_written(born), who(resource, "generalPractitioner", place),
        only(who(resource, "managingOrganization", place)),
    )  # fmt: skip


@lru_cache(maxsize=1)
def _urls() -> dict[str, frozenset[str]]:
    table = tomllib.loads(EXTENSIONS.read_text(encoding="utf-8"))
    return {name: frozenset(entry["urls"]) for name, entry in table.items()}


def _extended(resource: Json, name: str) -> list[str]:
    """What the extensions of one meaning say, in words."""
    urls = _urls()[name]
    found: list[str] = []
    for extension in listed(resource.get("extension")):
        if extension.get("url") in urls:
            found += _extension_words(extension)
    return list(dict.fromkeys(found))


def _extension_words(extension: Json) -> list[str]:
    """The categories of a complex extension, else its text; the value of a simple one."""
    inner = listed(extension.get("extension"))
    if not inner:
        return list(_values(extension))
    named = [said for one in inner if one.get("url") != "text" for said in _values(one)]
    return named or [said for one in inner if one.get("url") == "text" for said in _values(one)]


def _values(extension: Json) -> Iterator[str]:
    coding = extension.get("valueCoding") or {}
    plain = extension.get("valueCode") or extension.get("valueString")
    found = (
        text(coding.get("display") or coding.get("code"))
        or words(extension.get("valueCodeableConcept"))
        or text(plain)
    )
    if found:
        yield found


def _code(item: Json, element: str, kind: str) -> str | None:
    value = item.get(element)
    if value is None or value in status_values()[f"{kind}_{element}"]:
        return value
    raise EntryRefused(f"{kind.lower()}.{element} has a value that FHIR does not know.")


def _name(item: Json, number: int, place: Place) -> Row:
    family, given = text(item.get("family")), " ".join(_texts(item.get("given"))) or None
    parts = (("family", family), ("given", next(iter(_texts(item.get("given"))), None)),
             ("text", text(item.get("text"))))  # fmt: skip
    leaf, quote = next(((leaf, quote) for leaf, quote in parts if quote), ("use", None))
    return (
        place.key, place.patient, number, _code(item, "use", "Name"), text(item.get("text")),
        family, given, " ".join(_texts(item.get("prefix"))) or None,
        " ".join(_texts(item.get("suffix"))) or None, *_within(item, "name"),
        f"name[{number - 1}].{leaf}", quote,
    )  # fmt: skip


def _reach(item: Json, number: int, place: Place) -> Row:
    value = text(item.get("value"))
    return (
        place.key, place.patient, number, _code(item, "system", "Telecom"), value,
        _code(item, "use", "Telecom"), whole(item.get("rank"), "telecom.rank"),
        *_within(item, "telecom"), f"telecom[{number - 1}].value", value,
    )  # fmt: skip


def _address(item: Json, number: int, place: Place) -> Row:
    lines = _texts(item.get("line"))
    plain = [text(item.get(name)) for name in ("city", "district", "state", "postalCode",
                                                 "country")]  # fmt: skip
    shown = {"city": plain[0], "text": text(item.get("text")), "line": only(lines),
             "state": plain[2]}  # fmt: skip
    leaf, quote = next(((leaf, quote) for leaf, quote in shown.items() if quote), ("use", None))
    return (
        place.key, place.patient, number, _code(item, "use", "Address"),
        _code(item, "type", "Address"), text(item.get("text")), lines, *plain,
        *_within(item, "address"), f"address[{number - 1}].{leaf}", quote,
    )  # fmt: skip


def _within(item: Json, name: str) -> Row:
    start, end = period_as_written(item.get("period"), f"{name}.period")
    return (*start, *end)


def _link(item: Json, number: int, place: Place) -> Row:
    """Another record of the same person, and which of the two counts."""
    kind = item.get("type")
    if kind is not None and kind not in codes_of("Patient", "link.type"):
        raise EntryRefused("link.type has a value that FHIR does not know.")
    other = item.get("other") or {}
    path = f"link[{number - 1}].other"
    shown, reference = text(other.get("display")), text(other.get("reference"))
    return (
        place.key, place.patient, number, kind, target(other, place.known), shown,
        f"{path}.{'reference' if reference else 'display'}", reference or shown,
    )  # fmt: skip
