"""What is asked → the numbered evidence of one chart, and what was searched to find it.

Items come in the order that a writer needs: what decides first, then what it is checked
against. Nothing is written here and nothing left out silently: `searched` names each kind of
record, each thing and each stretch of time that was looked at, also when nothing was found.
A question that was declined has no evidence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pipelines.answers.evidence.allergies import (
    LIST_UNAVAILABLE,
    OTHER_ALLERGY,
    allergies_unavailable,
    allergy_evidence,
)
from pipelines.answers.evidence.bills import bill_evidence, coverage_evidence
from pipelines.answers.evidence.by_words import record_evidence
from pipelines.answers.evidence.code_status import code_status_evidence
from pipelines.answers.evidence.conflicts import conflict_evidence
from pipelines.answers.evidence.devices import device_evidence
from pipelines.answers.evidence.extent import with_extent
from pipelines.answers.evidence.fluids import fluid_evidence
from pipelines.answers.evidence.intervals import interval_evidence
from pipelines.answers.evidence.items import numbered
from pipelines.answers.evidence.lists import (
    NOT_DONE_ENTRY,
    PAST_PROBLEM,
    immunization_evidence,
    problem_evidence,
    procedure_evidence,
)
from pipelines.answers.evidence.medications import (
    PAST_MEDICATION,
    has_doses,
    medication_evidence,
)
from pipelines.answers.evidence.nearest import Nearest, nearest
from pipelines.answers.evidence.notes import (
    NoteSearch,
    nearest_sentence,
    not_searched,
    note_evidence,
)
from pipelines.answers.evidence.organisms import organism_evidence
from pipelines.answers.evidence.particulars import particular_evidence, topic_evidence
from pipelines.answers.evidence.reasons import reason_evidence
from pipelines.answers.evidence.records import (
    appointment_evidence,
    goal_evidence,
    order_evidence,
    team_evidence,
)
from pipelines.answers.evidence.related import related_evidence
from pipelines.answers.evidence.reports import report_evidence, susceptibility_evidence
from pipelines.answers.evidence.results import last_outside, result_evidence
from pipelines.answers.evidence.screening import screening_evidence
from pipelines.answers.evidence.stays import pool
from pipelines.answers.evidence.visits import patient_evidence, patient_item, visit_evidence
from pipelines.answers.question import ChartQuestion
from pipelines.answers.question.notes import note_question
from pipelines.answers.question.records import device_named
from pipelines.charts import passage_groups
from pipelines.charts.appointments import appointments, upcoming
from pipelines.charts.care import goals
from pipelines.charts.claims import claims
from pipelines.charts.devices import devices
from pipelines.charts.encounters import encounters
from pipelines.charts.orders import orders
from pipelines.charts.question_names import has_notes, result_names, thing_names
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence, EvidenceSet
from pipelines.terms.concepts import load

Gatherer = Callable[[Chart, ChartQuestion], list[Evidence]]
GATHERERS: dict[str, Gatherer] = {
    "result": result_evidence,
    "any_lab": result_evidence,
    "patient": patient_evidence,
    "encounter": visit_evidence,
    "interval": interval_evidence,
    "medication": medication_evidence,
    "allergy": allergy_evidence,
    "problem": problem_evidence,
    "procedure": procedure_evidence,
    "immunization": immunization_evidence,
    "code_status": code_status_evidence,
    "device": device_evidence,
    "appointment": appointment_evidence,
    "order": order_evidence,
    "bill": bill_evidence,
    "coverage": coverage_evidence,
    "screening": screening_evidence,
    "care_team": team_evidence,
    "goal": goal_evidence,
    "particular": particular_evidence,
    "topic": topic_evidence,
    "susceptibility": susceptibility_evidence,
    "fluid": fluid_evidence,
    "record": record_evidence,
}
SEARCHED = {
    "any_lab": "Observation, laboratory",
    "patient": "Patient",
    "encounter": "Encounter",
    "interval": "Encounter",
    "medication": "MedicationRequest, MedicationAdministration, MedicationStatement",
    "allergy": "AllergyIntolerance",
    "problem": "Condition",
    "procedure": "Procedure",
    "immunization": "Immunization",
    "code_status": "Observation, ServiceRequest, Flag, Consent, Condition, Procedure: code status",
    "device": "Device, DeviceUseStatement",
    "appointment": "Appointment",
    "order": "ServiceRequest, Observation of status preliminary",
    "bill": "Claim, ExplanationOfBenefit",
    "coverage": "Coverage",
    "screening": "QuestionnaireResponse, Observation, Condition",
    "care_team": "CareTeam",
    "goal": "Goal",
    "particular": "records that name who, which lot and other particulars:",
    "topic": "Observation",
    "susceptibility": "Observation, cultures and susceptibilities",
    "fluid": "Observation, intake and output:",
    "record": "all records that are no results and no drugs:",
}
KEPT: dict[str, Callable[[Chart], object]] = {
    "device": devices,
    "appointment": lambda chart: appointments(chart) or upcoming(chart),
    "order": orders,
    "bill": claims,
    "goal": goals,
}
ABSENCE = ("exists", "count", "days")
SAID_NO = ("medication", "problem")
# What a record has no field of may stand in a note ("widowed" in a social history).
TOLD_IN_NOTES_TOO = ("particular", "topic")
AGAINST = (PAST_MEDICATION, PAST_PROBLEM, NOT_DONE_ENTRY)


def gather(
    chart: Chart, question: ChartQuestion | None, search: NoteSearch = passage_groups.search
) -> EvidenceSet:
    """Find the evidence for a question; none for a declined one."""
    if question is None or question.is_declined:
        return EvidenceSet((), searched(question))
    if question.not_understood:
        related = numbered(related_evidence(chart, question, search))
        near = nearest(chart, question)
        said = EvidenceSet(related, searched(question), near.missing, near.near, chart.as_of)
        return with_extent(chart, question, said)
    items = _found(chart, question, search)
    if not items and question.subject in TOLD_IN_NOTES_TOO:
        return _in_notes(chart, question, search)
    if not items and question.ask in ABSENCE and _is_kept(chart, question):
        items = [patient_item(chart), *last_outside(chart, question)]
    if question.subject == "code_status" and items and all(i.kind == "note" for i in items):
        items = [patient_item(chart), *items]  # "only in a note" cites the patient likewise
    if items and all(i.kind == OTHER_ALLERGY for i in items):
        items = [patient_item(chart), *items]  # a "no" cites the patient, beside what is recorded
    items += conflict_evidence(chart, question, items)
    looked = searched(question)
    if question.subject == "allergy" and allergies_unavailable(chart):
        looked = (*looked, f"AllergyIntolerance: {LIST_UNAVAILABLE}, an entry was refused")
    if question.subject == "note":
        looked = (*looked, *not_searched(chart))
    if items:
        return with_extent(chart, question, EvidenceSet(numbered(items), looked, as_of=chart.as_of))
    # Of an allergy no drug of the list says anything.
    near = nearest(chart, question) if question.subject != "allergy" else Nearest()
    told = nearest_sentence(chart, question, search) if question.subject == "note" else ""
    return EvidenceSet((), looked, near.missing, told or near.near, chart.as_of)


def _found(chart: Chart, question: ChartQuestion, search: NoteSearch) -> list[Evidence]:
    """What the records or the notes of the question's subject hold of it."""
    if question.subject != "note":
        gatherer = GATHERERS.get(question.subject)
        return _of_each(chart, question, gatherer) if gatherer is not None else []
    grown = organism_evidence(chart, question)
    if grown:
        return grown
    told = question.note is not None and bool(question.note.part or question.note.writer)
    kept = [] if told else [*reason_evidence(chart, question), *report_evidence(chart, question)]
    return _of_the_device(question, [*kept, *note_evidence(chart, question, search)])


def _in_notes(chart: Chart, question: ChartQuestion, search: NoteSearch) -> EvidenceSet:
    """Sentences of notes for what no record has a field of."""
    asked = note_question(question.text, None, (), {}) if has_notes(chart) else None
    asked = replace(asked, window=question.window) if asked else None
    items = note_evidence(chart, asked, search) if asked else []
    looked = (*searched(question), *(searched(asked) if asked else ()))
    near = Nearest() if items else nearest(chart, question)
    told = nearest_sentence(chart, asked, search) if asked and not items else ""
    found = EvidenceSet(numbered(items), looked, near.missing, told or near.near, chart.as_of)
    return with_extent(chart, question, found)


def _of_each(chart: Chart, question: ChartQuestion, gatherer: Gatherer) -> list[Evidence]:
    """The evidence of each thing that is named beside others: none answers for another."""
    if not question.is_of_several:
        told = gatherer(chart, question)
        if question.ask == "exists" and question.subject in SAID_NO:
            return [replace(i, line=f"No: {i.line}") if i.kind in AGAINST else i for i in told]
        return [i for i in told if i.fact is None or i.fact.display not in question.without]
    found = []
    for group in question.groups:
        found += gatherer(chart, replace(question, names=group, groups=(), unlisted=()))
    told = [replace(i, line=f"No: {i.line}") if i.kind in AGAINST else i for i in found]
    return [*told, patient_item(chart)] if question.unlisted else told


def _of_the_device(question: ChartQuestion, items: list[Evidence]) -> list[Evidence]:
    """Asked for the placing or removal of a device, a sentence must name that very device."""
    named = None if question.note_is("why") else device_named(question.text)
    if named is None:
        return items
    return [i for i in items if i.passage is None or named.search(i.text.lower())]


def _is_kept(chart: Chart, question: ChartQuestion) -> bool:
    """Whether the chart keeps this kind of record at all: only then does absence say "none".

    A chart without a single laboratory result was not given them; it says nothing of potassium.
    """
    if question.subject in ("result", "any_lab"):
        kinds = {name.kind for name in result_names(chart)}
        concepts = load().by_key
        wanted = {concepts[t.concept].kind for t in question.things if t.concept}
        return bool(kinds & (wanted or {"lab"}))
    if question.subject == "encounter":
        wanted_kind = question.relation or "any"
        return bool(pool(encounters(chart), wanted_kind))
    if question.attribute == "held":
        return has_doses(chart, question)
    if question.subject in ("problem", "medication", "procedure", "immunization"):
        kind = "condition" if question.subject == "problem" else question.subject
        return bool(thing_names(chart).get(kind))
    return question.subject in KEPT and bool(KEPT[question.subject](chart))


def searched(question: ChartQuestion | None) -> tuple[str, ...]:
    """What was looked at, a phrase each."""
    if question is None:
        return ("nothing: the question was not understood",)
    if question.subject in ("none", "") or (question.subject == "result" and not question.things):
        return ("names of results, medications, conditions and procedures of this chart",)
    where = _where(question)
    if question.subject == "result":
        return tuple(f"Observation {thing.title}, {where}" for thing in question.things)
    if question.subject == "note":
        once = [dict.fromkeys(group) for group in question.note_words]
        return tuple(f"notes: '{' / '.join(words)}'" for words in once)
    named = f" {', '.join(question.names[:5])}" if question.names else ""
    return (f"{SEARCHED[question.subject]}{named}, {where}",)


def _where(question: ChartQuestion) -> str:
    stays = [question.stay, *(pick.stay for pick in question.picks)]
    parts = list(dict.fromkeys(stay.words for stay in stays if stay is not None))
    if question.window is not None:
        parts.append(question.window.words)
    return ", ".join(parts) or "whole chart"
