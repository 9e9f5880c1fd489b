"""Events of types that share one shape: communications, diets, adverse events and assessments.

What they have in common is what a reader of a chart asks of each: what, when, how bad, who said
so, and in which visit. Which element answers that stands in one table, a line a type; all else
stays raw.
"""

from __future__ import annotations

from typing import NamedTuple

from pipelines.charts.instants import Stamp, stamp
from pipelines.charts.references import Json
from pipelines.charts.row_elements import checked, listed, notes, said, title, who
from pipelines.charts.row_parts import Place, choice, encounter_of, text, words


class Shape(NamedTuple):
    """Where a type says what it is, when it was, how bad, by whom, and what else."""

    form: str
    names: tuple[str, ...]
    time: str
    dates: tuple[str, ...] = ()
    severity: str = ""
    details: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


SHAPES = {
    "NutritionOrder": Shape(
        "nutrition order", ("oralDiet.type", "enteralFormula.baseFormulaType", "supplement.type"),
        "", ("dateTime",), "", ("oralDiet.instruction",), ("orderer",),
    ),
    "Communication": Shape(
        "communication", ("topic", "reasonCode", "category"), "", ("sent", "received"),
        "priority", ("payload.contentString",), ("sender", "recipient"),
    ),
    "AdverseEvent": Shape(
        "adverse event", ("event", "code", "category"), "occurrence",
        ("date", "detected", "recordedDate"), "severity|seriousness", ("outcome",), ("recorder",),
    ),
    "DetectedIssue": Shape(
        "detected issue", ("code", "category"), "identified", ("date",), "severity", ("detail",),
        ("author",),
    ),
    "ClinicalImpression": Shape(
        "clinical impression", ("code", "description"), "effective", ("date",), "",
        ("summary", "description"), ("assessor", "performer"),
    ),
    "RiskAssessment": Shape(
        "risk assessment", ("code", "method", "prediction.outcome"), "occurrence", (), "",
        ("mitigation", "prediction.rationale"), ("performer",),
    ),
}  # fmt: skip


def build(resource: Json, place: Place) -> None:
    """Append the row of one resource of these types."""
    kind = resource["resourceType"]
    shape = SHAPES[kind]
    named = title(resource, place, *(name for name in shape.names if "." not in name))
    if named.display is None:
        for name in shape.names:
            outer, _, inner = name.partition(".")
            for index, item in enumerate(listed(resource.get(outer)) if inner else ()):
                several = type(resource[outer]) is list
                prefix = f"{outer}[{index}]." if several else f"{outer}."
                found = title(item, place, inner, prefix=prefix)
                named = found if found.display and named.display is None else named
    begun, ended = _when(resource, shape)
    place.rows["other_event"].append((
        place.key, place.patient, shape.form, *named[:2], checked(resource, kind), *begun, *ended,
        encounter_of(resource, place.known), _severity(resource, shape.severity),
        _detail(resource, shape.details),
        [name for element in shape.people for name in who(resource, element, place)], *named[2:],
    ))  # fmt: skip


def _when(resource: Json, shape: Shape) -> tuple[Stamp, Stamp]:
    begun, ended = (
        choice(resource, shape.time) if shape.time else (stamp(None, ""), stamp(None, ""))
    )
    for element in shape.dates:
        if begun[0] is None:
            begun = stamp(resource.get(element), element)
    return begun, ended


def _severity(resource: Json, elements: str) -> str | None:
    for element in elements.split("|") if elements else ():
        found = resource.get(element)
        if found:
            return text(found) if type(found) is str else words(found)
    return None


def _detail(resource: Json, elements: tuple[str, ...]) -> str | None:
    """The words of the first of these elements that has some, else the annotations."""
    for element in elements:
        outer, _, inner = element.partition(".")
        holders = listed(resource.get(outer))
        values = [one.get(inner) for one in holders] if inner else holders
        found = [one if type(one) is str else "; ".join(said(one)) for one in values if one]
        if any(found):
            return "\n".join(part for part in found if part)
    return notes(resource)
