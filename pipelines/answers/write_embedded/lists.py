"""Sentences about medications, problems, procedures and vaccines.

A list is one sentence an entry, each the record's own line. What is no longer so, or was not
done, is answered "no" with the entry that says so; what is not recorded says only that.
"""

from __future__ import annotations

from pipelines.answers.evidence.lists import NOT_DONE_ENTRY, PAST_PROBLEM
from pipelines.answers.evidence.medications import PAST_MEDICATION, STATED_MEDICATION
from pipelines.answers.question import ChartQuestion
from pipelines.answers.write_embedded.amounts import another_unit
from pipelines.answers.write_embedded.parts import (
    abstained,
    computed,
    exact,
    fact_of,
    lines,
    shown_number,
    stamp_of,
)
from pipelines.records.answers import Cell, Draft
from pipelines.records.evidence import Evidence, EvidenceSet

NOUNS = {
    "problem": ("problem or diagnosis", "problems or diagnoses"),
    "procedure": ("procedure", "procedures"),
    "immunization": ("vaccination", "vaccinations"),
    "medication": ("medication entry", "medication entries"),
    "allergy": ("allergy", "allergies"),
}
NO_ENTRY = "No such medication entry is recorded for what is asked."
NONE_ACTIVE = "No medication asked about is recorded as active at the chart's last entry."
MOST_DOSES = 5
DOSE = "MedicationAdministration/"
NO_DOSES = "No dose of this medication is recorded, neither as given nor as not given."
NOT_HELD = "No order of this medication is recorded as on hold."
NO_REASON = "No order of this medication says what it is for."
NO_PRESCRIBER = "No order of this medication names who wrote it."
NONE_ON_HOLD = "No order of a medication is recorded as on hold."
NO_ONE_UNIT = "Its doses are recorded in several units; no highest or lowest is told."
NO_TIME = "The record of this medication states no such time."


def write_medications(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Medications: the list, one drug's times, its dose, whether and how often given."""
    entries = [i for i in evidence.items if i.kind == "medication"]
    past = [i for i in evidence.items if i.kind == PAST_MEDICATION]
    if past:
        return lines(past, ((0,),)) if question.ask == "exists" else abstained(NOT_HELD)
    stated = [i for i in evidence.items if i.kind == STATED_MEDICATION]
    if stated:
        return lines(stated, _times(question, stated))
    if question.ask in ("exists", "count"):
        return _exists_or_count(question, entries, evidence)
    if not entries:
        return abstained(_nothing(question))
    return _entries(question, entries)


def _times(question: ChartQuestion, items: list[Evidence]) -> tuple[tuple[Cell, ...], ...]:
    """When doses were not given, where their times are asked for."""
    return tuple((stamp_of(i),) for i in items) if question.ask == "when" else ()


def _nothing(question: ChartQuestion) -> str:
    """What is said where no entry answers."""
    if question.ask == "who":
        return NO_PRESCRIBER
    if question.ask == "reason":
        return NO_REASON
    if question.attribute == "on hold":
        return NONE_ON_HOLD
    named = question.names or question.window or question.stay or question.ask != "list"
    return NONE_ACTIVE if question.every or not named else NO_ENTRY


def _entries(question: ChartQuestion, entries: list[Evidence]) -> Draft:
    amount = question.ask in ("total", "extreme", "dose")
    other = another_unit(question.text, [fact_of(i) for i in entries]) if amount else None
    return abstained(other) if other is not None else _told(question, entries)


def _told(question: ChartQuestion, entries: list[Evidence]) -> Draft:
    if question.ask == "total":
        return _total(entries)
    if question.ask == "extreme":
        return _extreme(question, entries)
    if question.ask == "when":
        told = bool(stamp_of(entries[0]))
        rows = tuple((stamp_of(i),) for i in entries)
        return lines(entries, rows) if told else abstained(NO_TIME)
    if question.ask in ("who", "reason"):
        return lines(entries, tuple(((fact_of(i).value_text or "").lower(),) for i in entries))
    if question.ask == "dose":
        return lines(entries, tuple(_dose_row(i, timed=question.unit == "timed") for i in entries))
    return lines(entries, tuple((fact_of(i).display.lower(),) for i in entries))


def _dose_row(entry: Evidence, *, timed: bool) -> tuple[Cell, ...]:
    """The dose as the record words it, as a number where it has one, and its time if asked for."""
    fact = fact_of(entry)
    number: tuple[Cell, ...] = () if fact.value is None else (fact.value,)
    return (fact.quote.lower(), *number, *((stamp_of(entry),) if timed else ()))


def _total(entries: list[Evidence]) -> Draft:
    """All doses given as one amount; rates, or several units, are told and not summed."""
    facts = [fact_of(i) for i in entries]
    units = {f.unit for f in facts}
    numbers = [f.value for f in facts if f.value is not None]
    drugs = list(dict.fromkeys(f.display.split()[0].rstrip(",;") for f in facts))
    doses = "dose is" if len(entries) == 1 else "doses are"
    unit = next(iter(units)) or ""
    whole = len(numbers) == len(facts) and len(units) == 1 and len(drugs) == 1
    if not whole or not unit or "/" in unit:
        told = f"{len(entries)} {doses} recorded as given; they cannot be added up"
        counted = computed(f"{told}: {', '.join(drugs)}.", entries, "count", len(entries))
        return Draft(True, (counted, *lines(entries[-MOST_DOSES:]).sentences))
    name = facts[0].display if len({f.display for f in facts}) == 1 else drugs[0]
    total = exact(sum(numbers))
    shown = f"{shown_number(total)} {_unit_in_words(unit, total)}"
    text = f"{name}: {shown} in total, {len(entries)} {doses} recorded as given."
    return Draft(True, (computed(text, entries, "sum", total, unit),), ((total,),))


def _extreme(question: ChartQuestion, entries: list[Evidence]) -> Draft:
    """The highest or lowest dose or rate given; of several units, or drugs, there is none."""
    measured = [i for i in entries if fact_of(i).value is not None]
    if not measured or len({fact_of(i).unit for i in measured}) > 1:
        return lines(entries[:MOST_DOSES]) if len(entries) <= MOST_DOSES else abstained(NO_ONE_UNIT)
    highest = question.extreme == "maximum"
    pick = max if highest else min
    deciding = pick(measured, key=lambda i: fact_of(i).value or 0.0)
    value = fact_of(deciding).value or 0.0
    word = "highest" if highest else "lowest"
    ordered = [deciding, *(i for i in measured if i is not deciding)]
    text = f"The {word} given: {deciding.line}"
    sentence = computed(text, ordered, question.extreme or "", value, fact_of(deciding).unit)
    return Draft(True, (sentence,), ((value, stamp_of(deciding)),))


def _unit_in_words(unit: str, amount: float) -> str:
    """The unit as it is read; a counted unit without its braces."""
    bare = unit.strip("{}[]").lower()
    return unit if bare not in ("unit", "units") else "unit" if amount == 1 else "units"


def write_list(question: ChartQuestion, evidence: EvidenceSet) -> Draft:
    """Problems, procedures and vaccines."""
    past = [i for i in evidence.items if i.kind in (PAST_PROBLEM, NOT_DONE_ENTRY)]
    if past:
        return lines(past, ((0,),) if question.ask == "exists" else ())
    entries = [i for i in evidence.items if i.kind != "patient"]
    if question.ask in ("exists", "count"):
        return _exists_or_count(question, entries, evidence)
    if not entries:
        return abstained(f"No {NOUNS[question.subject][0]} is recorded for what is asked.")
    if question.ask == "when":
        return lines(entries, tuple((stamp_of(i),) for i in entries))
    return lines(entries, tuple((fact_of(i).display.lower(),) for i in entries))


def _exists_or_count(
    question: ChartQuestion, entries: list[Evidence], evidence: EvidenceSet
) -> Draft:
    if not entries:
        if not evidence.items and question.attribute == "held":
            return abstained(NO_DOSES)
        if not evidence.items:
            return abstained(f"This chart holds no {NOUNS[question.subject][1]} at all.")
        active = " as active" if question.subject == "medication" and question.every else ""
        given = {"given": " as given", "held": " as not given"}.get(question.attribute or "", "")
        text = f"No such {NOUNS[question.subject][0]} is recorded{active}{given}."
        return Draft(True, (computed(text, evidence.items[:1], question.ask, 0),), ((0,),))
    if question.ask == "count":
        return _count(question, entries)
    text = f"Yes: {entries[-1].line}"
    ordered = [entries[-1], *entries[:-1]]
    yes = computed(text, ordered, "exists", 1)
    others = _other_orders(question, entries) if question.subject == "medication" else []
    return Draft(True, (yes, *lines(others).sentences), ((1,),))


def _other_orders(question: ChartQuestion, entries: list[Evidence]) -> list[Evidence]:
    """The orders beside the one that is told: another strength is part of the answer.

    Of now every order is told; of the past the last one of each name, and doses given are as
    many as the days, so that one stands for all of them.
    """
    orders = [i for i in entries[:-1] if not i.resource.startswith(DOSE)][::-1]
    if question.every:
        return orders
    told = fact_of(entries[-1]).display
    newest = {fact_of(i).display: i for i in reversed(orders) if fact_of(i).display != told}
    return list(newest.values())


def _count(question: ChartQuestion, entries: list[Evidence]) -> Draft:
    one, many = NOUNS[question.subject]
    told = ""
    if all(i.resource.startswith(DOSE) for i in entries):
        one, many, told = "dose", "doses", " as given"
    if question.group == "name":
        one, many = "different drug", "different drugs"
    if question.group == "day":
        one, many = "day with a dose", "days with a dose"
    if question.attribute == "held":
        told = " as not given"
    noun = f"{one} is" if len(entries) == 1 else f"{many} are"
    text = f"{len(entries)} {noun} recorded{told}."
    counted = computed(text, entries, "count", len(entries))
    shown = lines(entries[:MOST_DOSES]).sentences if question.attribute == "held" else ()
    return Draft(True, (counted, *shown), ((len(entries),),))
