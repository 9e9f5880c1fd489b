"""One R5 resource a type that a chart reads, and what R4 makes of it (as `resources_of_stu3`)."""

from __future__ import annotations

from tests.charts.resources_of_stu3 import DR, E, Json, K, P, T, coded, words

C: Json = {"reference": "Condition/c"}
DOSE: Json = {"text": "1 tablet", "asNeeded": True}
R4_DOSE: Json = {"text": "1 tablet", "asNeededBoolean": True}

R5: dict[str, tuple[Json, Json | str]] = {
    "Observation": (
        {"status": "final", "code": K, "subject": P, "encounter": E, "effectiveDateTime": T,
         "valueQuantity": {"value": 6.1},
         "triggeredBy": [{"observation": {"reference": "Observation/1"}, "type": "reflex"}],
         "referenceRange": [{"high": {"value": 5}, "normalValue": words("negative")}]},
        {"encounter": E, "valueQuantity": {"value": 6.1},
         "referenceRange": [{"high": {"value": 5}}]},
    ),
    "Condition": (
        {"clinicalStatus": words("active"), "code": words("Asthma"), "subject": P,
         "participant": [{"actor": DR}], "evidence": [
             {"concept": words("wheeze")}, {"reference": {"reference": "Observation/1"}}]},
        {"evidence": [{"code": [words("wheeze")]}, {"detail": [{"reference": "Observation/1"}]}]},
    ),
    "MedicationRequest": (
        {"status": "active", "intent": "order", "subject": P, "reported": False,
         "medication": {"concept": words("Metoprolol")}, "performer": [DR],
         "reason": [{"concept": words("Hypertension")}, {"reference": C}],
         "dosageInstruction": [DOSE], "dispenseRequest": {"dispenser": DR}},
        {"medicationCodeableConcept": words("Metoprolol"), "reportedBoolean": False,
         "performer": DR, "reasonCode": [words("Hypertension")], "reasonReference": [C],
         "dosageInstruction": [R4_DOSE], "dispenseRequest": {"performer": DR}},
    ),
    "MedicationStatement": (
        {"status": "recorded", "subject": P, "encounter": E, "category": [words("community")],
         "medication": {"reference": {"reference": "Medication/m"}}, "dosage": [DOSE],
         "informationSource": [P], "adherence": {"code": coded("http://x", "taking")},
         "reason": [{"reference": C}]},
        {"status": "recorded", "context": E, "category": words("community"),
         "medicationReference": {"reference": "Medication/m"}, "dosage": [R4_DOSE],
         "informationSource": P, "reasonReference": [C]},
    ),
    "MedicationAdministration": (
        {"status": "completed", "medication": {"concept": words("Heparin")}, "subject": P,
         "encounter": E, "occurencePeriod": {"start": T}, "category": [words("inpatient")],
         "reason": [{"concept": words("DVT")}], "performer": [{"actor": {"reference": DR}}]},
        {"medicationCodeableConcept": words("Heparin"), "context": E,
         "effectivePeriod": {"start": T}, "category": words("inpatient"),
         "reasonCode": [words("DVT")], "performer": [{"actor": DR}]},
    ),
    "MedicationDispense": (
        {"status": "declined", "medication": {"concept": words("Aspirin")}, "subject": P,
         "notPerformedReason": {"concept": words("out of stock")},
         "renderedDosageInstruction": "One in the morning"},
        {"medicationCodeableConcept": words("Aspirin"),
         "statusReasonCodeableConcept": words("out of stock"),
         "dosageInstruction": [{"text": "One in the morning"}]},
    ),
    "AllergyIntolerance": (
        {"patient": P, "type": coded("http://hl7.org/fhir/allergy-intolerance-type", "allergy"),
         "code": words("Penicillin"), "participant": [{"actor": DR}],
         "reaction": [{"manifestation": [{"concept": words("Rash")}]}]},
        {"type": "allergy", "reaction": [{"manifestation": [words("Rash")]}]},
    ),
    "Encounter": (
        {"status": "completed", "class": [{"coding": [{"code": "IMP", "display": "inpatient"}]}],
         "subject": P, "actualPeriod": {"start": T}, "admission": {"admitSource": words("ED")},
         "reason": [{"use": [words("CC")], "value": [{"concept": words("Chest pain")}]}],
         "serviceType": [{"concept": words("Cardiology")}], "dietPreference": [words("vegan")],
         "participant": [{"actor": DR}], "location": [
             {"location": {"display": "7W"}, "form": words("ward")}],
         "diagnosis": [{"condition": [{"reference": C}], "use": [words("AD")]},
                       {"condition": [{"concept": words("Sepsis")}]}]},
        {"class": {"code": "IMP", "display": "inpatient"}, "period": {"start": T},
         "hospitalization": {"admitSource": words("ED"), "dietPreference": [words("vegan")]},
         "reasonCode": [words("Chest pain")], "serviceType": words("Cardiology"),
         "participant": [{"individual": DR}],
         "location": [{"location": {"display": "7W"}, "physicalType": words("ward")}],
         "diagnosis": [{"condition": C, "use": words("AD")}, {"condition": {"display": "Sepsis"}}]},
    ),
    "Procedure": (
        {"status": "completed", "subject": P, "code": words("Appendectomy"),
         "occurrencePeriod": {"start": T}, "category": [words("surgery")],
         "reason": [{"reference": C}], "used": [{"concept": words("mesh")}],
         "complication": [{"concept": words("bleeding")}], "performer": [
             {"actor": DR, "period": {"start": T}}]},
        {"performedPeriod": {"start": T}, "category": words("surgery"), "reasonReference": [C],
         "usedCode": [words("mesh")], "complication": [words("bleeding")],
         "performer": [{"actor": DR}]},
    ),
    "Immunization": (
        {"status": "completed", "vaccineCode": words("Influenza"), "patient": P,
         "occurrenceDateTime": T, "manufacturer": {"reference": {"display": "Maker"}},
         "reason": [{"concept": words("routine")}],
         "protocolApplied": [{"doseNumber": "1", "seriesDoses": "2"}]},
        {"manufacturer": {"display": "Maker"}, "reasonCode": [words("routine")],
         "protocolApplied": [{"doseNumberString": "1", "seriesDosesString": "2"}]},
    ),
    "DocumentReference": (
        {"status": "current", "subject": P, "context": [E, {"reference": "Appointment/a"}],
         "period": {"start": T}, "facilityType": words("hospital"), "version": "2", "date": T,
         "attester": [{"mode": words("legal"), "party": DR}],
         "content": [{"attachment": {"contentType": "text/plain"},
                      "profile": [{"valueUri": "http://x"}]}],
         "relatesTo": [{"code": coded("http://hl7.org/fhir/document-relationship-type",
                                      "replaces"),
                        "target": {"reference": "DocumentReference/d0"}}]},
        {"context": {"encounter": [E], "related": [{"reference": "Appointment/a"}],
                     "period": {"start": T}, "facilityType": words("hospital")},
         "content": [{"attachment": {"contentType": "text/plain"}}],
         "relatesTo": [{"code": "replaces", "target": {"reference": "DocumentReference/d0"}}]},
    ),
    "DiagnosticReport": (
        {"status": "final", "code": K, "subject": P, "composition": {"reference": "Composition/1"},
         "note": [{"text": "x"}]},
        {"status": "final", "code": K},
    ),
    "Composition": (
        {"status": "final", "type": words("Discharge"), "subject": [P], "date": T, "author": [DR],
         "title": "Summary", "attester": [{"mode": coded("http://x", "legal"), "party": DR}],
         "version": "1"},
        {"subject": P, "attester": [{"mode": "legal", "party": DR}]},
    ),
    "CarePlan": (
        {"status": "active", "intent": "plan", "subject": P, "addresses": [{"reference": C}],
         "activity": [{"plannedActivityReference": {"reference": "ServiceRequest/s"},
                       "performedActivity": [{"concept": words("done")}]}]},
        {"addresses": [C], "activity": [{"reference": {"reference": "ServiceRequest/s"},
                                         "outcomeCodeableConcept": [words("done")]}]},
    ),
    "CareTeam": (
        {"status": "active", "subject": P, "reason": [{"concept": words("CHF")}],
         "participant": [{"role": words("nurse"), "member": DR, "coveragePeriod": {"start": T}}]},
        {"reasonCode": [words("CHF")],
         "participant": [{"role": [words("nurse")], "member": DR, "period": {"start": T}}]},
    ),
    "Goal": (
        {"lifecycleStatus": "active", "description": words("Walk"), "subject": P, "source": DR,
         "outcome": [{"concept": words("met")}], "continuous": True},
        {"expressedBy": DR, "outcomeCode": [words("met")]},
    ),
    "Claim": (
        {"status": "active", "use": "claim", "type": words("oral"), "patient": P, "created": T,
         "provider": {"reference": "Organization/1"}, "priority": words("normal"),
         "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/c"}}],
         "item": [{"sequence": 1, "productOrService": words("crown"),
                   "bodySite": [{"site": [{"concept": words("1")}]}]}],
         "traceNumber": [{"value": "1"}]},
        {"item": [{"sequence": 1, "productOrService": words("crown")}], "use": "claim"},
    ),
    "Coverage": (
        {"status": "active", "kind": "insurance", "beneficiary": P,
         "insurer": {"reference": "Organization/1"}, "subscriberId": [{"value": "A1"}],
         "class": [{"type": words("group"), "value": {"value": "CB135"}}]},
        {"payor": [{"reference": "Organization/1"}], "subscriberId": "A1",
         "class": [{"type": words("group"), "value": "CB135"}]},
    ),
    "Appointment": (
        {"status": "booked", "subject": P, "reason": [{"concept": words("check")}],
         "serviceType": [{"concept": words("GP")}], "class": [words("AMB")],
         "participant": [{"actor": P, "status": "accepted"}]},
        {"reasonCode": [words("check")], "serviceType": [words("GP")]},
    ),
    "Device": (
        {"status": "active", "type": [words("Pump")], "displayName": "Pump",
         "name": [{"value": "Pump X", "type": "user-friendly-name"}]},
        {"type": words("Pump"), "deviceName": [{"name": "Pump X", "type": "user-friendly-name"}]},
    ),
    "ServiceRequest": (
        {"status": "active", "intent": "order", "subject": P, "code": {"concept": words("MRI")},
         "reason": [{"reference": C}], "location": [{"concept": words("ward")}]},
        {"code": words("MRI"), "reasonReference": [C], "locationCode": [words("ward")]},
    ),
    "Consent": (
        {"status": "active", "subject": P, "decision": "deny", "date": "2020-01-01"},
        "date",
    ),
    "QuestionnaireResponse": (
        {"status": "completed", "questionnaire": "http://x/q", "subject": P,
         "identifier": [{"value": "1"}]},
        {"identifier": {"value": "1"}},
    ),
    "FamilyMemberHistory": (
        {"status": "completed", "patient": P, "relationship": words("mother"),
         "reason": [{"concept": words("screening")}]},
        {"reasonCode": [words("screening")]},
    ),
    "Specimen": (
        {"subject": P, "combined": "pooled", "type": words("blood"),
         "collection": {"bodySite": {"concept": words("arm")}, "collectedDateTime": T}},
        {"collection": {"bodySite": words("arm"), "collectedDateTime": T}},
    ),
    "Patient": ({"gender": "male", "birthDate": "1960"}, {"gender": "male"}),
    "Medication": (
        {"code": words("Aspirin"), "doseForm": words("tablet"),
         "ingredient": [{"item": {"concept": words("ASA")}}]},
        {"form": words("tablet"), "ingredient": [{"itemCodeableConcept": words("ASA")}]},
    ),
    "Location": ({"name": "ICU", "form": words("ward")}, {"physicalType": words("ward")}),
    "List": (
        {"status": "current", "mode": "working", "subject": [P]}, {"subject": P},
    ),
}  # fmt: skip
