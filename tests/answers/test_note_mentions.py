"""Who a sentence is about, and whether it says or denies it: negated, family, planned, copied.

Half of the table (the rows before `SECOND_HALF`) was written before the rules were, from how
clinicians write; each row is one note, one question and what the answer must be.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers import pipeline
from pipelines.records.answers import Answer
from pipelines.settings import Settings
from tests.answers.test_pipeline import NOWHERE, chart_of
from tests.charts.small_store import SmallStore

NO, SAID, NOTHING = "no", "said", "nothing"

FIRST_HALF = [
    ("Did he have chest pain?", "Denies chest pain.", NO),
    ("Does she have chest pain?", "No chest pain overnight.", NO),
    ("Was there chest pain?", "Patient without chest pain this morning.", NO),
    ("Any chest pain?", "Chest pain: denied.", NO),
    ("Did he have chest pain?", "Reports chest pain on exertion.", SAID),
    ("Did he have nausea?", "No fever, nausea or vomiting.", NO),
    ("Did he have vomiting?", "No fever, nausea or vomiting.", NO),
    ("Was there a rash?", "Skin without rash.", NO),
    ("Was there a rash?", "Rash resolved.", SAID),
    ("Did she have a cough?", "Denies fever but reports a dry cough.", SAID),
    ("Did she have a fever?", "Denies fever but reports a dry cough.", NO),
    ("Does he have palpitations?", "Never had palpitations.", NO),
    ("Is she confused?", "Not confused this morning.", NO),
    ("Is she confused?", "Confused since midnight.", SAID),
    ("Does she have diabetes?", "Her mother has diabetes.", NOTHING),
    ("Does he have diabetes?", "Family history: diabetes in two brothers.", NOTHING),
    ("Does she have breast cancer?", "Sister with breast cancer at 45.", NOTHING),
    ("Has he had a stroke?", "Father had a stroke at age 60.", NOTHING),
    ("Does his father have diabetes?", "Father has diabetes.", SAID),
    ("Did he smoke?", "Wife smokes.", NOTHING),
    ("Was a bronchoscopy done?", "Will schedule bronchoscopy tomorrow.", NOTHING),
    ("Was a bronchoscopy done?", "If fever recurs, bronchoscopy.", NOTHING),
    ("Was a bronchoscopy done?", "Bronchoscopy yesterday without complication.", SAID),
    ("Was there bleeding?", "Monitor for bleeding.", NOTHING),
    ("Was there bleeding?", "Return if bleeding occurs.", NOTHING),
    ("Was there bleeding?", "No evidence of bleeding.", NO),
    ("Was pneumonia found?", "Pneumonia was ruled out.", NO),
    ("Has she had seizures?", "History of seizures in childhood.", SAID),
    ("Was there a headache?", "Headache denied.", NO),
    ("Did he have a headache?", "Negative for headache.", NO),
    ("Was there a fall?", "No falls since the last visit.", NO),
    ("Did she have dysphagia?", "Swallowing study normal.", NOTHING),
]
SECOND_HALF = [
    ("Does he have palpitations?", "Palpitations: none.", NO),
    ("Is he short of breath?", "Dyspnea (-), cough (+).", NO),
    ("Is he short of breath?", "Denies dyspnea and orthopnea.", NO),
    ("Did she faint?", "No syncope.", NO),
    ("Is he short of breath?", "Reports dyspnea on two flights of stairs.", SAID),
    ("Did she throw up?", "Two episodes of emesis overnight.", SAID),
    ("Does he have a fever?", "Afebrile overnight.", NOTHING),
    ("Does he drink alcohol?", "Brother drinks alcohol daily.", NOTHING),
    ("Did she have a cough?", "Daughter reports a dry cough for two days.", SAID),
    ("Is she confused?", "Husband found her confused at home.", SAID),
    ("Does she have asthma?", "Son has asthma.", NOTHING),
    ("Does she have asthma?", "Asthma in her son.", NOTHING),
    ("Does she have asthma?", "Denies family history of asthma.", NOTHING),
    ("Does she have asthma?", "Roommate has asthma.", NOTHING),
    ("Does she have asthma?", "FH: asthma.", NOTHING),
    ("Does she have asthma?", "Asthma since childhood, well controlled.", SAID),
    ("Did he have a colonoscopy?", "Recommend colonoscopy in three months.", NOTHING),
    ("Did he have a colonoscopy?", "Colonoscopy 2019 with two polyps removed.", SAID),
    ("Did he have a colonoscopy?", "Consider colonoscopy after discharge.", NOTHING),
    ("Was a lumbar puncture done?", "Lumbar puncture refused.", SAID),
    ("Does he have abdominal pain?", "Abdominal pain (-).", NO),
    ("Was there vomiting?", "No nausea. Vomiting twice at noon.", SAID),
    ("Was there a rash?", "No new rash, old rash fading.", SAID),
    ("Does she have chest pain?", "No longer has chest pain.", SAID),
    ("Did he have a seizure?", "Return to the ED for seizure.", NOTHING),
    ("Did he have a seizure?", "Seizure precautions in place.", NOTHING),
    ("Was there diarrhea?", "Monitor for diarrhea.", NOTHING),
    ("Was there diarrhea?", "No diarrhea, no constipation.", NO),
    ("Was there constipation?", "No diarrhea, no constipation.", NO),
    ("Does he have headaches?", "Not only headaches but also neck stiffness.", SAID),
    ("Did she have hives?", "Urticaria after the first dose.", SAID),
    ("Is there swelling?", "No edema.", NO),
]


@pytest.mark.parametrize(
    ("asked", "note", "wanted"),
    [pytest.param(*row, id=f"{row[0]} {row[1]}"[:90]) for row in (*FIRST_HALF, *SECOND_HALF)],
)
def test_a_mention_counts_for_what_it_says_and_of_whom(asked: str, note: str, wanted: str) -> None:
    answer = ask(asked, note)
    if wanted == NOTHING:
        assert answer.status == "abstained"
        return
    assert answer.status == "answered"
    assert answer.answer.startswith("No: ") is (wanted == NO)
    assert all(s.support != "unverified" for s in answer.statements)
    quoted = [c for s in answer.statements if s.support == "supported" for c in s.citations]
    assert quoted
    assert all(note[c.start : c.end] == c.quote for c in quoted)


def ask(text: str, *notes: str) -> Answer:
    settings = replace(Settings(), ollama_url=NOWHERE)
    return pipeline.answer(chart_of(*notes), text, thread=(), engine="embedded", settings=settings)


def test_a_denial_names_its_day_and_since_when_it_is_copied() -> None:
    small = SmallStore()
    small.add_patient("p1")
    small.add_note("a", "Denies chest pain.", written="2026-11-20")
    small.add_note("b", "Denies chest pain.", written="2026-11-22")
    settings = replace(Settings(), ollama_url=NOWHERE)
    answer = pipeline.answer(
        small.chart(), "Did he have chest pain?", thread=(), engine="embedded", settings=settings
    )
    assert answer.answer == (
        "No: \u201cchest pain\u201d denied on 2026-11-22, in the same words since 2026-11-20. [1] "
        "Progress note 2026-11-22: Denies chest pain. [1]"
    )


def test_a_denial_and_a_report_are_both_shown_and_no_no_is_said() -> None:
    answer = ask("Did he have chest pain?", "Denies chest pain.", "Chest pain at 04:00.")
    assert not answer.answer.startswith("No: ")
    assert "disagree" in answer.answer
    assert "Chest pain at 04:00." in answer.answer
