"""Evidence about the patient and about visits: the field that is asked for, at its own path.

Each item's line is the sentence that says it, and its quote is the leaf of the record that
carries it: an admission time cites `period.start`, an age the birth date and the admission.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from pipelines.answers.evidence import patient as evidence_patient
from pipelines.answers.evidence.items import item
from pipelines.answers.evidence.stays import in_window, nth, pool, since
from pipelines.answers.question import ChartQuestion, Pick, StayWanted
from pipelines.answers.question.text import words
from pipelines.charts import sources
from pipelines.charts.encounters import encounters
from pipelines.charts.patients import patient
from pipelines.records.chart import Chart
from pipelines.records.evidence import Evidence
from pipelines.records.facts import Encounter, Fact
from pipelines.records.moments import Moment
from pipelines.records.patients import Patient
from pipelines.terms.dates import moment

ELEMENTS = {
    "admission_type": ("priority", "type"),
    "disposition": ("hospitalization.dischargeDisposition", "admission.dischargeDisposition"),
    "admit_source": ("hospitalization.admitSource", "admission.admitSource"),
    "visit_reason": ("reasonCode", "reasonReference", "reason"),
}
ADMITTED = frozenset({"IMP", "ACUTE", "NONAC"})
EMERGENCY = "EMER"
A_DAY = timedelta(days=1)
SAID = {
    "admission_type": "Admission type",
    "disposition": "Discharged to",
    "admit_source": "Admitted from",
    "visit_reason": "Reason for the visit",
}


def patient_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The demographic field that is asked for, with the visit an age is meant at."""
    who = patient(chart)
    if question.attribute == "age":
        return _age(chart, question, who)
    found = _PATIENT_FIELDS[question.attribute or ""](chart, who)
    path, quote, line = found
    if not quote:
        return []
    return [item(replace(who.fact, path=path, quote=quote), line, "Patient")]


def patient_item(chart: Chart) -> Evidence:
    """The patient's record itself, which a "none recorded" cites."""
    who = patient(chart)
    return item(who.fact, f"Patient {who.name}.", "Patient")


def _name(chart: Chart, who: Patient) -> tuple[str, str | None, str]:
    written = sources.leaves_with_paths(sources.raw(chart, who.fact.resource), "name")
    wanted = {who.family or "", *(who.given or "").split()} - {""}
    for path, value in written:
        if value in wanted or value == who.name:
            return path, value, f"Name recorded as {who.name.rstrip('.')}."
    return "name", None, ""


def _mrn(chart: Chart, who: Patient) -> tuple[str, str | None, str]:
    written = sources.leaves_with_paths(sources.raw(chart, who.fact.resource), "identifier")
    for path, value in written:
        if value == who.mrn and path.endswith(".value"):
            return path, value, f"Medical record number {who.mrn}."
    return "identifier", None, ""


def _death(_chart: Chart, who: Patient) -> tuple[str, str | None, str]:
    if who.deceased is None:
        return "deceasedBoolean", None, ""
    if who.deceased in ("true", "false"):
        said = "Recorded as deceased." if who.deceased == "true" else "Recorded as not deceased."
        return "deceasedBoolean", who.deceased, said
    return "deceasedDateTime", who.deceased, f"Recorded as deceased on {who.deceased[:10]}."


_PATIENT_FIELDS: dict[str, Callable[[Chart, Patient], tuple[str, str | None, str]]] = {
    "sex": lambda _chart, who: ("gender", who.sex, f"Sex recorded as {who.sex}."),
    "birth": lambda _chart, who: ("birthDate", who.birth_date, f"Born on {who.birth_date}."),
    "name": _name,
    "mrn": _mrn,
    "death": _death,
    "marital": evidence_patient.marital,
    "race": evidence_patient.race,
    "ethnicity": evidence_patient.ethnicity,
    "language": evidence_patient.language,
}


def _age(chart: Chart, question: ChartQuestion, who: Patient) -> list[Evidence]:
    if not who.birth_date:
        return []
    born = moment(who.birth_date)
    birth = replace(who.fact, path="birthDate", quote=who.birth_date, when=born)
    first = item(birth, f"Born on {who.birth_date}.", "Patient")
    if question.group == "death":
        return _age_at_death(who, first)
    if question.stay is not None or question.picks:
        icu = question.stay is not None and question.stay.kind == "icu"
        stay = _stays(chart, question, "icu" if icu else "hospital")
        if len(stay) != 1 or stay[0].start is None:
            return []
        return [first, stay_edge(stay[0], "start", "Admitted on")]
    end = chart.as_of
    if who.deceased and who.deceased[:4].isdigit():
        dead = moment(who.deceased)
        if dead < end:
            fact = replace(who.fact, path="deceasedDateTime", quote=who.deceased, when=dead)
            return [first, item(fact, f"Died on {who.deceased[:10]}.", "Patient")]
    now = replace(birth, when=end)
    return [first, item(now, f"The chart's last entry is of {end.day}.", "Patient")]


def _age_at_death(who: Patient, born: Evidence) -> list[Evidence]:
    """Birth and death, where the day of death is recorded; else what was asked has no day."""
    if not who.deceased or not who.deceased[:4].isdigit():
        return [born]
    dead = moment(who.deceased)
    fact = replace(who.fact, path="deceasedDateTime", quote=who.deceased, when=dead)
    return [born, item(fact, f"Died on {who.deceased[:10]}.", "Patient")]


def visit_evidence(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    """The visits, or the one field of a visit, that the question asks for."""
    if question.ask == "length":
        stays = _longest_meant(chart, question, question.attribute or "any")
        ends = ((_end(chart, stay), stay_edge(stay, "start", came_said(stay))) for stay in stays)
        return [one for pair in ends for one in pair]
    if question.attribute in ELEMENTS:
        # A reason on a day is that of any visit of the day, not of the last hospital stay.
        any_visit = question.attribute == "visit_reason" and question.window is not None
        visits = _stays(chart, question, "any" if any_visit else "hospital")
        found = [_field(chart, stay, question.attribute) for stay in visits]
        return [one for one in found if one is not None]
    if question.attribute in ("admitted", "discharged"):
        return _edges(chart, question)
    return [_visit(stay) for stay in _stays(chart, question, question.relation or "any")]


def _longest_meant(chart: Chart, question: ChartQuestion, kind: str) -> tuple[Encounter, ...]:
    """The stay whose length is asked: an emergency visit is none where the patient was admitted.

    Many charts keep the hour in the emergency room as an encounter of its own, and count it
    among the hospital's; it says how long the patient was there, not how long the stay was.
    """
    stays = _pool_of(chart, question, _kind_of(question, kind))
    admitted = tuple(s for s in stays if s.class_code in ADMITTED)
    brief = tuple(s for s in stays if s.class_code == EMERGENCY and _is_brief(s))
    if kind != "icu" and admitted:
        stays = tuple(s for s in stays if s not in brief)
    if question.extreme is not None:
        return _by_length(stays, longest=question.extreme == "maximum")
    return _by_position(stays, question)


def _by_length(stays: tuple[Encounter, ...], *, longest: bool) -> tuple[Encounter, ...]:
    """The longest or the shortest of the stays whose both ends are recorded."""
    ended = [s for s in stays if s.start is not None and s.end is not None]
    ended.sort(key=_seconds, reverse=longest)
    return tuple(ended[:1])


def _seconds(stay: Encounter) -> float:
    if stay.start is None or stay.end is None:
        return 0.0
    return (stay.end.instant - stay.start.instant).total_seconds()


def _is_brief(stay: Encounter) -> bool:
    if stay.start is None or stay.end is None:
        return False
    return stay.end.instant - stay.start.instant < A_DAY


def _kind_of(question: ChartQuestion, kind: str) -> str:
    return question.stay.kind if kind == "any" and question.stay is not None else kind


def _edges(chart: Chart, question: ChartQuestion) -> list[Evidence]:
    kind = question.relation if question.relation != "any" else "hospital"
    stays = _pool_of(chart, question, kind or "hospital")
    end = question.attribute == "discharged"
    if end and _is_of_now(question):  # a stay that goes on has no end; an earlier one is not meant
        stays = _by_position(stays, question)
    stays = tuple(s for s in stays if (s.end if end else s.start) is not None)
    if question.ask != "count" and not (question.ask == "list" and question.every):
        stays = _by_position(stays, question)
    side, said = ("end", left_said) if end else ("start", came_said)
    return [stay_edge(stay, side, said(stay)) for stay in stays]


def _is_of_now(question: ChartQuestion) -> bool:
    """Whether the stay meant is the one at hand ("this admission"), by its words."""
    said = question.stay.words.split() if question.stay is not None else []
    return bool(said) and said[0] in words()["stay"]["current"]


def _pool_of(chart: Chart, question: ChartQuestion, kind: str) -> tuple[Encounter, ...]:
    """The stays meant, cut to a window and, ICU stays, to the hospital stay around them."""
    every = encounters(chart)
    wanted = question.stay
    if wanted is not None and wanted.kind in ("icu", "hospital"):
        kind = wanted.kind if kind == "any" else kind
    stays = pool(every, StayWanted(kind, 1, wanted.words if wanted else ""))
    if kind == "hospital" and not stays:
        stays = pool(every, "any")
    if wanted is not None and kind == "icu" and wanted.kind != "icu":
        around = nth(pool(every, wanted), wanted.position)
        stays = tuple(s for s in stays if around and s.part_of == around.fact.resource)
    if question.window is not None:
        window = since(every, question.window)
        begun = tuple(s for s in stays if window and in_window(s.start, window))
        # "Discharged to where on the 24th": the day of a disposition is that of the end.
        leaves = question.attribute == "disposition"
        ended = tuple(s for s in stays if window and leaves and in_window(s.end, window))
        stays = ended or begun
    return stays


def _stays(chart: Chart, question: ChartQuestion, kind: str) -> tuple[Encounter, ...]:
    wanted = question.stay
    kind = _kind_of(question, kind)
    stays = _pool_of(chart, question, kind)
    if question.ask == "count":
        inside = wanted is not None and kind == "icu" and wanted.kind != "icu"
        return stays if inside or wanted is None else _by_position(stays, question)
    return _by_position(stays, question)


def _by_position(stays: tuple[Encounter, ...], question: ChartQuestion) -> tuple[Encounter, ...]:
    """One stay by the question's order, the last where one is meant and none said, or all."""
    wanted = question.stay
    around = wanted is not None and wanted.kind == "hospital" and question.relation == "icu"
    if wanted is not None and not (around and question.picks):
        picks: tuple[Pick, ...] = (Pick(wanted.position),)
    elif question.picks:
        picks = question.picks[:1]
    elif question.ask in ("list", "count", "exists"):
        return stays
    else:
        picks = (Pick(-1),)
    one = nth(stays, picks[0].position)
    return (one,) if one is not None else ()


def _field(chart: Chart, stay: Encounter, attribute: str) -> Evidence | None:
    value = {
        # Where no priority is recorded, the kind of encounter says how the patient came in.
        "admission_type": stay.admission_type or stay.type_display,
        "disposition": stay.discharge_disposition,
        "admit_source": stay.admit_source,
        "visit_reason": stay.reason,
    }[attribute]
    if not value or stay.start is None:
        return None
    raw = sources.raw(chart, stay.fact.resource)
    for element in ELEMENTS[attribute]:
        for path, leaf in sources.leaves_with_paths(raw, element):
            if leaf == value:
                line = f"{SAID[attribute]} {value} ({_name_of(stay)} from {stay.start.clock})."
                return item(replace(stay.fact, path=path, quote=leaf), line, _title(stay))
    return None


def stay_edge(stay: Encounter, side: str, said: str) -> Evidence:
    """The start or the end of a stay, at its own path; `said` begins the sentence."""
    at: Moment | None = stay.start if side == "start" else stay.end
    written = at.written if at is not None else ""
    clock = at.clock if at is not None else ""
    fact: Fact = replace(stay.fact, path=f"period.{side}", quote=written, when=at)
    return item(fact, f"{said} {clock}.", _title(stay))


def _end(chart: Chart, stay: Encounter) -> Evidence:
    """The recorded end of a stay, or of the chart where the stay is still running."""
    if stay.end is not None:
        return stay_edge(stay, "end", left_said(stay))
    written = stay.start.written if stay.start is not None else ""
    fact = replace(stay.fact, path="period.start", quote=written, when=chart.as_of)
    line = f"No end is recorded; the chart's last entry is of {chart.as_of.clock}."
    return item(fact, line, _title(stay))


def _visit(stay: Encounter) -> Evidence:
    start = f" from {stay.start.clock}" if stay.start is not None else ""
    end = f" to {stay.end.clock}" if stay.end is not None else ""
    name = _name_of(stay)
    shown = f"{name[0].upper()}{name[1:]}"
    kind = "" if stay.is_icu or stay.is_hospital else f" ({stay.fact.display})"
    fact = replace(stay.fact, path="period.start", quote=stay.start.written if stay.start else "")
    return item(fact, f"{shown}{kind}{start}{end}.", _title(stay))


def _name_of(stay: Encounter) -> str:
    return "ICU stay" if stay.is_icu else "hospital stay" if stay.is_hospital else "visit"


def _title(stay: Encounter) -> str:
    name = _name_of(stay)
    return f"{name[0].upper()}{name[1:]}"


def came_said(stay: Encounter) -> str:
    """How the beginning of a stay is told."""
    return f"{_arrived(stay)} on"


def _arrived(stay: Encounter) -> str:
    if stay.is_icu:
        return "ICU stay began"
    return "Admitted to the hospital" if stay.is_hospital else "Visit began"


def left_said(stay: Encounter) -> str:
    """How the end of a stay is told."""
    if stay.is_icu:
        return "ICU stay ended on"
    return "Discharged from the hospital on" if stay.is_hospital else "Visit ended on"
