"""Each thing that is asked is answered from the entries that decide it, and from all of them.

Every case is a way in which a true line of the chart was the wrong answer: one drug of two, an
order for a dose, an assessment for a disease, an hour in the emergency room for a stay.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.records.chart import Chart
from tests.answers.structured_chart import SUBJECT, Resource, dose, loaded, order
from tests.answers.test_narrative import ask
from tests.answers.test_structured import told

ACTIVE = {"coding": [{"code": "active"}]}


def _condition(ident: str, name: str, onset: str) -> Resource:
    return {
        "resourceType": "Condition", "id": ident, "subject": SUBJECT, "code": {"text": name},
        "clinicalStatus": ACTIVE, "onsetDateTime": onset,
    }  # fmt: skip


def _procedure(ident: str, name: str, when: str) -> Resource:
    return {
        "resourceType": "Procedure", "id": ident, "status": "completed", "subject": SUBJECT,
        "code": {"text": name}, "performedDateTime": when,
    }  # fmt: skip


def _visit(ident: str, kind: str, start: str, end: str) -> Resource:
    return {
        "resourceType": "Encounter", "id": ident, "status": "finished", "subject": SUBJECT,
        "class": {"code": kind}, "period": {"start": start, "end": end},
        **({"type": [{"text": "Emergency room admission"}]} if kind == "EMER" else {}),
    }  # fmt: skip


def _held(ident: str, name: str, at: str) -> Resource:
    return {
        "resourceType": "MedicationAdministration", "id": ident, "status": "not-done",
        "medicationCodeableConcept": {"text": name}, "subject": SUBJECT, "effectiveDateTime": at,
        "statusReason": [{"text": "low pressure"}],
    }  # fmt: skip


def _allergy(ident: str, name: str, category: str) -> Resource:
    return {
        "resourceType": "AllergyIntolerance", "id": ident, "patient": SUBJECT,
        "clinicalStatus": ACTIVE, "code": {"text": name}, "category": [category],
    }  # fmt: skip


def _more() -> list[Resource]:
    return [
        order("s10", "Simvastatin 10 MG Oral Tablet", "active"),
        order("s20", "Simvastatin 20 MG Oral Tablet", "active"),
        order("los", "Losartan 50 MG Oral Tablet", "stopped"),
        order("pip", "Pipemidic acid 400 MG", "stopped"),
        dose("pip1", "Pipemidic acid 400 MG", 400, "mg", "2026-11-09T08:00:00Z"),
        dose("rc1", "Red blood cells", 1, "{unit}", "2026-11-10T08:00:00Z"),
        dose("rc2", "Red blood cells", 1, "{unit}", "2026-11-10T10:00:00Z"),
        _held("h1", "Carvedilol 25 mg", "2026-11-10T08:00:00Z"),
        _held("h2", "Carvedilol 25 mg", "2026-11-11T08:00:00Z"),
        dose("cg1", "Carvedilol 25 mg", 25, "mg", "2026-11-12T08:00:00Z"),
        _condition("osa", "Obstructive sleep apnea syndrome", "2020-12-18"),
        _condition("k2", "Chronic kidney disease stage 2", "2021-01-01"),
        _condition("k3", "Chronic kidney disease stage 3", "2024-06-22"),
        _condition("bre", "Malignant neoplasm of breast", "2025-03-04"),
        _procedure("apn", "Sleep apnea assessment", "2026-10-03"),
        _procedure("chm", "Chemotherapy for malignant neoplasm of ovary", "2026-10-03"),
        _procedure("rad", "Radiation therapy", "2026-10-04"),
        _condition("fam", "Family history of colon polyps", "2020-01-01"),
        _procedure("dep", "Depression screening", "2026-10-03"),
        _procedure("eye", "Dilated eye examination, no diabetic retinopathy", "2021-03-02"),
        _visit("er", "EMER", "2026-11-01T10:00:00Z", "2026-11-01T11:00:00Z"),
        _visit("in", "IMP", "2026-11-01T10:00:00Z", "2026-11-08T10:00:00Z"),
        _allergy("bee", "Bee venom", "environment"),
    ]


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart of `structured_chart` with more of what can be mistaken."""
    return loaded(tmp_path_factory.mktemp("entries"), _more())


@pytest.mark.parametrize(
    ("words", "rows", "said"),
    [
        pytest.param("Is she on simvastatin and losartan?", ((1,), (0,)), "No: Losartan",
                     id="each drug"),
        pytest.param("Is she on losartan or simvastatin?", ((0,), (1,)), "Yes: Simvastatin",
                     id="each drug of an or"),
        pytest.param("Is she on simvastatin and metoprolol?", ((1,), (0,)),
                     "No medication entry of this chart names metoprolol", id="one is not there"),
        pytest.param("Does she have sleep apnea and breast cancer?", ((1,), (1,)), "of breast",
                     id="each disease"),
        pytest.param("Is she on simvastatin?", ((1,),), "Simvastatin 10 MG", id="one strength"),
        pytest.param("Is she on simvastatin?", ((1,),), "Simvastatin 20 MG", id="the other"),
        pytest.param("How many times was carvedilol held?", ((2,),), "2 doses are recorded as not",
                     id="doses held"),
        pytest.param("How many units of red cells were given?", ((2.0,),), "2 units in total",
                     id="units"),
        pytest.param("How many doses of carvedilol?", ((1,),), "1 dose is recorded as given",
                     id="doses given"),
        pytest.param("How long was the hospital stay?", ((7.0,),), "7 days", id="the stay"),
        pytest.param("Is she allergic to anything?", ((1,),), "Yes: Allergy: Bee venom",
                     id="anything"),
        pytest.param("Is she allergic to any medicine?", ((0,),), "No allergy to any medication",
                     id="a kind of allergen"),
    ],
)  # fmt: skip
def test_all_that_is_asked_is_answered(
    chart: Chart, words: str, rows: tuple[tuple[float, ...], ...], said: str
) -> None:
    values, text, _ = told(chart, words)
    assert values == rows
    assert said in text


@pytest.mark.parametrize(
    ("words", "cited"),
    [
        pytest.param("When was the last dose of pipemidic acid?", "MedicationAdministration/pip1",
                     id="a dose is one given"),
        pytest.param("Does she have sleep apnea?", "Condition/osa", id="a disease"),
        pytest.param("When was the last sleep apnea assessment?", "Procedure/apn",
                     id="an assessment that is asked for"),
        pytest.param("Did she have radiation?", "Procedure/rad", id="a therapy that is asked for"),
        pytest.param("When was breast cancer diagnosed?", "Condition/bre", id="another word"),
        pytest.param("When was stage 3 kidney disease diagnosed?", "Condition/k3", id="a stage"),
        pytest.param("When was chronic kidney disease stage 2 diagnosed?", "Condition/k2",
                     id="a name with the word disease"),
    ],
)  # fmt: skip
def test_the_entry_that_decides_is_cited_first(chart: Chart, words: str, cited: str) -> None:
    assert told(chart, words)[2][0] == cited


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("Does she have diabetic retinopathy?", id="denied in the name"),
        pytest.param("Has she ever had retinopathy?", id="denied, in another wording"),
        pytest.param("Does she have depression?", id="screened for"),
        pytest.param("Does she have ovary cancer?", id="treated for"),
        pytest.param("Does she have colon polyps?", id="of the family"),
        pytest.param("Was carvedilol held?", id="a dose not given may be refused"),
    ],
)
def test_what_does_not_say_it_is_no_yes(chart: Chart, words: str) -> None:
    values, text, _ = told(chart, words)
    assert not text.startswith("Yes")
    assert values != ((1,),)


def test_less_than_a_day_is_told_in_hours(tmp_path: Path) -> None:
    short = _visit("short", "IMP", "2026-11-01T10:00:00Z", "2026-11-01T14:30:00Z")
    values, text, _ = told(loaded(tmp_path / "short", [short]), "How long was the hospital stay?")
    assert values == ((0.1875,),)
    assert "4.5 hours" in text


@pytest.mark.parametrize(
    ("words", "notes"),
    [
        pytest.param("Was there a reaction to vancomycin?",
                     ("Vancomycin infusion reaction overnight.", "Vanc over 2 h, no reaction."),
                     id="denied"),
        pytest.param("Was the report a contaminant?",
                     ("Culture: contaminant.", "The contaminant was of the wrong specimen."),
                     id="taken back"),
    ],
)  # fmt: skip
def test_notes_that_contradict_each_other_are_shown_from_both_sides(
    words: str, notes: tuple[str, ...]
) -> None:
    answer = ask(words, *notes).answer
    assert answer.startswith("The notes disagree on this")
    assert all(note.rstrip(".") in answer for note in notes)


def test_notes_that_agree_are_not_said_to_disagree() -> None:
    answer = ask("Was there a reaction to vancomycin?", "Vancomycin: no reaction.").answer
    assert "disagree" not in answer
    assert "no reaction" in answer
