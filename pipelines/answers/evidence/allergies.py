"""Evidence about allergies: entries that hold, entries that do not, and those named.

A refuted, inactive or resolved entry is never evidence of an allergy: it goes under a kind of
its own and its line says what the record says of it. Where an allergen is asked for by name,
the other entries come behind as context, so that a "no" can say what is recorded. A list with a
refused entry gives nothing.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.answers.evidence.items import item
from pipelines.answers.question import ChartQuestion
from pipelines.charts.allergies import allergy_list, is_current
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Allergy

LIST_UNAVAILABLE = "list unavailable"
PAST_ALLERGY = "past allergy"
UNSORTED_ALLERGY = "allergy of no recorded kind"
OTHER_ALLERGY = "context: other allergy"


def allergy_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The entries that hold or were named; of a named one also what is recorded beside it."""
    listed = allergy_list(chart)
    if listed.state == "unavailable":
        return []
    named = bool(question.names or question.attribute)
    if question.group and question.ask != "count" and not named:
        return _of_kind(listed.allergies, question.group)
    own = [a for a in listed.allergies if not named or _is_meant(a, question)]
    items = [_item(a) for a in own if is_current(a)]
    past = [_item(a, PAST_ALLERGY) for a in own if not is_current(a)]
    if question.ask != "count" and (named or not items):
        items += past
    if named and not any(i.kind == "allergy" for i in items):
        others = [a for a in listed.allergies if is_current(a) and a not in own]
        items += [_item(a, OTHER_ALLERGY) for a in others]
    return items


def _of_kind(allergies: tuple[Allergy, ...], kind: str) -> list[Evidence]:
    """Entries of one kind of substance; where none is of it, what is recorded besides.

    An entry without a category may be of the kind or not: then all stand as they are.
    """
    current = [a for a in allergies if is_current(a)]
    own = [a for a in current if kind in a.categories or a.is_no_known]
    past = [_item(a, PAST_ALLERGY) for a in allergies if a not in current and kind in a.categories]
    if own:
        return [*(_item(a) for a in own), *past]
    unsure = any(not a.categories for a in current)
    return [*past, *(_item(a, UNSORTED_ALLERGY if unsure else OTHER_ALLERGY) for a in current)]


def allergies_unavailable(chart: Chart) -> bool:
    """Whether an allergy entry was refused, so that no list can be trusted to be whole."""
    return allergy_list(chart).state == "unavailable"


def allergy_line(allergy: Allergy) -> str:
    """The entry as one sentence."""
    if allergy.is_no_known:
        return f"Recorded: {allergy.fact.display}."
    told = [f"reaction {', '.join(allergy.reactions)}" if allergy.reactions else ""]
    told += [f"severity {allergy.severity}" if allergy.severity else ""]
    told += [f"criticality {allergy.criticality}" if allergy.criticality else ""]
    told += [allergy.clinical_status or "", allergy.verification_status or ""]
    said = "; ".join(part for part in told if part)
    return f"Allergy: {allergy.fact.display}" + (f" ({said})." if said else ".")


def past_line(allergy: Allergy) -> str:
    """An entry that no longer speaks, as one sentence that says so first."""
    states = (allergy.verification_status, allergy.clinical_status)
    word = next(s for s in states if s in ("refuted", "resolved", "inactive"))
    when = f", recorded {allergy.fact.when.day}" if allergy.fact.when else ""
    reaction = f", reaction {', '.join(allergy.reactions)}" if allergy.reactions else ""
    return f"Recorded as {word}: allergy to {allergy.fact.display}{reaction}{when}."


def _is_meant(allergy: Allergy, question: ChartQuestion) -> bool:
    """Whether the entry is one of those named; an allergen that no entry names means none."""
    return allergy.fact.display in question.names


def _item(allergy: Allergy, kind: str = "allergy") -> Evidence:
    if kind == PAST_ALLERGY:
        return replace(item(allergy.fact, past_line(allergy)), kind=PAST_ALLERGY)
    return replace(item(allergy.fact, allergy_line(allergy)), kind=kind)
