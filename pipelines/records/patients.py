"""Who a chart is about: demographics, the banner, and the worklist's rows."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.facts import AllergyList, Fact
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class Patient:
    """Demographics as recorded. `sex` is `Patient.gender`; `mrn` None where none is recorded."""

    fact: Fact
    patient_id: str
    name: str
    family: str | None
    given: str | None
    sex: str | None
    birth_date: str | None
    deceased: str | None
    mrn: str | None
    mrn_system: str | None


@dataclass(frozen=True, slots=True)
class Banner:
    """What stands above every page of a chart. `age_years` is at `as_of`, never at today."""

    patient: Patient
    age_years: int | None
    as_of: Moment
    loaded_at: str | None
    allergies: AllergyList
    refused_count: int
    refused_files: int = 0

    @property
    def incomplete(self) -> str | None:
        """The words that say what was refused, or None for a whole chart."""
        parts = [
            f"{number} {one if number == 1 else many}"
            for number, one, many in (
                (self.refused_count, "entry", "entries"),
                (self.refused_files, "file", "files"),
            )
            if number
        ]
        if not parts:
            return None
        verb = "was" if self.refused_count + self.refused_files == 1 else "were"
        return f"{' and '.join(parts)} {verb} refused"


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One patient on the worklist; `abnormal` lists the latest flagged results, worst first."""

    patient: Patient
    age_years: int | None
    as_of: Moment | None
    last_encounter: Moment | None
    last_encounter_display: str | None
    problem_count: int
    abnormal: tuple[Fact, ...]
    refused_count: int


@dataclass(frozen=True, slots=True)
class PatientMatch:
    """One patient that fits what was typed (an id, an identifier's value, `system|value`)."""

    patient_id: str
    name: str
