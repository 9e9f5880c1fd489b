"""Every cited record of one chart, told by its fields; see the package.

Each subject is read once and only when a line cites it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property
from typing import Any

from pipelines.briefing import wording
from pipelines.briefing.records_said import care
from pipelines.briefing.records_said.drugs import NOT_GIVEN, ORDERED, Beside, drug
from pipelines.briefing.records_said.results import Neighbours, result
from pipelines.briefing.window import Window
from pipelines.charts import (
    devices,
    encounters,
    immunizations,
    medications,
    orders,
    patients,
    problems,
    procedures,
    reports,
)
from pipelines.charts import notes as chart_notes
from pipelines.charts.allergies import allergy_list
from pipelines.charts.appointments import appointments, maybe_upcoming, upcoming
from pipelines.charts.care import goals
from pipelines.charts.claims import coverages
from pipelines.charts.code_status import code_status
from pipelines.charts.consents import consents
from pipelines.charts.stays import moves
from pipelines.charts.surveys import survey_answers
from pipelines.records.chart import Chart
from pipelines.records.consents import CodeStatement
from pipelines.records.facts import Condition, Encounter, Fact, Medication, Note, Passage
from pipelines.records.orders import Appointment
from pipelines.records.stays import Move

REPLACED_WITHIN = timedelta(hours=24)
ENDS = ("end", "abatement", "used_end", "ended")
MEASURED = ("lab", "vital", "observation")


class RecordsSaid:
    """The tellings of a chart's records for one window."""

    def __init__(self, chart: Chart, window: Window, neighbours: Neighbours) -> None:
        self._chart, self._window, self._neighbours = chart, window, neighbours
        self._told: dict[Fact, str] = {}
        self._read: dict[object, Mapping[str, list[Any]]] = {}

    def of(self, fact: Fact) -> str:
        """What the record of this fact says."""
        if fact not in self._told:
            self._told[fact] = self._tell(fact)
        return self._told[fact]

    def as_then(self, fact: Fact) -> Fact:
        """The fact with its status of the window's end: what ended later was active then."""
        for one in (*self._subjects(fact.resource), *self._codes.get(fact.resource, ())):
            end = next((e for name in ENDS if (e := getattr(one, name, None)) is not None), None)
            if end is not None and not self._window.knows(end):
                return replace(fact, status="active")
        return fact

    def goes_on(self, clause: Sequence[Fact], before: Sequence[Fact]) -> bool:
        """Whether a clause's record is of the thing of the one before: record, code or name."""
        return any(
            fact.resource == first.resource
            or (fact.code_key is not None and fact.code_key == first.code_key)
            or fact.display.lower().split()[:1] == first.display.lower().split()[:1]
            or (fact.resource in self._codes and first.resource in self._codes)
            for fact in clause
            for first in before
        )

    def named(self, fact: Fact) -> str:
        """The name of what a fact is of; of a dose, that it was given."""
        name = "Code status" if fact.resource in self._codes else wording.name(fact)
        is_dose = fact.resource.startswith("MedicationAdministration/")
        given = is_dose and fact.status not in NOT_GIVEN
        return f"{name} was given" if given else name

    def note(self, passage: Passage) -> str:
        """Whose sentence it is, of when, in which state its note is, and the sentence itself."""
        note = self._notes.get(passage.resource)
        status = {"preliminary": "preliminary", "superseded": "replaced"}
        word = status.get(note.status or "") if note else None
        head = care.told(passage.title, passage.author, wording.clock(passage.when), word)
        report = passage.resource.startswith("DiagnosticReport/")
        beside = f"; {self._rest(passage.resource)}" if report else ""
        return f"{head}{beside}: “{wording.one_line(passage.text)}”"

    def _tell(self, fact: Fact) -> str:
        if fact.resource in self._codes and fact.kind not in ("device", "medication"):
            return self._code(fact)
        if fact.kind in MEASURED:
            return result(fact, self._neighbours)
        told = self._rest(fact.resource)
        return told or care.told(fact.display, wording.clock(fact.when), fact.status)

    def _rest(self, resource: str) -> str:
        """What a record other than a result says, by the table of its type."""
        tell = self._tables.get(resource.partition("/")[0], (None, None))[1]
        return "; ".join(tell(one) for one in self._subjects(resource)) if tell else ""

    def _subjects(self, resource: str) -> Sequence[Any]:
        read = self._tables.get(resource.partition("/")[0], (None, None))[0]
        return self._grouped(read).get(resource, ()) if read else ()

    def _grouped(self, read: Callable[[Chart], Sequence[Any]]) -> Mapping[str, list[Any]]:
        """The subjects of one kind by their resource, read once."""
        if read not in self._read:
            found: dict[str, list[Any]] = defaultdict(list)
            for one in read(self._chart):
                found[one.fact.resource].append(one)
            self._read[read] = found
        return self._read[read]

    @cached_property
    def _tables(self) -> Mapping[str, tuple[Callable[[Chart], Sequence[Any]], Callable[..., str]]]:
        """How each type of resource is read and told."""
        window = self._window
        return {
            "MedicationRequest": (medications.medications, self._drug),
            "MedicationAdministration": (medications.medications, self._drug),
            "MedicationStatement": (medications.medications, self._drug),
            "MedicationDispense": (medications.medications, self._drug),
            "Condition": (problems.conditions, self._condition),
            "Procedure": (procedures.procedures, care.procedure),
            "Encounter": (stays_and_moves, lambda one: care.stay_or_move(one, window)),
            "Patient": (banners, care.person),
            "AllergyIntolerance": (lambda chart: allergy_list(chart).allergies, care.allergy),
            "DeviceUseStatement": (devices.devices, lambda one: care.device(one, window)),
            "Device": (devices.devices, lambda one: care.device(one, window)),
            "ServiceRequest": (orders.orders, lambda one: care.order(one, window)),
            "Appointment": (visits, lambda one: care.appointment(one, window)),
            "Immunization": (immunizations.immunizations, care.immunization),
            "Goal": (goals, care.goal),
            "DiagnosticReport": (reports.reports, care.report),
            "Specimen": (reports.specimens, care.specimen),
            "Coverage": (coverages, lambda one: care.coverage(one, window)),
            "QuestionnaireResponse": (survey_answers, care.answer),
            "DocumentReference": (chart_notes.notes, care.title),
        }

    @cached_property
    def _codes(self) -> Mapping[str, list[CodeStatement]]:
        found: dict[str, list[CodeStatement]] = defaultdict(list)
        status = code_status(self._chart)
        for one in (*status.current, *status.earlier):
            found[one.fact.resource].append(one)
        return found

    def _code(self, fact: Fact) -> str:
        papers = [one for one in consents(self._chart) if one.fact.resource == fact.resource]
        note = f"; note: “{wording.plain(fact.note)}”" if fact.note else ""
        status = code_status(self._chart)
        earlier = {one.fact.resource for one in status.earlier}
        states = {one.state for one in status.current}
        changed = any(one.state not in states for one in status.earlier)
        place = "before" if fact.resource in earlier else "changed" if changed else ""
        return care.code_statements(self._codes[fact.resource], papers, place) + note

    @cached_property
    def _notes(self) -> Mapping[str, Note]:
        return {note.fact.resource: note for note in chart_notes.notes(self._chart)}

    @cached_property
    def _stays(self) -> Mapping[str, Encounter]:
        return {one.fact.resource: one for one in encounters.encounters(self._chart)}

    def _condition(self, one: Condition) -> str:
        return care.condition(one, self._window, stay=self._stays.get(one.fact.encounter or ""))

    @cached_property
    def _medications(self) -> Sequence[Medication]:
        found = self._grouped(medications.medications)
        return [one for every in found.values() for one in every]

    @cached_property
    def _active(self) -> frozenset[str]:
        return frozenset(m.fact.resource for m in medications.active(self._chart))

    @cached_property
    def _ends(self) -> tuple[frozenset[str], frozenset[str]]:
        """The first and the last dose of every drug and of every order."""
        doses: dict[str, list[Medication]] = defaultdict(list)
        for one in self._medications:
            if one.form == "administration" and one.start and one.status not in NOT_GIVEN:
                doses[_drug_of(one)].append(one)
                doses[one.based_on or ""].append(one)
        first, last = set(), set()
        for key, found in doses.items():
            times = [one.start.instant for one in found if one.start]
            ends = (min(times), max(times))
            if key and key == _drug_of(found[0]):
                first |= {o.fact.resource for o in found if o.start and o.start.instant == ends[0]}
            if key:
                last |= {o.fact.resource for o in found if o.start and o.start.instant == ends[1]}
        return frozenset(first), frozenset(last)

    def _drug(self, one: Medication) -> str:
        resource, since = one.fact.resource, self._neighbours.stay_start
        beside = Beside(
            is_active=resource in self._active,
            is_change=one.form in ORDERED and self._is_change(one),
            is_first=resource in self._ends[0],
            is_last=resource in self._ends[1],
            in_stay=since is not None and one.start is not None and one.start.instant >= since,
        )
        return drug(one, self._window, beside)

    def _is_change(self, order: Medication) -> bool:
        """Whether another order of the drug ended as this one began, or began as it ended."""
        return any(
            other is not order
            and other.form in ORDERED
            and other.start != order.start
            and other.end is not None
            and order.start is not None
            and abs(other.end.instant - order.start.instant) <= REPLACED_WITHIN
            and _first_word(other) == _first_word(order)
            for other in self._medications
        )


def _drug_of(one: Medication) -> str:
    return one.fact.code_key or one.name


def _first_word(one: Medication) -> str:
    return one.name.lower().split()[0] if one.name.split() else ""


def banners(chart: Chart) -> Sequence[care.Person]:
    """The patient, as the one subject of its resource."""
    banner = patients.banner(chart)
    return (care.Person(banner.patient.fact, banner),)


def stays_and_moves(chart: Chart) -> Sequence[Encounter | Move]:
    """Encounters, and the places within them."""
    return (*encounters.encounters(chart), *moves(chart))


def visits(chart: Chart) -> Sequence[Appointment]:
    """Appointments before and after the as-of."""
    return (*appointments(chart), *upcoming(chart), *maybe_upcoming(chart))
