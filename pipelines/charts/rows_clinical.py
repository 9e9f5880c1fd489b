"""Conditions, procedures and immunizations as one row each.

A status that the record does not give stays empty: "active" is never assumed. The path of a row
is the element that names the thing; times stand as instant and as written. An onset or an end
told as an age, a span or in words stays that: no date is made of it.
"""

from __future__ import annotations

from pipelines.charts import rows_participation
from pipelines.charts.codebook import Named
from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import (
    age_or_time,
    listed,
    named_in,
    notes,
    reasons,
    said,
    targets,
    yes_no,
)
from pipelines.charts.row_parts import (
    Place,
    as_written,
    choice,
    coded_status,
    encounter_of,
    first_code,
    number,
    status,
    text,
    words,
)


def condition(resource: Json, place: Place) -> None:
    """Append the row of one Condition."""
    get = resource.get
    named = place.codes.named(get("code"))
    begun, begun_until = choice(resource, "onset")
    ended_from, ended_until = choice(resource, "abatement")
    categories = [
        found for one in get("category") or () if (found := first_code(one) or words(one))
    ]
    stages = [found for one in listed(get("stage")) if (found := _stage(one))]
    evidence = listed(get("evidence"))
    row = (
        place.key, place.patient, named.key, named.display, next(iter(categories), None),
        coded_status(resource, "Condition", "clinicalStatus"),
        coded_status(resource, "Condition", "verificationStatus"),
        *begun, *(ended_until if ended_until != UNDATED else ended_from),
        *stamp(get("recordedDate"), "recordedDate"),
        encounter_of(resource, place.known), *named_at("code", named),
        categories, words(get("severity")), stages, said(get("bodySite")),
        *_told(resource, "onset", begun), *begun_until, *_told(resource, "abatement", ended_from),
        [found for one in evidence for found in said(one.get("code"))],
        [found for one in evidence for found in targets(one.get("detail"), place)],
        notes(resource),
    )  # fmt: skip
    people = rows_participation.rows_of(resource, place, "recorder", "asserter")
    place.rows["condition"].append(row)
    if people:
        place.rows["participation"] += people


def _told(resource: Json, name: str, moment: Stamp) -> tuple[str | None, float | None]:
    """An onset or end that is no date: in the record's words, and the age in years if it is one."""
    if moment != UNDATED:
        return None, None
    return age_or_time(resource, name)


def _stage(item: Json) -> str | None:
    """A stage with its kind: `Stage IIA (clinical)`."""
    summary, kind = words(item.get("summary")), words(item.get("type"))
    return f"{summary} ({kind})" if summary and kind else summary or kind


def named_at(element: str, named: Named) -> tuple[str, str | None]:
    """Where a concept's words stand, and the words."""
    return (f"{element}.{named.leaf}" if named.leaf else element), named.display


def procedure(resource: Json, place: Place) -> None:
    """Append the row of one Procedure."""
    get = resource.get
    named = place.codes.named(get("code"))
    begun, ended = choice(resource, "performed")
    if begun == UNDATED and ended == UNDATED:
        begun, ended = choice(resource, "occurrence")
    row = (
        place.key, place.patient, named.key, named.display, status(resource, "Procedure"),
        *begun, *ended, encounter_of(resource, place.known), *named_at("code", named),
        next(iter(said(get("category"))), None), words(get("statusReason")),
        _told(resource, "performed", begun if begun != UNDATED else ended)[0],
        named_in(get("location"), resource, place), reasons(resource),
        targets(get("reasonReference"), place), words(get("outcome")), said(get("bodySite")),
        said(get("complication")), said(get("followUp")), targets(get("report"), place),
        _devices(resource, place), targets(get("basedOn"), place), targets(get("partOf"), place),
        notes(resource),
    )  # fmt: skip
    people = rows_participation.rows_of(resource, place, "performer", "recorder", "asserter")
    place.rows["procedure"].append(row)
    if people:
        place.rows["participation"] += people


def _devices(resource: Json, place: Place) -> list[str]:
    """What was implanted, removed or used, with what was done to it."""
    found = []
    for item in listed(resource.get("focalDevice")):
        name = named_in(item.get("manipulated"), resource, place)
        action = words(item.get("action"))
        shown = f"{name} ({action})" if name and action else name or action
        if shown:
            found.append(shown)
    used = (named_in(one, resource, place) for one in listed(resource.get("usedReference")))
    return [*found, *(name for name in used if name), *said(resource.get("usedCode"))]


def immunization(resource: Json, place: Place) -> None:
    """Append the row of one Immunization."""
    get = resource.get
    named = place.codes.named(get("vaccineCode"))
    occurred = choice(resource, "occurrence")[0]
    dose = get("doseQuantity") or {}
    protocols = listed(get("protocolApplied"))
    protocol: Json = protocols[0] if protocols else {}
    row = (
        place.key, place.patient, named.key, named.display, status(resource, "Immunization"),
        *occurred, *named_at("vaccineCode", named),
        words(get("statusReason")), _told(resource, "occurrence", occurred)[0],
        encounter_of(resource, place.known), named_in(get("location"), resource, place),
        named_in(get("manufacturer"), resource, place), text(get("lotNumber")),
        *stamp(get("expirationDate"), "expirationDate", is_end=True),
        words(get("site")), words(get("route")), number(dose.get("value"), "doseQuantity.value"),
        text(dose.get("unit")) or text(dose.get("code")),
        _count(protocol, "doseNumber"), text(protocol.get("series")),
        _count(protocol, "seriesDoses"),
        [found for one in protocols for found in said(one.get("targetDisease"))],
        yes_no(get("primarySource"), "primarySource"), words(get("reportOrigin")),
        yes_no(get("isSubpotent"), "isSubpotent"), *stamp(get("recorded"), "recorded"),
        reasons(resource), _reactions(resource, place), notes(resource),
    )  # fmt: skip
    people = rows_participation.rows_of(resource, place, "performer")
    place.rows["immunization"].append(row)
    if people:
        place.rows["participation"] += people


def _count(protocol: Json, name: str) -> str | None:
    """A dose's number in a series: a number in one form, words in another."""
    value = protocol.get(f"{name}PositiveInt")
    if value is not None:
        number(value, f"protocolApplied.{name}PositiveInt")
        return as_written(value)
    return text(protocol.get(f"{name}String"))


def _reactions(resource: Json, place: Place) -> list[str]:
    """What followed a vaccination: the observation of it, with its date."""
    found = []
    for item in listed(resource.get("reaction")):
        when = stamp(item.get("date"), "reaction.date")[1]
        detail = item.get("detail") or {}
        name = text(detail.get("display")) or target(detail, place.known)
        shown = " ".join(part for part in (name, when) if part)
        if shown:
            found.append(shown)
    return found
