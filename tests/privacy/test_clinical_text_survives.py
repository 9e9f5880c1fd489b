"""A redaction that eats results is useless: what must stand unchanged, line by line."""

from __future__ import annotations

import pytest

from pipelines.privacy import redactor
from pipelines.records.exports import ChartIdentifier, ChartIdentifiers

LINES = """
Potassium 5.9 mmol/L (high) ref 3.5-5.1; Sodium 134 mEq/L [135-145]
Platelets 150000 /uL, WBC 4500-11000, HIV RNA 1200000 copies/mL, platelet count 250,000
BP 120/80 mmHg, HR 98, RR 18, SpO2 98% on 2 L NC, Temp 38.2 C (100.8 F), 08:30
2/6 systolic murmur at LUSB, strength 5/5 in all extremities, pain 8/10, GCS 15, MMSE 24/30
metoprolol succinate 25 mg PO daily, heparin 5000 units SQ TID, vancomycin 1250 mg IV q12h
insulin glargine 100 unit/mL, 0.9% NaCl 1000 mL, D5W, lactated Ringer's solution
Parkinson's disease, Crohn's, Foley catheter, Wells score 6, Child-Pugh B, Glasgow coma scale
LOINC 2823-3, SNOMED CT 38341003, ICD-10 I50.9, RxNorm 314076, CPT 99213
Hemoglobin A1c 7.2% was 8.1% 3 months ago. Creatinine 1.2 -> 2.4 mg/dL. eGFR 45 mL/min/1.73m2
A 72-year-old man, 85 years old, aged 67. The year 2021. 5-year survival. q6h x 3 days. POD 2.
1/2 tablet twice daily; take 1-2 tablets every 4-6 hours as needed; 3/4 blood cultures positive
Troponin T 0.04 ng/mL; INR 2.3; pH 7.32; pCO2 45; lactate 4.1; anion gap 18; B12 350; T4 1.2
COVID-19 PCR negative; HLA-B27; CD4 350; FEV1 1.8 L (62%); EF 35-40%; T12 fracture; L4-L5; C5-C6
# Assessment and Plan
- Continue aspirin 81 mg, atorvastatin 40 mg. Hold lisinopril. Start Lasix 40 mg IV.
Dialysis Monday, Wednesday, Friday. Warfarin 5 mg every Monday. May increase dose. March in place.
APGAR 8/9, NEWS2 score 7, CHA2DS2-VASc 4, HAS-BLED 3, MELD-Na 25, NYHA class III, ASA 3, TIMI 4
10 pack-years; weight 82.5 kg; height 175 cm; BMI 26.9; I/O 2400/1800; net -600 mL; FiO2 0.4; PEEP 5
Vitamin D. Hepatitis C. Type I. Stage IV. Group B. Influenza A. Factor V Leiden. Down syndrome
Lisinopril 10 MG Oral Tablet; 24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet
Erythrocytes [#/volume] in Blood by Automated count 4.5 10*6/uL; Glucose [Mass/volume] 108.0 mg/dL
Answer (answered): Potassium was 5.9 mmol/L (high) at 05:30. [1]; up by 1.2 from 4.7 to 5.9
Protein/creatinine ratio 1.8; AST/ALT 45/38; Na/K 140/4.1; titers 1:80; ANA 1:640; SCr x1.5
Consult Cardiology, Nephrology. Patient denies pain. Mother Diabetes; father with Hypertension.
Seen in Emergency Department, transferred to MICU, discharged to Home, followed by Neurology.
Draft, not signed. Redaction is an aid, not a determination (45 CFR 164.514(b)).
""".strip().splitlines()
STRANGER = ChartIdentifiers(
    (
        ChartIdentifier("NAME", "Wojciech Thistlewood", "Patient.name"),
        ChartIdentifier("DATE", "1961-04-05", "Patient.birthDate"),
        ChartIdentifier("ID", "SYN-7719984", "Patient.identifier[0].value"),
        ChartIdentifier("PHONE", "617-555-0134", "Patient.telecom[0].value"),
        ChartIdentifier("ORGANIZATION", "Ashby Dialysis Center", "Organization.name"),
    ),
    frozenset({"potassium"}),
)


@pytest.mark.parametrize("line", [pytest.param(line, id=line[:24]) for line in LINES])
@pytest.mark.parametrize(
    "known", [pytest.param(None, id="no-chart"), pytest.param(STRANGER, id="chart")]
)
def test_a_line_of_clinical_text_stands_unchanged(
    line: str, known: ChartIdentifiers | None
) -> None:
    assert redactor.redact_checked(line, known).text == line


def test_the_lines_stand_unchanged_as_one_text_too() -> None:
    text = "\n".join(LINES)
    assert redactor.redact_checked(text, STRANGER).text == text
