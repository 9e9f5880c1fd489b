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
class PatientName:
    """One name with its use: official, usual, maiden, old, nickname, anonymous, temp."""

    number: int
    use: str | None
    text: str | None
    family: str | None
    given: str | None
    prefix: str | None
    suffix: str | None
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class Telecom:
    """A telephone number, mail address or the like."""

    number: int
    system: str | None
    value: str | None
    use: str | None
    rank: int | None
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class GeneralPractitioner:
    """Who the patient's own record names as general practitioner or practice, and how to reach
    them: by the numbers of that role or practice, else by the person's own.

    `reference` is None where the record gives a name alone.
    """

    name: str | None
    reference: str | None
    telecoms: tuple[Telecom, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """An address as recorded."""

    number: int
    use: str | None
    type: str | None
    text: str | None
    lines: tuple[str, ...]
    city: str | None
    district: str | None
    state: str | None
    postal_code: str | None
    country: str | None
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class PatientLink:
    """Another record of the same person. `type` is replaced-by, replaces, refer or seealso."""

    number: int
    type: str | None
    other: str | None
    display: str | None

    @property
    def sentence(self) -> str:
        """What the link means for whoever reads this chart."""
        other = self.other or self.display or "another record"
        return LINK_WORDS.get(self.type or "", "This patient is linked to {other}.").format(
            other=other
        )


LINK_WORDS = {
    "replaced-by": "This record is no longer in use: it was merged into {other}.",
    "replaces": "This record took the place of {other}, which may hold more.",
    "refer": "The main record of this patient is {other}.",
    "seealso": "{other} is a record of the same patient and may hold more.",
}


@dataclass(frozen=True, slots=True)
class PatientDetail:
    """What the record says of a person beside name, sex, birth and number."""

    is_active: bool | None
    died: Moment | None
    marital_status: str | None
    languages: tuple[str, ...]
    preferred_language: str | None
    races: tuple[str, ...]
    ethnicities: tuple[str, ...]
    birth_sex: str | None
    gender_identities: tuple[str, ...]
    multiple_birth: str | None
    general_practitioners: tuple[str, ...]
    managing_organization: str | None
    names: tuple[PatientName, ...] = ()
    telecoms: tuple[Telecom, ...] = ()
    addresses: tuple[Address, ...] = ()
    links: tuple[PatientLink, ...] = ()


def refused_words(entries: int, files: int) -> str | None:
    """The words that say how many entries and files were refused, or None where none were."""
    parts = [
        f"{number} {one if number == 1 else many}"
        for number, one, many in ((entries, "entry", "entries"), (files, "file", "files"))
        if number
    ]
    if not parts:
        return None
    return f"{' and '.join(parts)} {'was' if entries + files == 1 else 'were'} refused"


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
    links: tuple[PatientLink, ...] = ()

    @property
    def merged(self) -> str | None:
        """The sentences that say that other records of this person exist, or None."""
        return " ".join(link.sentence for link in self.links) or None

    @property
    def incomplete(self) -> str | None:
        """The words that say what was refused, or None for a whole chart."""
        return refused_words(self.refused_count, self.refused_files)


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
