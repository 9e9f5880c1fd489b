"""Records made by hand, for tests of components that only draw."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from pipelines.records.answers import Answer, Citation, Statement, Support
from pipelines.records.facts import Allergy, AllergyList, Fact, ReferenceRange
from pipelines.records.moments import Moment
from pipelines.records.patients import Banner, Patient, WorklistRow
from pipelines.records.screening import Kdigo, KdigoPart, News2
from pipelines.records.ward import WardRow

START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC).replace(tzinfo=None)
NORMAL = ReferenceRange(3.5, 5.1)


def moment(hours: float = 0.0) -> Moment:
    """A moment some hours after the made-up admission."""
    instant = START + timedelta(hours=hours)
    return Moment(instant, instant.isoformat(timespec="seconds") + "+00:00")


def result(hours: float, value: float | None, **changes: object) -> Fact:
    """A potassium unless said otherwise."""
    given: dict[str, Any] = {
        "resource": f"Observation/k{hours:g}",
        "kind": "lab",
        "display": "Potassium",
        "path": "valueQuantity",
        "quote": str(value),
        "code_key": "http://loinc.org|2823-3",
        "value": value,
        "value_text": str(value),
        "unit": "mmol/L",
        "reference_range": NORMAL,
        "when": moment(hours),
        "status": "final",
    }
    return Fact(**(given | changes))


def citation(number: int, **changes: object) -> Citation:
    """A citation of a potassium."""
    given: dict[str, Any] = {
        "n": number,
        "resource": f"Observation/k{number}",
        "path": "valueQuantity",
        "quote": "5.9 mmol/L",
        "start": None,
        "end": None,
        "date": "2026-11-22T05:30:00+00:00",
        "title": "Potassium",
    }
    return Citation(**(given | changes))


def statement(
    text: str, support: Support = "supported", cites: tuple[int, ...] = (1,)
) -> Statement:
    """A statement with citations of these numbers."""
    return Statement(text, support, "why", tuple(citation(number) for number in cites))


def answer(*statements: Statement, **changes: object) -> Answer:
    """An embedded answer of these statements."""
    given: dict[str, Any] = {
        "answer_id": "a",
        "patient": "p",
        "question": "What is the latest potassium?",
        "status": "answered",
        "answer": "Potassium was 5.9 mmol/L (high). [1]",
        "values": ((5.9,),),
        "statements": statements,
        "searched": (),
        "notice": None,
        "engine": "embedded",
        "model": None,
        "model_digest": None,
        "prompt_version": None,
        "as_of": "2026-11-22T06:25:00+00:00",
        "log_id": "0123456789abcdef",
        "seconds": 0.1,
    }
    return Answer(**(given | changes))


def allergy(name: str, **changes: object) -> Allergy:
    """An active allergy of this name."""
    fact = Fact("AllergyIntolerance/1", "allergy", name, "code.text", name)
    given: dict[str, Any] = {
        "fact": fact,
        "clinical_status": "active",
        "verification_status": "confirmed",
        "criticality": None,
        "reactions": (),
        "severity": None,
        "is_no_known": False,
    }
    return Allergy(**(given | changes))


def banner(allergies: AllergyList, refused: int = 0, **changes: object) -> Banner:
    """A banner of a made-up patient."""
    given: dict[str, Any] = {
        "fact": Fact("Patient/p", "patient", "Maria Rossi", "name", "Rossi"),
        "patient_id": "p",
        "name": "Maria T. Rossi",
        "family": "Rossi",
        "given": "Maria T.",
        "sex": "female",
        "birth_date": "1958-03-14",
        "deceased": None,
        "mrn": "00482913",
        "mrn_system": None,
    }
    patient = Patient(**(given | changes))
    return Banner(patient, 68, moment(48), "2026-11-23T06:40:00", allergies, refused)


def ward_row(base: WorklistRow, **changes: Any) -> WardRow:  # noqa: ANN401 - any field of it
    """A patient at home without scores, unless said otherwise."""
    given: dict[str, Any] = {
        "base": base,
        "stay": None,
        "news2": News2(not_for="patients under 16"),
        "kdigo": Kdigo(KdigoPart(None, "no creatinine"), KdigoPart(None, "none recorded")),
        "last_note": None,
    }
    return WardRow(**(given | changes))
