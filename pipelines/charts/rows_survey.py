"""Questionnaire answers, family history, flags and consents.

A questionnaire is a row an answered item, with the question and the group it stands in; a
question without an answer makes no row, because silence is no "no". A family history is a row a
condition of a relative, or one numbered 0 that names the relative alone. A consent is a row a
provision, the outer one numbered 0. The relative's name is kept out.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.charts.instants import stamp
from pipelines.charts.references import Json
from pipelines.charts.row_elements import (
    age_or_time,
    answer,
    checked,
    keys,
    listed,
    numbered,
    one_of,
    only,
    said,
    targets,
    title,
    who,
    yes_no,
)
from pipelines.charts.row_parts import Place, Row, encounter_of, period, text, words

DEEPEST = 20


def questionnaire_response(resource: Json, place: Place) -> None:
    """Append the rows of one QuestionnaireResponse: one an answer."""
    head = (
        _questionnaire(resource), checked(resource, "QuestionnaireResponse"),
        *stamp(resource.get("authored"), "authored"), one_of(resource, "author", place),
        one_of(resource, "source", place), encounter_of(resource, place.known),
    )  # fmt: skip
    rows = _answers(resource, place, ("", None, 0))
    place.rows["questionnaire_response"] += [
        (place.key, place.patient, number, *head, *row) for number, row in enumerate(rows)
    ]


def _questionnaire(resource: Json) -> str | None:
    found = resource.get("questionnaire")
    return text(found.get("reference") if type(found) is dict else found)


def _answers(holder: Json, place: Place, at: tuple[str, str | None, int]) -> Iterator[Row]:
    """The answers below an element in their order, each under the group it stands in."""
    prefix, within, depth = at
    if depth > DEEPEST:
        return
    for index, item in enumerate(listed(holder.get("item"))):
        path = f"{prefix}item[{index}]"
        link, question = text(item.get("linkId")), text(item.get("text"))
        for place_of, given in enumerate(listed(item.get("answer"))):
            own = f"{path}.answer[{place_of}]"
            value, key = answer(given, place)
            if value.kind is not None:
                yield (
                    link, within, question, value.kind, value.number, value.text, value.unit, key,
                    f"{own}.{value.path}", value.quote,
                )  # fmt: skip
            yield from _answers(given, place, (f"{own}.", question or within, depth + 1))
        yield from _answers(item, place, (f"{path}.", question or within, depth + 1))


def family_history(resource: Json, place: Place) -> None:
    """Append the rows of one FamilyMemberHistory: one a condition, at least one."""
    relative = title(resource, place, "relationship")
    state = checked(resource, "FamilyMemberHistory")
    head = (
        state, *stamp(resource.get("date"), "date"), *relative[:2],
        words(resource.get("sex")), age_or_time(resource, "deceased")[0],
    )  # fmt: skip
    rows = [
        (place.key, place.patient, index, *head, *_condition(one, index, place))
        for index, one in numbered(resource.get("condition"))
    ]
    alone = (
        place.key, place.patient, 0, *head, None, None, None, None, None, None, *relative[2:],
    )  # fmt: skip
    place.rows["family_history"] += rows or [alone]


def _condition(item: Json, index: int, place: Place) -> Row:
    named = title(item, place, "code", prefix=f"condition[{index - 1}].")
    died_of = yes_no(item.get("contributedToDeath"), "condition.contributedToDeath")
    onset = age_or_time(item, "onset")
    return (*named[:2], words(item.get("outcome")), died_of, *onset, *named[2:])


def flag(resource: Json, place: Place) -> None:
    """Append the row of one Flag."""
    named = title(resource, place, "code", "category")
    start, end = period(resource.get("period"), "period")
    place.rows["flag"].append((
        place.key, place.patient, *named[:2], checked(resource, "Flag"),
        said(resource.get("category")), *start, *end, one_of(resource, "author", place),
        encounter_of(resource, place.known), *named[2:],
    ))  # fmt: skip


def consent(resource: Json, place: Place) -> None:
    """Append the rows of one Consent: one a provision, the outer one first."""
    named = title(resource, place, "category", "scope")
    scope, categories = resource.get("scope"), resource.get("category")
    performers = who(resource, "performer", place) + who(resource, "grantor", place)
    source = targets(resource.get("sourceReference"), place)
    attached = listed(resource.get("sourceAttachment"))
    head = (
        *named[:2], checked(resource, "Consent"), only(keys(scope, place)), words(scope),
        keys(categories, place), said(categories),
        *stamp(resource.get("dateTime") or resource.get("date"), "dateTime"), performers,
        _policy(resource),
    )  # fmt: skip
    tail = only(source) or next((text(one.get("title")) for one in attached), None)
    outer = listed(resource.get("provision")) or [{}]
    provisions = [one for item in outer for one in _provisions(item, place, 0)]
    place.rows["consent"] += [
        (place.key, place.patient, number, *head, *row, tail, *named[2:])
        for number, row in enumerate(provisions)
    ]


def _policy(resource: Json) -> str | None:
    """The policy consented to: its rule in words, else where it can be read."""
    links = [text(one.get("uri")) for one in listed(resource.get("policy"))]
    return words(resource.get("policyRule")) or only([link for link in links if link])


def _provisions(item: Json, place: Place, depth: int) -> Iterator[Row]:
    start, end = period(item.get("period"), "provision.period")
    kind = checked(item, "Consent_provision", "type")
    found = [*listed(item.get("code")), *listed(item.get("action"))]
    yield (kind, keys(found, place), said(found), *start, *end)
    if depth < DEEPEST:
        for inner in listed(item.get("provision")):
            yield from _provisions(inner, place, depth + 1)
