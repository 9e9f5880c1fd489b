"""Every record of one chart that is no result and no drug, as the words it is made of.

What a record says of itself and what its visit says (its type, its reason, its place) stand
together, so that a record can be found by any of them. Records come from the reads of their
subjects, which leave out what was entered in error or is later than the chart's as-of. Nothing is
concluded: a word is there or it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from pipelines.charts.allergies import allergy_list
from pipelines.charts.appointments import appointments, upcoming
from pipelines.charts.care import care_plans, care_team, goals
from pipelines.charts.claims import claims, coverages
from pipelines.charts.devices import devices
from pipelines.charts.encounters import encounters
from pipelines.charts.immunizations import immunizations
from pipelines.charts.kept import kept
from pipelines.charts.problems import conditions
from pipelines.charts.procedures import procedures
from pipelines.charts.reports import imaging_studies, reports
from pipelines.records.care import CarePlan
from pipelines.records.chart import Chart
from pipelines.records.claims import Claim
from pipelines.records.facts import Encounter, Fact
from pipelines.records.plain import PlainRecord

# What people call a class of encounter (HL7 ActCode).
CLASS_WORDS = {
    "AMB": "ambulatory outpatient clinic office visit",
    "IMP": "inpatient hospital admission stay hospitalization",
    "ACUTE": "inpatient acute hospital admission stay hospitalization",
    "NONAC": "inpatient hospital admission stay hospitalization",
    "EMER": "emergency department room er ed visit",
    "OBSENC": "observation stay visit",
    "SS": "same day surgery stay",
    "HH": "home health visit",
    "VR": "virtual telehealth video visit",
}
GENERIC_PLANS = ("assess-plan", "assessment and plan of treatment", "longitudinal", "care plan")


def plain_records(chart: Chart, kinds: Iterable[str]) -> tuple[PlainRecord, ...]:
    """The records of these kinds; each read is done once, and only where it is asked for."""
    wanted = frozenset(kinds)
    reads = dict.fromkeys(_READS[kind] for kind in KINDS if kind in wanted)
    return tuple(r for read in reads for r in read(chart) if r.kind in wanted)


Visits = Mapping[str, Encounter]
Names = Mapping[str, str]


def _visits(chart: Chart) -> Visits:
    return {e.fact.resource: e for e in encounters(chart)}


def _diagnoses(chart: Chart) -> Names:
    return {c.fact.resource: c.fact.display for c in conditions(chart)}


def _words(*said: str | None) -> tuple[str, ...]:
    return tuple(word for word in said if word)


def _of_visit(fact: Fact, visits: Visits) -> Encounter | None:
    return visits.get(fact.encounter or "")


def _billed_visit(bill: Claim, visits: Visits) -> str | None:
    """The visit that a bill names, else the one that began when what is billed did."""
    if bill.fact.encounter is not None or bill.billed is None:
        return bill.fact.encounter
    same = [v for v in visits.values() if v.start is not None and v.start.day == bill.billed.day]
    return same[0].fact.resource if len(same) == 1 else None


def visit_words(visit: Encounter | None) -> tuple[str, ...]:
    """The words by which people tell a visit: its types, class, reason and places."""
    if visit is None:
        return ()
    icu = "icu intensive care unit" if visit.is_icu else ""
    return _words(
        *visit.types, visit.type_display, visit.class_display, visit.service_type, visit.reason,
        CLASS_WORDS.get(visit.class_code or ""), visit.location, visit.service_provider,
        visit.discharge_disposition, icu,
    )  # fmt: skip


def _record(
    kind: str,
    fact: Fact,
    visits: Visits,
    *beside: str | None,
    names: tuple[str, ...] = (),
    **more: object,
) -> PlainRecord:
    """A record with the words, the time and the place of its visit where it has none itself."""
    visit = _of_visit(fact, visits)
    start = visit.start if visit is not None else None
    made: dict[str, object] = {"begun": fact.when or start, "status": fact.status, **more}
    place = _place(visit)
    made["place"] = made.get("place") or place
    return PlainRecord(
        kind=kind, fact=fact, names=names or (fact.display,), visit=fact.encounter,
        beside=(*_words(*beside), *visit_words(visit)), **made,  # type: ignore[arg-type]
    )  # fmt: skip


def _place(visit: Encounter | None) -> str | None:
    return (visit.location or visit.service_provider) if visit is not None else None


@kept
def _done(chart: Chart) -> tuple[PlainRecord, ...]:
    return tuple(_read_done(chart, _visits(chart)))


def _read_done(chart: Chart, visits: Visits) -> Iterable[PlainRecord]:
    for done in procedures(chart):
        if done.status not in ("not-done", "preparation", "entered-in-error"):
            yield _record(
                "procedure", done.fact, visits, done.category, done.reason, done.outcome,
                *done.body_sites, *done.performers, done.location, ended=done.performed_end,
                place=done.location, reason=done.reason,
            )  # fmt: skip
    for shot in immunizations(chart):
        if shot.status not in ("not-done", "entered-in-error"):
            yield _record(
                "immunization", shot.fact, visits, shot.series, shot.manufacturer,
                *shot.target_diseases, *shot.performers, place=shot.location, reason=shot.reason,
            )  # fmt: skip


@kept
def _ill(chart: Chart) -> tuple[PlainRecord, ...]:
    return tuple(_read_ill(chart, _visits(chart)))


def _read_ill(chart: Chart, visits: Visits) -> Iterable[PlainRecord]:
    for ill in conditions(chart):
        if ill.verification_status in ("refuted", "entered-in-error"):
            continue
        visit = _of_visit(ill.fact, visits)
        begun = ill.onset or ill.recorded or (visit.start if visit is not None else None)
        yield _record(
            "problem", ill.fact, visits, *ill.categories, ill.severity, *ill.body_sites,
            begun=begun, ended=ill.abatement, status=ill.clinical_status,
        )  # fmt: skip
    for allergy in allergy_list(chart).allergies:
        if not allergy.is_no_known and allergy.verification_status != "refuted":
            yield _record(
                "allergy", allergy.fact, visits, allergy.type, *allergy.categories,
                *allergy.reactions, allergy.criticality, status=allergy.clinical_status,
                begun=allergy.onset or allergy.fact.when,
            )  # fmt: skip


@kept
def _held(chart: Chart) -> tuple[PlainRecord, ...]:
    return tuple(_read_held(chart, _visits(chart)))


def _read_held(chart: Chart, visits: Visits) -> Iterable[PlainRecord]:
    for device in devices(chart):
        if device.form == "device":
            yield _record(
                "device", device.fact, visits, device.manufacturer, device.model, device.body_site,
                begun=device.used, ended=device.used_end,
            )  # fmt: skip
    for one in coverages(chart):
        payors = tuple(one.payors)
        yield _record(
            "coverage", one.fact, visits, *one.classes, one.relationship, begun=one.start,
            ended=one.end, names=(*payors, one.fact.display),
        )  # fmt: skip
    for booked in (*appointments(chart), *upcoming(chart)):
        yield _record(
            "appointment", booked.fact, visits, booked.reason, *booked.participants,
            begun=booked.start, ended=booked.end, reason=booked.reason,
        )  # fmt: skip


@kept
def _planned(chart: Chart) -> tuple[PlainRecord, ...]:
    return tuple(_read_planned(chart, _visits(chart), _diagnoses(chart)))


def _read_planned(chart: Chart, visits: Visits, names: Names) -> Iterable[PlainRecord]:
    for plan in care_plans(chart):
        aims = tuple(names[a] for a in plan.addresses if a in names)
        fact, title = plan.fact, plan_title(plan)
        yield _record(
            "plan", fact, visits, plan.description, *aims,
            *(a.fact.display for a in plan.activities),
            names=(title,), begun=plan.start or plan.created, ended=plan.end,
            reason=", ".join(dict.fromkeys(aims)) or None,
            parts=tuple(a.fact for a in plan.activities),
        )  # fmt: skip
    for goal in goals(chart):
        yield _record("goal", goal.fact, visits, goal.achievement, goal.priority, begun=goal.start)
    for member in care_team(chart):
        yield _record(
            "team", member.fact, visits, member.role, member.team, *member.categories,
            begun=member.start or member.team_start, ended=member.end or member.team_end,
            names=_words(member.member, member.team),
        )  # fmt: skip


def plan_title(plan: CarePlan) -> str:
    """What a plan is called: its telling category, else its own name."""
    own = [c for c in plan.categories if not c.lower().startswith(GENERIC_PLANS)]
    return own[-1] if own else plan.fact.display


@kept
def _billed(chart: Chart) -> tuple[PlainRecord, ...]:
    return tuple(_read_billed(chart, _visits(chart)))


def _read_billed(chart: Chart, visits: Visits) -> Iterable[PlainRecord]:
    for bill in claims(chart):
        things = tuple(dict.fromkeys(i.fact.display for i in bill.items if i.part != "diagnosis"))
        diagnoses = (i.fact.display for i in bill.items if i.part == "diagnosis")
        fact = replace(bill.fact, encounter=_billed_visit(bill, visits))
        yield _record(
            "bill" if bill.form == "claim" else "decision", fact, visits, *diagnoses,
            bill.provider, bill.insurer, bill.facility, bill.disposition,
            names=(bill.fact.display, *things), begun=_served(bill, visits),
            amount=bill.total if bill.form == "claim" else bill.paid, currency=bill.currency,
            place=bill.facility, reason=bill.disposition, status=bill.outcome or bill.fact.status,
        )  # fmt: skip


def _served(bill: Claim, visits: Visits) -> object:
    visit = _of_visit(bill.fact, visits)
    return bill.billed or (visit.start if visit is not None else None) or bill.created


@kept
def _looked_at(chart: Chart) -> tuple[PlainRecord, ...]:
    return tuple(_read_looked_at(chart, _visits(chart)))


def _read_looked_at(chart: Chart, visits: Visits) -> Iterable[PlainRecord]:
    for study in imaging_studies(chart):
        yield _record(
            "imaging", study.fact, visits, *study.modalities, *study.body_sites, study.reason,
            begun=study.started or study.fact.when, reason=study.reason,
        )  # fmt: skip
    for report in reports(chart):
        yield _record("report", report.fact, visits, *report.categories)


@kept
def _came(chart: Chart) -> tuple[PlainRecord, ...]:
    names = _diagnoses(chart)
    return tuple(_visit(e, names) for e in encounters(chart))


def _visit(visit: Encounter, names: Names) -> PlainRecord:
    reasons = tuple(names[r] for r in visit.reason_references if r in names)
    return PlainRecord(
        kind="visit", fact=visit.fact, begun=visit.start, ended=visit.end, status=visit.status,
        names=_words(*visit.types) or (visit.fact.display,), place=_place(visit),
        beside=(*visit_words(visit), *reasons), visit=visit.fact.resource,
        reason=visit.reason or (", ".join(reasons) or None),
    )  # fmt: skip


_READS: dict[str, Callable[[Chart], tuple[PlainRecord, ...]]] = {
    "immunization": _done, "procedure": _done, "problem": _ill, "allergy": _ill,
    "device": _held, "coverage": _held, "appointment": _held, "plan": _planned,
    "goal": _planned, "team": _planned, "visit": _came, "imaging": _looked_at,
    "report": _looked_at, "bill": _billed, "decision": _billed,
}  # fmt: skip
KINDS = tuple(_READS)
