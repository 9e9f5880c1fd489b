"""The readings that the builders of every clinical subject share, beside those of `row_parts`.

A title is what a resource is called, with the element and the leaf that say so, so that each
row can be cited. People are read by name where the record names them, contained ones included,
else by reference until `linking` finds the name. Values outside FHIR's required lists are
refused by element name; nothing is translated and no status is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pipelines.charts.called import name_of
from pipelines.charts.codebook import UNNAMED, Named
from pipelines.charts.instants import stamp
from pipelines.charts.references import Element, Json, target
from pipelines.charts.refusals import EntryRefused
from pipelines.charts.result_values import Value, value_of
from pipelines.charts.row_parts import (
    Place,
    as_written,
    number,
    period,
    status_values,
    text,
    words,
)


class Title(NamedTuple):
    """What something is called: its code's key and words, and where the words stand."""

    key: str | None
    display: str | None
    path: str | None
    quote: str | None


# Elements that FHIR gives as plain text in one type or another; a code is never plain text.
PLAIN_TEXT = frozenset({"title", "name", "description", "comment", "alias"})
UNTITLED = Title(None, None, None, None)


def listed(element: Element) -> list[Element]:
    """An element as a list: FHIR versions differ in what may repeat."""
    if not element:
        return []
    return element if type(element) is list else [element]


def checked(resource: Json, kind: str, element: str = "status") -> str | None:
    """A required code of `kind`; refuses a value that FHIR does not know."""
    value = resource.get(element)
    if value is None or value in status_values()[_list_of(kind, element)]:
        return value
    raise EntryRefused(f"{element} has a value that FHIR does not know.")


def _list_of(kind: str, element: str) -> str:
    return kind if element == "status" else f"{kind}_{element}"


def title(element: Json, place: Place, *names: str, prefix: str = "") -> Title:
    """What an element is called by the first of these children that says it.

    A child may be a concept, a list of them, a reference with a display, or plain text. Where
    none says anything the status can be cited, and nothing is called by it.
    """
    for name in names:
        value = element.get(name)
        if not value:
            continue
        path = prefix + name
        several = type(value) is list
        for index, one in enumerate(value if several else (value,)):
            if type(one) is str and name not in PLAIN_TEXT:
                raise EntryRefused(f"{name} has another form than FHIR gives it.")
            found = _title(one, f"{path}[{index}]" if several else path, place)
            if found.display:
                return found
    state = element.get("status")
    return Title(None, None, f"{prefix}status", state) if type(state) is str else UNTITLED


def _title(value: Element, path: str, place: Place) -> Title:
    if type(value) is str:
        return Title(None, value, path, value) if value.strip() else UNTITLED
    if type(value.get("concept")) is dict:  # R5 writes concept and reference in one element
        value, path = value["concept"], f"{path}.concept"
    key, display, leaf = place.codes.named(value)
    if leaf is not None:
        return Title(key, display, f"{path}.{leaf}", display)
    if "code" in value:  # a Coding where others have a concept
        key, display, leaf = coding_named(value, place)
        return Title(key, display, f"{path}.{leaf}", display)
    said = text(value.get("display"))
    return Title(key, said, f"{path}.display", said) if said else UNTITLED


def coding_named(coding: Json | None, place: Place) -> Named:
    """A bare Coding as a concept: its leaf is `display` or `code`."""
    if not coding:
        return UNNAMED
    named = place.codes.named({"coding": [coding]})
    return named._replace(leaf=(named.leaf or "code").rpartition(".")[2])


def said(concepts: Element) -> list[str]:
    """One concept or several in words."""
    return [
        found
        for concept in listed(concepts)
        if (
            found := words(concept.get("concept") or concept)
            or text(concept.get("display") or concept.get("code"))
        )
    ]


def keys(concepts: Element, place: Place) -> list[str]:
    """The keys of one concept or several; all their codings go to the list of codes."""
    return [key for one in listed(concepts) if (key := place.codes.named(one).key)]


def named_in(reference: Json | None, resource: Json, place: Place) -> str | None:
    """Who or what a reference names; else what it points to, resolved."""
    if not reference:
        return None
    shown = text(reference.get("display"))
    if shown:
        return shown
    written = reference.get("reference")
    if type(written) is str and written.startswith("#"):
        return next(
            (name_of(one) for one in listed(resource.get("contained"))
             if one.get("id") == written[1:]), None,
        )  # fmt: skip
    return target(reference, place.known)


def who(resource: Json, element: str, place: Place) -> list[str]:
    """All that an element refers to, by name where it gives one."""
    found = (named_in(one, resource, place) for one in listed(resource.get(element)))
    return [name for name in found if name]


def one_of(resource: Json, element: str, place: Place) -> str | None:
    """The first that an element refers to."""
    return next(iter(who(resource, element, place)), None)


def targets(references: Element, place: Place) -> list[str]:
    """What references point to, resolved; R5's `{reference: …}` in an element of its own too."""
    found = []
    for one in listed(references):
        inner = one.get("reference")
        link = target(inner if type(inner) is dict else one, place.known)
        if link:
            found.append(link)
    return found


def only(found: list[str]) -> str | None:
    """The first of a list of words."""
    return found[0] if found else None


def reasons(resource: Json, code: str = "reasonCode", link: str = "reasonReference") -> str | None:
    """Why: the reasons in words, else what the references are called."""
    found = said(resource.get(code)) + said(resource.get("reason"))
    found += [ref["display"] for ref in listed(resource.get(link)) if text(ref.get("display"))]
    return "; ".join(found) or None


def notes(resource: Json) -> str | None:
    """The annotations of a resource, one after another."""
    written = [text(note.get("text")) for note in listed(resource.get("note"))]
    return "\n".join(part for part in written if part) or None


def amount(money: Json | None, element: str) -> tuple[float | None, str | None]:
    """Value and currency of a Money."""
    if not money:
        return None, None
    return number(money.get("value"), element), text(money.get("currency"))


def whole(value: Element, element: str) -> int | None:
    """A JSON whole number within a table's range; anything else is refused."""
    if value is None:
        return None
    if type(value) is not int or not -(2**31) <= value < 2**31:
        raise EntryRefused(f"{element} is not a whole number.")
    return value


def yes_no(value: Element, element: str) -> bool | None:
    """A JSON boolean; anything else is refused."""
    if value is None or type(value) is bool:
        return value
    raise EntryRefused(f"{element} is not true or false.")


def answer(element: Json, place: Place) -> tuple[Value, str | None]:
    """A value[x] of any type, and the key of its code where it is coded."""
    for name in ("valueCoding", "valueCodeableConcept"):
        coded = element.get(name)
        if coded:
            is_coding = name == "valueCoding"
            named = coding_named(coded, place) if is_coding else place.codes.named(coded)
            path = f"{name}.{named.leaf}"
            return Value("codeable", text=named.display, path=path, quote=named.display), named.key
    for name, kind in PLAIN_ANSWERS.items():
        value = element.get(name)
        if value is not None:
            return _plain_answer(name, kind, value), None
    return value_of(element), None


PLAIN_ANSWERS = {
    "valueDecimal": "decimal", "valueInteger": "integer", "valueDate": "datetime",
    "valueUri": "string", "valueReference": "reference", "valueAttachment": "attachment",
}  # fmt: skip


def _plain_answer(name: str, kind: str, value: Element) -> Value:
    if kind in ("decimal", "integer"):
        written = as_written(value)
        return Value(kind, number(value, name), text=written, path=name, quote=written)
    if type(value) is str:
        return Value(kind, text=value, path=name, quote=value)
    for leaf in ("display", "title", "reference", "url"):
        shown = text(value.get(leaf))
        if shown:
            return Value(kind, text=shown, path=f"{name}.{leaf}", quote=shown)
    return Value(kind)


def age_or_time(element: Json, name: str) -> tuple[str | None, float | None]:
    """An `onset[x]` or `deceased[x]` in the record's words, and the age in years if it is one."""
    age = element.get(f"{name}Age")
    if age:
        value, unit = number(age.get("value"), f"{name}Age"), age.get("unit") or age.get("code")
        shown = " ".join(part for part in (as_written(age.get("value")), text(unit)) if part)
        return shown or None, years(value, age.get("code") or age.get("unit"))
    span = element.get(f"{name}Range")
    if span:
        ends = [as_written((span.get(side) or {}).get("value")) for side in ("low", "high")]
        unit = text((span.get("low") or span.get("high") or {}).get("unit"))
        shown = " to ".join(end for end in ends if end)
        return (f"{shown} {unit}" if unit else shown) or None, None
    lasting = period(element.get(f"{name}Period"), f"{name}Period")
    within = " to ".join(end[1] for end in lasting if end[1])
    for kind in ("DateTime", "Date"):
        stamp(element.get(name + kind), name + kind)
    plain = (element.get(name + kind) for kind in ("String", "DateTime", "Date", "Boolean"))
    return next((as_written(one) for one in plain if one is not None), within or None), None


YEARS_IN = {"a": 1.0, "year": 1.0, "years": 1.0, "yr": 1.0, "mo": 1 / 12, "month": 1 / 12,
            "months": 1 / 12, "wk": 7 / 365.25, "d": 1 / 365.25}  # fmt: skip


def years(value: float | None, unit: str | None) -> float | None:
    """An age in years; None where its unit is not one of time that we know."""
    scale = YEARS_IN.get(unit or "")
    return None if value is None or scale is None else round(value * scale, 4)


def numbered(elements: Element) -> Iterator[tuple[int, Json]]:
    """The items of a list with their numbers from 1, as rows count them."""
    return enumerate(listed(elements), 1)
