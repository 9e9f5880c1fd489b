"""Observation as rows: row 0 its own value, rows 1, 2, … its components.

No date and no value is invented: an observation without them is a row without them. What most
observations have stands in the row; what few have (method, device, several interpretations,
notes, ranges that say more) makes a row in a second table, only where it is there.
"""

from __future__ import annotations

from pipelines.charts import rows_participation
from pipelines.charts.codebook import Named
from pipelines.charts.flags import leading
from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Element, Json, target
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.result_ranges import NO_RANGE, applying, range_rows, says_more
from pipelines.charts.result_values import NO_QUANTITY, quantity_parts, range_ends, value_of
from pipelines.charts.row_elements import named_in, notes, targets
from pipelines.charts.row_parts import (
    Place,
    Row,
    choice,
    encounter_of,
    first_code,
    number,
    status_values,
    text,
    words,
)
from pipelines.charts.timings import timing_words

MAIN_CATEGORIES = ("laboratory", "vital-signs")
# Elements of an observation, or of a component, that its row has no column for …
MORE = frozenset({
    "basedOn", "bodySite", "component", "derivedFrom", "device", "effectivePeriod",
    "effectiveTiming", "focus", "hasMember", "method", "note", "partOf", "performer",
    "valueRange", "valueRatio",
})  # fmt: skip
# … and those of which it has a column for one, as most have.
PERHAPS_MORE = MORE | {"dataAbsentReason", "interpretation", "referenceRange"}
STATUSES = status_values()["Observation"]
KIND, UNIT = 12, 16
"""Where a row of `observation` holds the kind of its value, and its unit."""


def build(resource: Json, place: Place) -> None:
    """Append the rows of one Observation."""
    get = resource.get
    status, categories, issued = get("status"), get("category"), get("issued")
    if status not in STATUSES and status is not None:
        raise EntryRefused("status has a value that FHIR does not know.")
    specimen, written = get("specimen"), get("effectiveDateTime")
    named = place.codes.named(get("code"))
    taken = stamp(written, "effectiveDateTime") if written is not None else _effective(resource)
    common = (
        category(categories) if categories else None, status, *taken,
        *(stamp(issued, "issued") if issued is not None else UNDATED),
        encounter_of(resource, place.known),
    )  # fmt: skip
    sample = _sample(specimen, place) if specimen else None
    own = (
        place.key, place.patient, 0, named[0], named[1], *common,
        *_said(resource, place, "", named), sample,
    )  # fmt: skip
    is_plain = PERHAPS_MORE.isdisjoint(resource) and (not categories or len(categories) == 1)
    if is_plain or (MORE.isdisjoint(resource) and not _has_more(resource, own)):
        place.rows["observation"].append(own)
    else:
        _append_all(resource, place, own, (common, sample))


def _append_all(resource: Json, place: Place, own: Row, shared: tuple[Row, str | None]) -> None:
    """The rows of an observation that has components, or says more than its row can carry."""
    rows, details, ranges = [own], [], []
    common, sample = shared
    for index, element in enumerate((resource, *(resource.get("component") or ()))):
        prefix = f"component[{index - 1}]." if index else ""
        if index:
            named = place.codes.named(element.get("code"))
            said = _said(element, place, prefix, named)
            rows.append((place.key, place.patient, index, *named[:2], *common, *said, sample))
        row = rows[index]
        if not MORE.isdisjoint(element) or _has_more(element, row):
            details.append(_detail(element, place, resource, index))
            stated = element.get("referenceRange")
            if stated and says_more(stated, row[UNIT]):
                ranges += range_rows(stated, place, (index, prefix, row[UNIT]))
    people = rows_participation.rows_of(resource, place, "performer")
    place.rows["observation"] += rows
    if details := [row for row in details if any(row[3:])]:
        place.rows["observation_detail"] += details
    if ranges:
        place.rows["reference_range"] += ranges
    if people:
        place.rows["participation"] += people


def _has_more(element: Json, row: Row) -> bool:
    """Whether an element that most have says more than one column can hold."""
    categories, marks = element.get("category"), element.get("interpretation")
    if categories and len(categories) > 1:
        return True
    if marks and (len(marks) > 1 or len(marks[0].get("coding") or ()) > 1):
        return True
    ranges = element.get("referenceRange")
    if ranges and says_more(ranges, row[UNIT]):
        return True
    return "dataAbsentReason" in element and row[KIND] != "absent"


def _effective(resource: Json) -> Stamp:
    return choice(resource, "effective")[0]


def _sample(specimen: Json, place: Place) -> str | None:
    """The specimen by reference; one inside this resource is told apart from all others."""
    found = target(specimen, place.known)
    if found is None:
        return text(specimen.get("display"))
    return place.key + found if found.startswith("#") else found


def category(categories: Element) -> str | None:
    """`laboratory` or `vital-signs` where any category says so, else the first one."""
    if len(categories) == 1:
        codings = categories[0].get("coding")
        if codings and len(codings) == 1 and type(code := codings[0].get("code")) is str:
            return code or words(categories[0])
    codes = [coding.get("code") for item in categories for coding in item.get("coding") or ()]
    main = next((code for code in codes if code in MAIN_CATEGORIES), None)
    return main or first_code(categories[0]) or words(categories[0])


def _said(element: Json, place: Place, prefix: str, named: Named) -> Row:
    """The columns of a row from the kind of its value to the key of its coded answer."""
    get = element.get
    quantity = get("valueQuantity")
    value, system = quantity_parts(quantity) if quantity is not None else NO_QUANTITY
    value_key = None
    path: str | None
    if value is not None:
        path, quote = "valueQuantity", value[3]
    else:
        found = value_of(element)
        value, path, quote, system = found[:6], found.path, found.quote, found.unit_system
        if found.kind == "codeable":
            value_key = place.codes.named(element["valueCodeableConcept"]).key
        if path is None:
            path, quote = (f"code.{named.leaf}" if named.leaf else "code"), named.display
    ranges, marks = get("referenceRange"), get("interpretation")
    return (
        *value, _interpretation(marks) if marks else None,
        *(applying(ranges, value[4]) if ranges else NO_RANGE),
        prefix + path if prefix else path, quote, system, value_key,
    )  # fmt: skip


def _interpretation(marks: Element) -> str | None:
    """The mark that decides the flag: the only one, else the one that `flags.toml` puts first."""
    if len(marks) == 1:
        codings = marks[0].get("coding")
        if codings and len(codings) == 1 and type(code := codings[0].get("code")) is str:
            return code or words(marks[0])
    return leading(_marks(marks))


def _marks(marks: Element) -> list[str]:
    """Every code of every interpretation, and the words of those without one."""
    found: list[str] = []
    for mark in marks:
        codes = [coding["code"] for coding in mark.get("coding") or () if coding.get("code")]
        said = words(mark)
        found += codes or ([said] if said else [])
    return list(dict.fromkeys(found))


def _detail(element: Json, place: Place, resource: Json, index: int) -> Row:
    """What an observation or component says beside its row."""
    get = element.get
    categories = [said for one in get("category") or () if (said := words(one))]
    marks = _marks(get("interpretation") or ())
    ratio = get("valueRatio") or {}
    ends = range_ends(get("valueRange") or {}, "valueRange")
    return (
        place.key, place.patient, index,
        categories if len(categories) > 1 else [], marks if len(marks) > 1 else [],
        words(get("dataAbsentReason")), *ends,
        *(number((ratio.get(side) or {}).get("value"), f"valueRatio.{side}.value")
          for side in ("numerator", "denominator")),
        place.codes.named(get("method")).key, words(get("method")),
        place.codes.named(get("bodySite")).key, words(get("bodySite")),
        named_in(get("device"), resource, place),
        *(targets(get(name), place)
          for name in ("basedOn", "partOf", "focus", "derivedFrom", "hasMember")),
        *choice(element, "effective")[1], timing_words(get("effectiveTiming")), notes(element),
    )  # fmt: skip
