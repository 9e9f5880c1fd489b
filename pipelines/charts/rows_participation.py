"""Who ordered, performed, recorded, asserted or reported something: a row a person.

The element's name says in which way (`requester`, `performer`, `recorder` …); the role is the
record's own words for what the person did. Who is only referred to is named by the reference
until `linking_names` finds the name; the reference itself stays beside it. Nobody is guessed:
an element that is not there makes no row.
"""

from __future__ import annotations

from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import listed, named_in, only, said
from pipelines.charts.row_parts import Place, Row, text

# Elements that hold a reference, or objects with an actor; and what they are called here.
INFORMANTS = {
    "reportedReference": "informant", "informationSource": "informant",
    "responsibleParty": "substitution",
}  # fmt: skip


def rows_of(resource: Json, place: Place, *elements: str, prefix: str = "") -> list[Row]:
    """A row for each person, device or organization that these elements name.

    `prefix` is the path of the holder, where it is not the resource itself.
    """
    rows: list[Row] = []
    for element in elements:
        if element not in resource:
            continue
        several = type(resource[element]) is list
        for index, item in enumerate(listed(resource[element])):
            at = f"{prefix}{element}[{index}]" if several else prefix + element
            row = _row(item, (resource, place), at)
            if row is not None:
                kind = INFORMANTS.get(element, element)
                rows.append((place.key, place.patient, len(rows) + 1, kind, *row))
    return rows


def _row(item: Json, where: tuple[Json, Place], at: str) -> Row | None:
    resource, place = where
    holder = item.get("actor")
    person: Json = holder if type(holder) is dict else item
    path = f"{at}.actor" if person is holder else at
    name = named_in(person, resource, place)
    role = only(said(item.get("function"))) or only(said(item.get("role")))
    for leaf in ("display", "reference"):
        quote = text(person.get(leaf))
        if quote:
            on_behalf_of = named_in(item.get("onBehalfOf"), resource, place)
            reference = target(person, place.known)
            return (name, reference, role, on_behalf_of, f"{path}.{leaf}", quote)
    return None


def numbered(rows: list[Row]) -> list[Row]:
    """Rows of several readings of one resource, counted through."""
    return [(*row[:2], number, *row[3:]) for number, row in enumerate(rows, 1)]
