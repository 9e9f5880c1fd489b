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
SECOND_HALF = []  # filled after the rules
