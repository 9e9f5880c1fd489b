"""One STU3 resource a type that a chart reads, and what R4 makes of it.

An expected dict holds the R4 elements that must come out; a string is the element by which the
resource must be refused. That each is valid STU3 is proved by the test, with STU3's own models.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
P: Json = {"reference": "Patient/p1"}
E: Json = {"reference": "Encounter/e1"}
DR: Json = {"reference": "Practitioner/dr", "display": "Dr. Muster"}
K: Json = {"coding": [{"system": "http://loinc.org", "code": "2823-3", "display": "Potassium"}]}
T = "2020-03-04T05:06:07+01:00"
TERMS = "http://terminology.hl7.org/CodeSystem/"


def coded(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def words(text: str) -> Json:
    return {"text": text}


STU3: dict[str, tuple[Json, Json | str]] = {
    "Observation": (
        {"status": "final", "code": K, "subject": P, "context": E, "effectiveDateTime": T,
         "valueQuantity": {"value": 6.1, "unit": "mmol/L"}, "interpretation": words("high"),
         "comment": "Haemolysed.", "component": [{"code": K, "interpretation": words("low")}],
         "related": [{"type": "derived-from", "target": {"reference": "Observation/o2"}}]},
        {"encounter": E, "interpretation": [words("high")], "note": [{"text": "Haemolysed."}],
         "component": [{"code": K, "interpretation": [words("low")]}],
         "derivedFrom": [{"reference": "Observation/o2"}]},
    ),
    "Condition": (
        {"clinicalStatus": "active", "verificationStatus": "unknown", "code": words("Asthma"),
         "subject": P, "context": E, "assertedDate": "2020-03-04",
         "stage": {"summary": words("II")}},
        {"clinicalStatus": coded(TERMS + "condition-clinical", "active"), "encounter": E,
         "recordedDate": "2020-03-04", "stage": [{"summary": words("II")}]},
    ),
    "MedicationRequest": (
        {"intent": "order", "status": "active", "medicationCodeableConcept": words("Metoprolol"),
         "subject": P, "context": E, "authoredOn": T, "category": words("inpatient"),
         "requester": {"agent": DR}, "dosageInstruction": [
             {"text": "1 tablet", "doseQuantity": {"value": 1, "unit": "tablet"}}],
         "substitution": {"allowed": True}},
        {"encounter": E, "category": [words("inpatient")], "requester": DR,
         "substitution": {"allowedBoolean": True}, "dosageInstruction": [
             {"text": "1 tablet",
              "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}]},
    ),
    "MedicationStatement": (
        {"status": "active", "taken": "y", "medicationCodeableConcept": words("Aspirin"),
         "subject": P, "dosage": [{"doseQuantity": {"value": 100, "unit": "mg"}}]},
        {"dosage": [{"doseAndRate": [{"doseQuantity": {"value": 100, "unit": "mg"}}]}]},
    ),
    "MedicationAdministration": (
        {"status": "completed", "notGiven": True, "reasonNotGiven": [words("refused")],
         "medicationCodeableConcept": words("Heparin"), "subject": P, "context": E,
         "effectiveDateTime": T, "prescription": {"reference": "MedicationRequest/m1"},
         "performer": [{"actor": DR, "onBehalfOf": {"reference": "Organization/1"}}]},
        {"status": "not-done", "statusReason": [words("refused")], "context": E,
         "request": {"reference": "MedicationRequest/m1"}, "performer": [{"actor": DR}]},
    ),
    "MedicationDispense": (
        {"status": "completed", "medicationCodeableConcept": words("Aspirin"), "subject": P,
         "notDone": False, "dosageInstruction": [
             {"doseRange": {"high": {"value": 2}}, "rateQuantity": {"value": 3}}]},
        {"dosageInstruction": [{"doseAndRate": [
            {"doseRange": {"high": {"value": 2}}, "rateQuantity": {"value": 3}}]}]},
    ),
    "AllergyIntolerance": (
        {"clinicalStatus": "active", "verificationStatus": "confirmed", "patient": P,
         "code": words("Penicillin"), "assertedDate": "2019-01-01", "type": "allergy"},
        {"clinicalStatus": coded(TERMS + "allergyintolerance-clinical", "active"),
         "verificationStatus": coded(TERMS + "allergyintolerance-verification", "confirmed"),
         "recordedDate": "2019-01-01", "type": "allergy"},
    ),
    "Encounter": (
        {"status": "finished", "class": {"code": "IMP"}, "subject": P, "period": {"start": T},
         "reason": [words("Chest pain")], "appointment": {"reference": "Appointment/a"},
         "incomingReferral": [{"reference": "ReferralRequest/r"}],
         "diagnosis": [{"condition": {"reference": "Condition/c"}, "role": words("AD")}]},
        {"class": {"code": "IMP"}, "reasonCode": [words("Chest pain")], "period": {"start": T},
         "appointment": [{"reference": "Appointment/a"}],
         "diagnosis": [{"condition": {"reference": "Condition/c"}, "use": words("AD")}]},
    ),
    "Procedure": (
        {"status": "aborted", "code": words("Appendectomy"), "subject": P, "context": E,
         "notDone": True, "notDoneReason": words("refused"), "performedDateTime": T,
         "performer": [{"role": words("surgeon"), "actor": DR}]},
        {"status": "not-done", "statusReason": words("refused"), "encounter": E,
         "performer": [{"function": words("surgeon"), "actor": DR}]},
    ),
    "Immunization": (
        {"status": "completed", "notGiven": False, "vaccineCode": words("Influenza"),
         "patient": P, "date": "2020-10-01", "primarySource": True,
         "practitioner": [{"role": words("AP"), "actor": DR}],
         "explanation": {"reason": [words("routine")]}},
        {"status": "completed", "occurrenceDateTime": "2020-10-01",
         "performer": [{"function": words("AP"), "actor": DR}]},
    ),
    "DocumentReference": (
        {"status": "current", "type": words("Note"), "class": words("History"), "subject": P,
         "indexed": T, "created": T, "content": [{"attachment": {"contentType": "text/plain"}}],
         "context": {"encounter": E, "related": [{"ref": {"reference": "Observation/o"}}]}},
        {"category": [words("History")], "date": T,
         "context": {"encounter": [E], "related": [{"reference": "Observation/o"}]}},
    ),
    "DiagnosticReport": (
        {"status": "final", "category": words("LAB"), "code": K, "subject": P, "context": E,
         "issued": T, "performer": [{"role": words("lab"), "actor": DR}],
         "codedDiagnosis": [words("Anaemia")],
         "image": [{"comment": "x", "link": {"reference": "Media/1"}}]},
        {"category": [words("LAB")], "encounter": E, "performer": [DR],
         "conclusionCode": [words("Anaemia")],
         "media": [{"comment": "x", "link": {"reference": "Media/1"}}]},
    ),
    "Composition": (
        {"status": "final", "type": words("Discharge"), "class": words("Summary"), "subject": P,
         "date": T, "author": [DR], "title": "Summary",
         "attester": [{"mode": ["legal"], "party": DR}]},
        {"attester": [{"mode": "legal", "party": DR}], "category": [words("Summary")]},
    ),
    "CarePlan": (
        {"status": "suspended", "intent": "plan", "subject": P, "context": E, "author": [DR],
         "activity": [{"detail": {"status": "scheduled", "prohibited": True,
                                  "category": words("diet")}}]},
        {"status": "on-hold", "encounter": E, "author": DR,
         "activity": [{"detail": {"status": "scheduled", "doNotPerform": True}}]},
    ),
    "CareTeam": (
        {"status": "active", "subject": P, "context": E,
         "participant": [{"role": words("nurse"), "member": DR}]},
        {"encounter": E, "participant": [{"role": [words("nurse")], "member": DR}]},
    ),
    "Goal": (
        {"status": "in-progress", "description": words("Walk"), "subject": P,
         "target": {"dueDate": "2020-05-01"}},
        {"lifecycleStatus": "active", "target": [{"dueDate": "2020-05-01"}]},
    ),
    "Claim": (
        {"status": "active", "use": "complete", "patient": P,
         "organization": {"reference": "Organization/1"}, "created": "2020-01-01"},
        "organization",
    ),
    "Coverage": (
        {"status": "active", "beneficiary": P, "payor": [P], "sequence": "1",
         "grouping": {"group": "CB135"}},
        {"status": "active", "beneficiary": P},
    ),
    "Appointment": (
        {"status": "booked", "serviceCategory": words("GP"), "reason": [words("check")],
         "indication": [{"reference": "Condition/c"}],
         "participant": [{"actor": P, "status": "accepted"}]},
        {"serviceCategory": [words("GP")], "reasonCode": [words("check")],
         "reasonReference": [{"reference": "Condition/c"}]},
    ),
    "Device": (
        {"status": "active", "type": words("Pump"), "model": "X1", "version": "2.1",
         "udi": {"deviceIdentifier": "123", "carrierHRF": "(01)123"}, "patient": P},
        {"modelNumber": "X1", "version": [{"value": "2.1"}],
         "udiCarrier": [{"deviceIdentifier": "123", "carrierHRF": "(01)123"}]},
    ),
    "Consent": (
        {"status": "active", "patient": P, "dateTime": T, "policyRule": "http://example.org/r",
         "period": {"start": "2020"}},
        "policyRule",
    ),
    "QuestionnaireResponse": (
        {"status": "completed", "subject": P, "context": E,
         "questionnaire": {"reference": "Questionnaire/q"}},
        {"encounter": E, "questionnaire": "Questionnaire/q"},
    ),
    "FamilyMemberHistory": (
        {"status": "completed", "patient": P, "relationship": words("mother"),
         "gender": "female", "notDone": False},
        {"sex": coded("http://hl7.org/fhir/administrative-gender", "female")},
    ),
    "Specimen": (
        {"status": "available", "type": words("blood"), "subject": P, "receivedTime": T},
        {"status": "available", "receivedTime": T},
    ),
    "Patient": (
        {"gender": "male", "animal": {"species": words("Dog")}},
        "animal",
    ),
    "Flag": (
        {"status": "active", "code": words("Fall risk"), "subject": P, "category": words("safety")},
        {"category": [words("safety")]},
    ),
    "Medication": (
        {"code": words("Aspirin"), "isBrand": False,
         "ingredient": [{"itemCodeableConcept": words("ASA"),
                         "amount": {"numerator": {"value": 1}}}]},
        {"ingredient": [{"itemCodeableConcept": words("ASA"),
                         "strength": {"numerator": {"value": 1}}}]},
    ),
    "Location": ({"name": "ICU", "type": words("ICU")}, {"type": [words("ICU")]}),
    "RelatedPerson": (
        {"patient": P, "relationship": words("mother")}, {"relationship": [words("mother")]},
    ),
    "Binary": ({"contentType": "text/plain", "content": "aGFsbG8="}, {"data": "aGFsbG8="}),
    "Media": ({"type": "photo", "subject": P, "context": E,
               "content": {"contentType": "image/png"}}, "context"),
}  # fmt: skip
