"""Claims, explanations of benefit and coverages: who billed what to whom, and for which diagnosis.

Both kinds of bill have one shape: a header, and a row a diagnosis, procedure or item. They are
half of some exports' bytes, so items are read shallowly: what was done, when and for how much;
adjudications and contained orders stay raw. A diagnosis that is only referred to keeps
the reference: its words are the Condition's.
"""

from __future__ import annotations

from pipelines.charts.instants import UNDATED, Stamp, stamp
from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import (
    Title,
    amount,
    checked,
    named_in,
    numbered,
    one_of,
    only,
    said,
    title,
    who,
    whole,
)
from pipelines.charts.row_parts import (
    Place,
    Row,
    first,
    first_code,
    period,
    text,
    words,
)

FORMS = {"Claim": "claim", "ExplanationOfBenefit": "benefit"}
SUBMITTED = "submitted"


def claim(resource: Json, place: Place) -> None:
    """Append the rows of one Claim or ExplanationOfBenefit."""
    kind = resource["resourceType"]
    named = title(resource, place, "type")
    begun, ended = period(resource.get("billablePeriod"), "billablePeriod")
    items = [
        *(_diagnosis(one, index, place) for index, one in numbered(resource.get("diagnosis"))),
        *(_procedure(one, index, place) for index, one in numbered(resource.get("procedure"))),
        *(_item(one, index, place) for index, one in numbered(resource.get("item"))),
    ]
    place.rows["claim"].append((
        place.key, place.patient, FORMS[kind], *named[:2], checked(resource, kind),
        checked(resource, kind, "use"), *stamp(resource.get("created"), "created"), *begun, *ended,
        one_of(resource, "provider", place), one_of(resource, "insurer", place),
        one_of(resource, "facility", place), *_total(resource), _paid(resource),
        checked(resource, kind, "outcome") if kind != "Claim" else None,
        text(resource.get("disposition")),
        target(resource.get("claim"), place.known), _coverages(resource, place),
        _visit(resource, place), *named[2:],
    ))  # fmt: skip
    place.rows["claim_item"] += items


def _total(resource: Json) -> tuple[float | None, str | None]:
    """The sum claimed: of a benefit's several totals the submitted one, else the first."""
    total = resource.get("total")
    if type(total) is not list:
        return amount(total, "total.value")
    claimed = [one for one in total if first_code(one.get("category")) == SUBMITTED] or total
    return amount(claimed[0].get("amount"), "total.amount.value") if claimed else (None, None)


def _paid(resource: Json) -> float | None:
    payment = resource.get("payment") or {}
    return amount(payment.get("amount"), "payment.amount.value")[0]


def _coverages(resource: Json, place: Place) -> list[str]:
    named = (
        named_in(one.get("coverage"), resource, place) for one in resource.get("insurance") or ()
    )
    return [name for name in named if name]


def _visit(resource: Json, place: Place) -> str | None:
    """The encounter that was billed: the first that an item names."""
    for item in resource.get("item") or ():
        visits = item.get("encounter")
        if visits:
            return target(first(visits), place.known)
    return None


def _diagnosis(item: Json, index: int, place: Place) -> Row:
    found = _named(item, "diagnosis", index, place)
    role = "; ".join(said(item.get("type"))) or None
    return (
        place.key, place.patient, "diagnosis", _number(item, index), *found[:2], role,
        words(item.get("onAdmission")), target(item.get("diagnosisReference"), place.known),
        None, None, *UNDATED, *UNDATED, [], *found[2:],
    )  # fmt: skip


def _procedure(item: Json, index: int, place: Place) -> Row:
    found = _named(item, "procedure", index, place)
    role = "; ".join(said(item.get("type"))) or None
    return (
        place.key, place.patient, "procedure", _number(item, index), *found[:2], role, None,
        target(item.get("procedureReference"), place.known), None, None,
        *stamp(item.get("date"), "procedure.date"), *UNDATED, [], *found[2:],
    )  # fmt: skip


def _named(item: Json, part: str, index: int, place: Place) -> Title:
    """A diagnosis or procedure by its code; by reference, the reference is what can be cited."""
    prefix = f"{part}[{index - 1}]."
    found = title(item, place, f"{part}CodeableConcept", f"{part}Reference", prefix=prefix)
    if found.display is None:
        reference = item.get(f"{part}Reference") or {}
        path = f"{prefix}{part}Reference.reference"
        return Title(found.key, None, path, text(reference.get("reference")))
    return found


def _item(item: Json, index: int, place: Place) -> Row:
    prefix = f"item[{index - 1}]."
    found = title(item, place, "productOrService", "service", "revenue", prefix=prefix)
    category = item.get("category")
    linked = item.get("diagnosisSequence") or item.get("diagnosisLinkId") or ()
    return (
        place.key, place.patient, "item", _number(item, index), *found[:2],
        words(category) if category else None, None, None,
        *amount(item.get("net"), "item.net.value"), *_served(item),
        [str(one) for one in linked], *found[2:],
    )  # fmt: skip


def _served(item: Json) -> tuple[int | None, str | None, int | None, str | None]:
    lasting = item.get("servicedPeriod")
    if lasting:
        start, end = period(lasting, "item.servicedPeriod")
        return (*start, *end)
    on: Stamp = stamp(item.get("servicedDate"), "item.servicedDate")
    return (*on, *UNDATED)


def _number(item: Json, index: int) -> int | None:
    stated = item.get("sequence")
    return index if stated is None else whole(stated, "sequence")


def coverage(resource: Json, place: Place) -> None:
    """Append the row of one Coverage."""
    named = title(resource, place, "type", "payor", "insurer")
    start, end = period(resource.get("period"), "period")
    classes = [_class(one) for one in resource.get("class") or ()]
    subscriber_id = resource.get("subscriberId")
    if type(subscriber_id) is list:  # R5 gives identifiers
        subscriber_id = (first(subscriber_id) or {}).get("value")
    place.rows["coverage"].append((
        place.key, place.patient, *named[:2], checked(resource, "Coverage"), *start, *end,
        who(resource, "payor", place) or who(resource, "insurer", place), text(subscriber_id),
        one_of(resource, "subscriber", place), only(said(resource.get("relationship"))),
        [one for one in classes if one], whole(resource.get("order"), "order"), *named[2:],
    ))  # fmt: skip


def _class(item: Json) -> str:
    """A class of coverage in a line: `plan B37FC (Full Coverage)`."""
    value = item.get("value")
    value = value.get("value") if type(value) is dict else value
    name = text(item.get("name"))
    parts = [words(item.get("type")), text(value), f"({name})" if name else None]
    return " ".join(part for part in parts if part)
