"""What the records of care say: diagnoses, procedures, stays, allergies, devices, orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pipelines.briefing import wording
from pipelines.briefing.records_said.asked import labels
from pipelines.briefing.window import Window
from pipelines.charts.appointments import KEPT_OR_MISSED
from pipelines.records.care import Goal
from pipelines.records.claims import Coverage
from pipelines.records.consents import CodeStatement, Consent
from pipelines.records.devices import Device
from pipelines.records.facts import (
    Allergy,
    Condition,
    Encounter,
    Fact,
    Immunization,
    Note,
    Procedure,
)
from pipelines.records.moments import Moment
from pipelines.records.orders import Appointment, Order
from pipelines.records.patients import Banner
from pipelines.records.reports import Report, Specimen
from pipelines.records.stays import Move
from pipelines.records.surveys import SurveyAnswer

OVER = ("resolved", "inactive", "remission")
DONE_WORDS = {
    "completed": "done", "in-progress": "in progress", "not-done": "not done",
    "preparation": "in preparation", "stopped": "stopped", "on-hold": "on hold",
}  # fmt: skip
APPOINTMENT_WORDS = {"noshow": "missed", "cancelled": "cancelled"}


def told(*parts: str | None) -> str:
    """The parts that there are."""
    return "; ".join(wording.plain(part) for part in parts if part)


def dated(word: str, *moments: Moment | None) -> str:
    """A word with the first of these times that there is; nothing without one."""
    when = next((one for one in moments if one is not None), None)
    return f"{word} {wording.clock(when)}" if when else ""


def condition(one: Condition, window: Window, *, stay: Encounter | None) -> str:
    """A diagnosis with its status and times; `stay` is the one that it is coded for."""
    known = one.onset or one.recorded
    is_new = window.start is not None and window.holds(known)
    status = one.clinical_status
    word = "active then" if status in OVER and not _is_before(one.abatement, window) else status
    coded = f"coded for the stay of {stay.start.day}" if stay and stay.start else "no date"
    return told(
        f"{'new problem: ' if is_new else ''}{one.fact.display} "
        f"({', '.join(filter(None, (word, dated('since', known))))})",
        one.verification_status,
        dated(f"resolved problem: {one.fact.display},", one.abatement),
        f"coded, {coded}" if status is None else "",
    )


def _is_before(moment: Moment | None, window: Window) -> bool:
    return moment is not None and moment.instant <= window.end.instant


def procedure(one: Procedure) -> str:
    """A procedure with why, what came of it, what went wrong and its note."""
    return told(
        f"{DONE_WORDS.get(one.status or '', '')}: {one.fact.display}",
        dated("performed", one.performed),
        f"for {one.reason}" if one.reason else "",
        f"result: {one.outcome}" if one.outcome else "",
        *(f"complication: {each}" for each in one.complications),
        f"because {one.status_reason}" if one.status_reason else "",
        f"note: {one.note}" if one.note else "",
    )


def encounter(one: Encounter, window: Window) -> str:
    """A stay or visit with its beginning, its end and its day at the window's end."""
    place = "intensive care" if one.is_icu else "hospital"
    over = one.end is not None and one.end.instant <= window.end.instant
    inpatient = one.is_hospital or one.is_icu
    left = "left intensive care" if one.is_icu else "discharged"
    return told(
        one.fact.display,
        f"{day_of(one.start, window)} in {place}" if inpatient and not over else "",
        f"admitted to {place}" if inpatient else "visit",
        dated("since", one.start),
        dated(f"{left}, stay to", one.end) if over else "",
        "stay" if inpatient else "",
        one.admission_type,
        one.reason,
        one.discharge_disposition,
    )


def day_of(begun: Moment | None, window: Window) -> str:
    """“day 3” as wards count: the day of beginning is day 1."""
    end = window.end
    if begun is None or min(len(begun.day), len(end.day)) < len("2026-01-01"):
        return ""
    return f"day {(date.fromisoformat(end.day) - date.fromisoformat(begun.day)).days + 1}"


def move(one: Move) -> str:
    """A place within a stay."""
    return told(one.location, dated("since", one.start))


@dataclass(frozen=True, slots=True)
class Person:
    """The patient's banner as the subject of the Patient resource."""

    fact: Fact
    banner: Banner


def stay_or_move(one: Encounter | Move, window: Window) -> str:
    """An encounter, or a place within it."""
    return encounter(one, window) if isinstance(one, Encounter) else move(one)


def title(one: Note) -> str:
    """A note's title, author and time."""
    return told(one.title, one.author, dated("written", one.when))


def person(who: Person) -> str:
    """Age at the as-of and sex, and whether the lists of the chart are whole."""
    banner = who.banner
    age = f"{banner.age_years} year old" if banner.age_years is not None else ""
    listed = banner.allergies.state == "unavailable"
    lost = "allergies unavailable: an allergy entry of this chart was refused" if listed else ""
    return told(age, banner.patient.sex, lost)


def allergy(one: Allergy) -> str:
    """An allergy or intolerance with what happened and how severe it was."""
    kind = "recorded" if one.is_no_known else one.type or "allergy"
    return told(
        kind if kind != "allergy" or not one.is_no_known else "recorded",
        one.fact.display,
        *one.reactions,
        one.severity,
        f"criticality {one.criticality}" if one.criticality else "",
        one.verification_status,
        f"note: {one.note}" if one.note else "",
        dated("recorded", one.fact.when),
    )


def device(one: Device, window: Window) -> str:
    """A device in use, or out by the window's end."""
    over = one.used_end is not None and window.knows(one.used_end)
    is_new = window.start is not None and window.holds(one.used)
    return told(
        one.fact.display,
        one.body_site,
        f"for {one.reason}" if one.reason else "",
        dated("out", one.used_end) if over else "in",
        dated("until", one.used_end) if over else "",
        dated("was in since" if over else "in since", one.used),
        "" if over else day_of(one.used, window),
        "" if over or is_new else "still in",
    )


def order(one: Order, window: Window) -> str:
    """A request with its status, when it was written and for when."""
    due = one.occurrence_end or one.occurrence
    late = due is not None and due.instant < window.end.instant and due.day != window.end.day
    return told(
        one.fact.display,
        f"now {one.fact.status}",
        dated("ordered since", one.authored, one.fact.when),
        dated("ordered", one.fact.when),
        dated("overdue" if late else "due", due),
        "ordered in this window" if window.holds(one.authored) else "",
        f"not signed, draft of {wording.clock(one.fact.when)}"
        if one.fact.status in ("draft", "proposed") else "",
        one.reason,
    )  # fmt: skip


def appointment(one: Appointment, window: Window) -> str:
    """A visit that is booked, was missed or called off; what it came to later is not of then."""
    is_to_come = one.start is not None and one.start.instant > window.end.instant
    status = "booked" if is_to_come and one.fact.status in KEPT_OR_MISSED else one.fact.status
    return told(
        f"{APPOINTMENT_WORDS.get(status or '', 'appointment')}, {one.fact.display}",
        dated("at", one.start),
        status,
        one.cancelation,
        one.reason,
        "the next" if status not in APPOINTMENT_WORDS else "",
        "" if one.created else "the record does not say when it was made",
    )


def immunization(one: Immunization) -> str:
    """A vaccine given or not."""
    word = "vaccine not given" if one.status == "not-done" else "vaccine given"
    return told(word, one.fact.display, dated("at", one.occurred), one.status_reason)


def goal(one: Goal) -> str:
    """A goal, how far it is reached, and by when."""
    due = next((target.due for target in one.targets if target.due), None)
    said = f"({one.achievement})" if one.achievement else ""
    return told(f"goal: {one.fact.display} {said}", one.fact.status, dated("due", due))


def report(one: Report) -> str:
    """A report's name, times, how final it is, and its conclusion."""
    return told(
        one.fact.display,
        one.fact.status,
        "report not final" if one.fact.status != "final" else "",
        dated("taken", one.effective, one.issued),
        dated("reported", one.issued),
        dated("of", one.fact.when),
        f"conclusion: “{one.conclusion}”" if one.conclusion else "no conclusion in the record",
    )


def specimen(one: Specimen) -> str:
    """A specimen with when it was taken and the state it came in."""
    return told("specimen", one.fact.display, dated("taken", one.fact.when), *one.conditions)


def coverage(one: Coverage, window: Window) -> str:
    """Who pays, from when to when; applied for where it is a draft."""
    over = one.end is not None and one.end.instant <= window.end.instant
    begun = "applied for" if one.fact.status == "draft" else "since"
    return told(
        f"coverage {one.fact.display}",
        dated(begun, one.start),
        dated("ended", one.end) if over else "",
    )


def answer(one: SurveyAnswer) -> str:
    """A question and what was answered."""
    code = (one.link_id or "").rpartition("/")[2]
    asked = (f"{name}: {one.value_text}" for name in labels(code))
    return told(one.question, f"{one.fact.display}: {one.value_text}", *asked,
                dated("at", one.fact.when))  # fmt: skip


def code_statements(found: Iterable[CodeStatement], papers: Iterable[Consent], place: str) -> str:
    """What one record states of the code status, and the paper behind a directive."""
    parts = [f"code status {place}".rstrip()]
    for one in found:
        source = "directive" if one.source == "consent" else one.source
        since = dated(" since", one.fact.when) or ", undated"
        said = (one.wording or one.fact.display).removeprefix("Code status: ")
        until = dated(" until", one.ended)
        before = "before: " if place == "before" else ""
        parts += [f"{before}{said} ({source}){since}{until}"]
        parts += [one.state, one.fact.display, dated("until", one.ended)]
    return told(*parts, *(f"signed: “{one.source}”" for one in papers if one.source))
