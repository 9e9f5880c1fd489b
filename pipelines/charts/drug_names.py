"""What a Medication resource is called: by its code, else by what it is made of.

Hospital mixtures (a drug in a bag of saline) often have no code of their own, only ingredients;
their names, joined, are what a reader knows such a mixture by. An ingredient may be a Medication
itself: its code names it. A resource that is not in FHIR's form has no name here, and no fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pipelines.charts.codebook import UNNAMED, CodeBook, Named
from pipelines.charts.references import Json, resolve
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.row_elements import listed
from pipelines.charts.row_parts import words


def drug_named(drug: Json, others: Mapping[str, Json], codes: CodeBook) -> Named:
    """Key and name of a Medication; `others` are those its ingredients point to, by `Type/id`."""
    try:
        named = codes.named(drug.get("code"))
        return named if named.display else named_by_ingredients(drug, others, codes)
    except (EntryRefused, TypeError, AttributeError):
        return UNNAMED  # it is kept raw and was never checked for its form


def named_by_ingredients(drug: Json, others: Mapping[str, Json], codes: CodeBook) -> Named:
    """The names of all ingredients as one; UNNAMED where none has a name."""
    found = []
    for item in listed(drug.get("ingredient")):
        reference = item.get("itemReference") or {}
        known: Json = others.get(resolve(reference.get("reference") or "", {}), {})
        name = words(item.get("itemCodeableConcept")) or reference.get("display")
        name = name or words(known.get("code"))
        if name:
            found.append(name)
    if not found:
        return UNNAMED
    return codes.named({"text": " + ".join(found)})


def ingredient_references(drug: Json) -> Iterator[str]:
    """`Type/id` of the Medications that this one is made of."""
    try:
        for item in listed(drug.get("ingredient")):
            written = (item.get("itemReference") or {}).get("reference")
            if type(written) is str:
                yield resolve(written, {})
    except AttributeError:
        return
