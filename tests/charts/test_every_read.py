"""What holds for every read: one patient, nothing after the as-of, nothing entered in error."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.charts import (
    allergies,
    appointments,
    care,
    claims,
    consents,
    devices,
    encounters,
    family,
    immunizations,
    labs,
    medications,
    notes,
    orders,
    passage_groups,
    passages,
    problems,
    procedures,
    reports,
    stays,
    surveys,
)
from pipelines.records.chart import Chart
from tests.charts.small_store import SmallStore

Read = Callable[[Chart], tuple[object, ...]]

NAMED = {"code_key": "s|1", "display": "Something", "path": "code.text", "quote": "Something"}

SUBJECTS: dict[str, tuple[str, str, dict[str, object], str, str, Read]] = {
    "result": (
        "observation", "effective_at",
        {**NAMED, "part": 0, "value_kind": "string", "value_text": "Positive"},
        "status", "final", labs.results,
    ),
    "medication": (
        "medication", "start_at", {**NAMED, "form": "request"}, "status", "active",
        medications.medications,
    ),
    "condition": (
        "condition", "onset_at", {**NAMED, "clinical_status": "active"},
        "verification_status", "confirmed", problems.conditions,
    ),
    "encounter": (
        "encounter", "start_at", {"path": "period.start", "quote": "x"}, "status", "finished",
        encounters.encounters,
    ),
    "allergy": (
        "allergy", "recorded_at", {**NAMED, "clinical_status": "active"},
        "verification_status", "confirmed", lambda chart: allergies.allergy_list(chart).allergies,
    ),
    "procedure": (
        "procedure", "performed_at", NAMED, "status", "completed", procedures.procedures,
    ),
    "immunization": (
        "immunization", "occurred_at", NAMED, "status", "completed",
        immunizations.immunizations,
    ),
    "note": (
        "document", "written_at",
        {"title": "Progress note", "path": "content[0].attachment", "text": "Well.", "sha256": "s"},
        "status", "current", notes.notes,
    ),
    "report": ("report", "issued_at", NAMED, "status", "final", reports.reports),
    "specimen": ("specimen", "collected_at", NAMED, "status", "available", reports.specimens),
    "imaging study": (
        "imaging_study", "started_at", NAMED, "status", "available", reports.imaging_studies,
    ),
    "claim": ("claim", "created_at", {**NAMED, "form": "claim"}, "status", "active", claims.claims),
    "coverage": ("coverage", "start_at", NAMED, "status", "active", claims.coverages),
    "care plan": ("care_plan", "start_at", NAMED, "status", "active", care.care_plans),
    "goal": ("goal", "start_at", {**NAMED, "number": 1}, "status", "active", care.goals),
    "care team": (
        "care_team", "start_at",
        {"number": 1, "team": "Team", "member": "Dr. Roe", "path": "participant[0].member.display",
         "quote": "Dr. Roe"},
        "status", "active", care.care_team,
    ),
    "appointment": (
        "appointment", "start_at", NAMED, "status", "fulfilled", appointments.appointments,
    ),
    "device": ("device", "used_at", {**NAMED, "form": "use"}, "status", "active", devices.devices),
    "order": ("service_request", "authored_at", NAMED, "status", "active", orders.orders),
    "answer": (
        "questionnaire_response", "authored_at",
        {**{k: v for k, v in NAMED.items() if k != "display"}, "number": 0, "question": "Mood?"},
        "status", "completed", surveys.survey_answers,
    ),
    "family history": (
        "family_history", "recorded_at", {**NAMED, "number": 1}, "status", "completed",
        family.family_history,
    ),
    "flag": ("flag", "start_at", NAMED, "status", "active", consents.flags),
    "consent": (
        "consent", "stated_at", {**NAMED, "number": 0}, "status", "active", consents.consents,
    ),
    "episode": ("episode_of_care", "start_at", NAMED, "status", "active", stays.episodes),
    "other event": (
        "other_event", "occurred_at", {**NAMED, "form": "communication"}, "status", "completed",
        stays.other_events,
    ),
}  # fmt: skip

each_subject = pytest.mark.parametrize("subject", SUBJECTS)


def add(store: SmallStore, subject: str, **changes: object) -> None:
    table, time, columns, status, good, _ = SUBJECTS[subject]
    row: dict[str, object] = {
        "resource": f"{subject}/1",
        "patient": "p1",
        time: "2026-11-22T05:30:00+00:00",
        status: good,
        **columns,
    }
    for name, value in changes.items():
        row[{"time": time, "status": status}.get(name, name)] = value
    store.add(table, **{name: value for name, value in row.items() if value is not None})


@each_subject
def test_a_row_of_this_patient_is_read(subject: str) -> None:
    store = SmallStore()
    add(store, subject)
    assert len(SUBJECTS[subject][-1](store.chart())) == 1


@each_subject
def test_another_patients_row_is_never_read(subject: str) -> None:
    store = SmallStore()
    add(store, subject, patient="p2")
    assert SUBJECTS[subject][-1](store.chart()) == ()


@each_subject
def test_an_entry_in_error_is_left_out(subject: str) -> None:
    store = SmallStore()
    add(store, subject, status="entered-in-error")
    assert SUBJECTS[subject][-1](store.chart()) == ()


@each_subject
@pytest.mark.parametrize(
    ("as_of", "count"),
    [
        pytest.param("2026-11-22T05:29:59+00:00", 0, id="a second before"),
        pytest.param("2026-11-22T05:30:00+00:00", 1, id="that very moment"),
        pytest.param("2026-11-22T00:30:00-05:00", 1, id="the same moment in another zone"),
    ],
)
def test_nothing_after_the_as_of_is_read(subject: str, as_of: str, count: int) -> None:
    store = SmallStore()
    add(store, subject)
    assert len(SUBJECTS[subject][-1](store.chart(as_of=as_of))) == count


@each_subject
def test_a_row_without_a_time_stays(subject: str) -> None:
    store = SmallStore()
    add(store, subject, time=None)
    assert len(SUBJECTS[subject][-1](store.chart())) == 1


WITH_VISIT = ("condition", "procedure", "report", "imaging study", "claim", "care plan",
              "care team", "order", "answer", "flag", "other event")  # fmt: skip


@pytest.mark.parametrize("subject", WITH_VISIT)
@pytest.mark.parametrize(("began", "count"), [("2026-11-01", 1), ("2026-12-24", 0)])
def test_a_row_without_a_time_is_known_from_its_visit_on(
    subject: str, began: str, count: int
) -> None:
    store = SmallStore()
    store.add("encounter", resource="Encounter/1", patient="p1", start_at=began)
    add(store, subject, time=None, encounter="Encounter/1")
    assert len(SUBJECTS[subject][-1](store.chart(as_of="2026-12-01"))) == count


def test_passages_keep_to_patient_as_of_and_status() -> None:
    store = SmallStore()
    for number, (patient, written, status) in enumerate(
        [
            ("p1", "2026-11-01", "current"),
            ("p2", "2026-11-01", "current"),
            ("p1", "2026-12-24", "current"),
            ("p1", "2026-11-01", "entered-in-error"),
        ]
    ):
        store.add_note(f"n{number}", f"Chest pain {number}.", patient, written, status=status)
    chart = store.chart(as_of="2026-12-01")
    assert [p.text for p in passage_groups.search(chart, [["pain"]])] == ["Chest pain 0."]
    assert [p.text for p in passages.passages(chart)] == ["Chest pain 0."]
