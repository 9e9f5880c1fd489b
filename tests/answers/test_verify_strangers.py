"""Words that the cited record does not have: whose, where, why and how well a thing is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers.verify.verify import verify
from pipelines.answers.verify.vocabulary import same_thing
from pipelines.records.answers import Draft, DraftSentence
from pipelines.records.evidence import Evidence
from pipelines.records.facts import ReferenceRange
from tests.answers.hand_made import POTASSIUM, TROPONIN, drafted, evidence, fact, lab, note, only

RANGED = replace(
    POTASSIUM,
    fact=replace(POTASSIUM.fact, reference_range=ReferenceRange(3.5, 5.1)),  # type: ignore[type-var]
)
URINE = lab("Creatinine, urine", 141.0, "mg/dL", "2026-11-09T09:50:00+00:00")
LONG = lab("Potassium", 3.935460006462164, "mmol/L", "2006-11-06T15:24:00+00:00")
METFORMIN = fact(
    "medication", "Metformin 500 mg tablet",
    "Metformin 500 mg tablet, 500 mg by mouth twice daily, for Type 2 diabetes; active order "
    "since 2024-03-01.", "2024-03-01", status="active",
)  # fmt: skip
ON_HOLD = fact(
    "medication", "Lisinopril 20 mg tablet",
    "Lisinopril 20 mg tablet, 20 mg by mouth daily, for Hypertension; order on hold, started "
    "2021-02-17; reason: Acute kidney injury.", "2021-02-17", status="on-hold",
)  # fmt: skip
STOPPED = fact(
    "medication", "Warfarin 5 mg tablet",
    "Warfarin 5 mg tablet, 5 mg by mouth daily, for Atrial fibrillation; order stopped, started "
    "2021-08-14, ended 2026-11-10 06:30; reason: GI bleed with INR 7.8.", "2021-08-14",
    status="stopped",
)  # fmt: skip
GIVEN = fact(
    "medication", "Ceftriaxone", "Ceftriaxone, 2 g IV every 24 hours; given 2026-11-18 11:00.",
    "2026-11-18T11:00:00", status="completed",
)  # fmt: skip
STRENGTH = fact(
    "medication", "Potassium chloride 20 mmol tablet",
    "Potassium chloride 20 mmol tablet, 40 mmol by mouth three times daily, for Potassium 2.9; "
    "active order since 2026-11-20.", "2026-11-20", status="active",
)  # fmt: skip
REFUTED = fact(
    "condition", "Pulmonary embolism",
    "No: Pulmonary embolism (inactive, refuted, recorded 2026-11-16).", status="inactive",
)  # fmt: skip
RESOLVED = fact(
    "condition", "Acute bronchitis",
    "Acute bronchitis (resolved, onset 2017-09-10, ended 2017-09-24).", status="resolved",
)  # fmt: skip
NOT_DONE = fact(
    "immunization", "Influenza vaccine",
    "Recorded as not done: Influenza vaccine, 2026-11-09, reason: Patient wants to wait.",
    "2026-11-09", status="not-done",
)  # fmt: skip
STAY = fact(
    "encounter", "Hospital stay", "Hospital stay from 2026-11-16 18:52 to 2026-11-21 14:10.",
    "2026-11-16T18:52:00", status="finished",
)  # fmt: skip
SEEN = note("Lasix 40 mg was increased to 80 mg.")
ORDERED = note("Resume spironolactone when K < 5.")


def why(text: str, item: Evidence) -> tuple[str, str]:
    statement = only(verify(drafted(text, 1), evidence(item)))
    return statement.support, statement.why


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (RANGED, "Her potassium is 5.9, which is high."),
        (RANGED, "On November 22, 2026 at 5:30 am the serum potassium came back at 5.9 mmol/L."),
        (RANGED, "Potassium was 5.9 mmol/L, above the reference range of 3.5 to 5.1 mmol/L."),
        (RANGED, "The reference range for potassium is 3.5 to 5.1 mmol/L."),
        (RANGED, "Potassium was about 5.9 mmol/L."),
        (RANGED, "Serum K 5.9."),
        (LONG, "Potassium was 3.94 mmol/L on 2006-11-06."),
        (URINE, "Urine creatinine was 141 mg/dL."),
        (METFORMIN, "The patient has been on metformin 500 mg twice daily since March 2024."),
        (METFORMIN, "Glucophage 500 mg BID by mouth is prescribed for type 2 diabetes."),
        (METFORMIN, "Yes, she takes metformin 500 mg orally two times a day."),
        (ON_HOLD, "Lisinopril was held due to acute kidney injury."),
        (ON_HOLD, "No, lisinopril is currently on hold."),
        (STOPPED, "Coumadin 5 mg daily was discontinued on November 10, 2026."),
        (STOPPED, "Warfarin was started on 2021-08-14 for atrial fibrillation and ended on "
                  "2026-11-10."),
        (STOPPED, "Warfarin was stopped because of a GI bleed with INR 7.8."),
        (GIVEN, "The patient received ceftriaxone 2 g intravenously on November 18, 2026."),
        (STRENGTH, "The patient takes potassium chloride 40 mmol TID."),
        (REFUTED, "Pulmonary embolism was ruled out."),
        (RESOLVED, "The patient had acute bronchitis from 2017-09-10 to 2017-09-24."),
        (NOT_DONE, "The influenza vaccine was not given because the patient wants to wait."),
        (STAY, "The patient was admitted on November 16, 2026 and discharged on November 21."),
        (SEEN, "Furosemide was increased from 40 mg to 80 mg."),
        (ORDERED, "Spironolactone is to be resumed when K is below 5."),
    ],
)  # fmt: skip
def test_paraphrase_in_clinical_words_is_supported(item: Evidence, text: str) -> None:
    support, reason = why(text, item)
    assert support == "supported", reason


@pytest.mark.parametrize(
    ("item", "text", "reason"),
    [
        (RANGED, "Mr. Jones had a potassium of 5.9 mmol/L.", "jones"),
        (RANGED, "His wife's potassium was 5.9 mmol/L.", "another person"),
        (RANGED, "Urine potassium was 5.9 mmol/L.", "urine"),
        (RANGED, "Arterial potassium was 5.9 mmol/L.", "another specimen"),
        (RANGED, "The cardiologist reported potassium 5.9 mmol/L.", "who did it"),
        (RANGED, "Potassium was 5.9 mmol/L, which is safe.", "a judgement"),
        (RANGED, "Potassium was 5.9 mmol/L and was treated.", "a judgement"),
        (RANGED, "Potassium was 5.9 mmol/L on arrival.", "another time or place"),
        (RANGED, "Potassium 5.9 mmol/L, no change.", "change"),
        (RANGED, "Potassium was almost 5.9 mmol/L.", "5.9"),
        (RANGED, "Potassium was 5.1 mmol/L.", "5.1"),
        (RANGED, "Potassium was 5.9 mmol/L, below the range of 3.5 to 5.1.", "below"),
        (RANGED, "Potassium was 5.9 mmol/L; the upper limit of normal is 3.5.", "3.5"),
        (LONG, "Potassium was 3.9 mmol/L.", "3.9"),
        (TROPONIN, "Troponin T was <0.5 ng/mL.", "name"),
        (URINE, "Creatinine was 141 mg/dL.", "name"),
        (METFORMIN, "Metformin 500 mg once daily is active.", "once daily"),
        (METFORMIN, "Metformin ER 500 mg twice daily.", "does not stand"),
        (METFORMIN, "Metformin 500 mg IV twice daily.", "“iv”"),
        (METFORMIN, "Metformin 500 mg was given on 2024-03-01.", "given"),
        (METFORMIN, "Metformin 500 mg is given for sleep.", "does not"),
        (METFORMIN, "The patient refused metformin 500 mg.", "what was done"),
        (METFORMIN, "Metronidazole 500 mg twice daily is active.", "name"),
        (ON_HOLD, "The patient is on lisinopril 20 mg daily.", "on-hold"),
        (ON_HOLD, "The patient takes lisinopril 20 mg daily.", "takes"),
        (ON_HOLD, "Lisinopril is on hold because of hypertension.", "cause"),
        (STOPPED, "Warfarin 5 mg is prescribed for atrial fibrillation.", "stopped"),
        (STOPPED, "Warfarin was started on 2026-11-10.", "something else"),
        (STOPPED, "Warfarin was stopped for atrial fibrillation.", "another reason"),
        (STOPPED, "Warfarin INR was 7.8.", "reason"),
        (GIVEN, "Ceftriaxone is an active order of 2 g every 24 hours.", "active"),
        (STRENGTH, "The patient takes potassium chloride 20 mmol three times daily.", "dose"),
        (REFUTED, "The patient had a pulmonary embolism on 2026-11-16.", "refuted"),
        (RESOLVED, "The patient has acute bronchitis.", "resolved"),
        (NOT_DONE, "The influenza vaccine was given on 2026-11-09.", "not-done"),
        (STAY, "The patient was discharged on 2026-11-16.", "something else"),
        (SEEN, "Lasix was increased to 40 mg.", "“to”"),
        (ORDERED, "Spironolactone was resumed.", "plan"),
    ],
)
def test_word_that_changes_the_thing_withholds_the_sentence(
    item: Evidence, text: str, reason: str
) -> None:
    support, said = why(text, item)
    assert support == "unverified", said
    assert reason.lower() in said.lower()


@pytest.mark.parametrize(
    ("said", "written", "same"),
    [
        ("Glucophage", "Metformin 500 mg tablet", True),
        ("Coumadin", "Warfarin 5 mg tablet", True),
        ("heart attack", "Acute myocardial infarction", True),
        ("hydroxyzine", "Hydralazine 25 mg tablet", False),
        ("Celexa", "Celecoxib 200 mg capsule", False),
        ("pulmonary hypertension", "Essential hypertension", False),
        ("Janumet", "Metformin 500 mg tablet", False),
    ],
)
def test_names_of_one_thing_and_names_that_look_alike(said: str, written: str, same: bool) -> None:
    assert same_thing(said, written) is same


def test_unknown_citation_withholds_and_one_that_carries_nothing_is_told() -> None:
    over = evidence(RANGED, METFORMIN)
    assert only(verify(drafted("Potassium was 5.9 mmol/L.", 1, 99), over)).support == "unverified"
    kept = only(verify(drafted("Potassium was 5.9 mmol/L.", 2, 1), over))
    assert (kept.support, len(kept.citations)) == ("supported", 1)
    assert "left out" in kept.why


@pytest.mark.parametrize(
    "text",
    [
        "The other patient had potassium 5.9 mmol/L 2026-11-22 05:30.",
        "Another patient had potassium 5.9 mmol/L 2026-11-22 05:30.",
        "The next bed patient had potassium 5.9 mmol/L 2026-11-22 05:30.",
        "The roommate had potassium 5.9 mmol/L 2026-11-22 05:30.",
    ],
)
def test_a_result_is_not_told_of_another_patient(text: str) -> None:
    (told,) = verify(Draft(True, (DraftSentence(text, (1,)),)), evidence(POTASSIUM))
    assert told.support == "unverified"
