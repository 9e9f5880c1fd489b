"""What a chart holds, as values: one `Fact` for each citable thing, and the clinical subjects.

Every subject (medication, condition, encounter …) carries its `fact`: the resource it came
from, the element (`path`) and the words of the record there (`quote`). A value that the record
writes as text stays text; nothing is rounded.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.medicines import Dosage, MedicationDetail
from pipelines.records.moments import Moment


@dataclass(frozen=True, slots=True)
class ReferenceRange:
    """The range that the result itself carries; `text` as written when it is not two numbers."""

    low: float | None = None
    high: float | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated thing of a chart.

    `resource` is `Type/id`; `kind` one of lab, vital, observation, condition, medication,
    allergy, procedure, immunization, encounter, patient, report, document, or the subject's own
    word (specimen, order, care plan, flag, consent …). `value` is the number
    (in `unit`) where there is one, `value_text` the value as written (`<0.5`, `1:80`, `Positive`,
    `108.0`). `flag` is H, L, HH, LL, A, AA (critical, neither high nor low) or None; `flag_source`
    says where it came from (`interpretation`, `range`) or is None where the record gives no way
    to tell: no flag with a source means that the record calls the result normal. `quote` is one
    leaf value, or all joined by a space, found at `path` in the raw resource. A result also has
    when it was `issued`, its `specimen`, the laboratory's `note`, and how many earlier versions
    of it the store holds where it was amended; `status_word` is what must be said beside it
    (preliminary, corrected …), and `is_final` is false for one that may still change.
    """

    resource: str
    kind: str
    display: str
    path: str
    quote: str
    concept: str | None = None
    code_key: str | None = None
    value: float | None = None
    value_text: str | None = None
    comparator: str | None = None
    unit: str | None = None
    flag: str | None = None
    flag_source: str | None = None
    reference_range: ReferenceRange | None = None
    when: Moment | None = None
    encounter: str | None = None
    status: str | None = None
    part: int = 0
    issued: Moment | None = None
    specimen: str | None = None
    note: str | None = None
    earlier_versions: int = 0
    status_word: str | None = None
    is_final: bool = True


@dataclass(frozen=True, slots=True)
class ResultKind:
    """One analyte or vital sign that this chart has results of."""

    code_key: str
    display: str
    concept: str | None
    kind: str
    unit: str | None
    count: int
    numeric_count: int
    last: Moment | None


@dataclass(frozen=True, slots=True)
class Medication:
    """A request, administration, statement or dispense (`form`), one shape for all four.

    `dosages` holds every instruction that says more than the dose fields here.
    """

    fact: Fact
    form: str
    status: str | None
    dose_text: str | None
    dose_value: float | None
    dose_unit: str | None
    route: str | None
    start: Moment | None
    end: Moment | None
    prescriber: str | None
    reason: str | None
    based_on: str | None
    intent: str | None = None
    dosages: tuple[Dosage, ...] = ()
    detail: MedicationDetail | None = None

    @property
    def is_do_not_perform(self) -> bool:
        """Whether the order is *not* to give this."""
        return self.detail is not None and self.detail.is_do_not_perform is True

    @property
    def name(self) -> str:
        """The medication as the record names it."""
        return self.fact.display


@dataclass(frozen=True, slots=True)
class Condition:
    """A problem or coded diagnosis. `clinical_status` None means: the record does not say.

    `onset_text` and `abatement_text` are what is told as an age, a span or in words.
    """

    fact: Fact
    clinical_status: str | None
    verification_status: str | None
    category: str | None
    onset: Moment | None
    abatement: Moment | None
    recorded: Moment | None
    categories: tuple[str, ...] = ()
    severity: str | None = None
    stages: tuple[str, ...] = ()
    body_sites: tuple[str, ...] = ()
    onset_text: str | None = None
    onset_age_years: float | None = None
    onset_end: Moment | None = None
    abatement_text: str | None = None
    abatement_age_years: float | None = None
    evidence: tuple[str, ...] = ()
    evidence_references: tuple[str, ...] = ()
    note: str | None = None
    recorder: str | None = None
    asserter: str | None = None


@dataclass(frozen=True, slots=True)
class AllergyReaction:
    """One event of an allergy: what was seen, after what, how severe, since when."""

    number: int
    substance: str | None
    manifestations: tuple[str, ...]
    severity: str | None
    onset: Moment | None
    route: str | None
    description: str | None
    note: str | None
    path: str
    quote: str | None


@dataclass(frozen=True, slots=True)
class Allergy:
    """One allergy or intolerance; `is_no_known` marks the statement that there is none.

    `is_past` marks an entry that speaks no longer: inactive, resolved or refuted.
    """

    fact: Fact
    clinical_status: str | None
    verification_status: str | None
    criticality: str | None
    reactions: tuple[str, ...]
    severity: str | None
    is_no_known: bool
    type: str | None = None
    categories: tuple[str, ...] = ()
    onset_text: str | None = None
    onset: Moment | None = None
    last_occurred: Moment | None = None
    note: str | None = None
    recorder: str | None = None
    asserter: str | None = None
    events: tuple[AllergyReaction, ...] = ()
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class AllergyList:
    """Allergies in one of four states that are never mixed up.

    `state` is `known`, `none known`, `not recorded` or `unavailable` (an allergy entry of this
    chart was refused at load, so the list cannot be trusted to be whole).
    """

    state: str
    allergies: tuple[Allergy, ...]


@dataclass(frozen=True, slots=True)
class EncounterState:
    """A status or class (`kind`) that an encounter had for a time."""

    number: int
    kind: str
    code: str | None
    display: str | None
    start: Moment | None
    end: Moment | None


@dataclass(frozen=True, slots=True)
class Encounter:
    """A visit or stay. `part_of` names the hospital stay that an ICU stay belongs to."""

    fact: Fact
    class_code: str | None
    class_display: str | None
    type_display: str | None
    status: str | None
    start: Moment | None
    end: Moment | None
    part_of: str | None
    reason: str | None
    admission_type: str | None
    admit_source: str | None
    discharge_disposition: str | None
    location: str | None
    is_icu: bool
    is_hospital: bool
    types: tuple[str, ...] = ()
    service_type: str | None = None
    length_value: float | None = None
    length_unit: str | None = None
    reason_references: tuple[str, ...] = ()
    service_provider: str | None = None
    episodes: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    re_admission: str | None = None
    diets: tuple[str, ...] = ()
    courtesies: tuple[str, ...] = ()
    arrangements: tuple[str, ...] = ()
    history: tuple[EncounterState, ...] = ()
    appointments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure that was done (or not: see `status`)."""

    fact: Fact
    status: str | None
    performed: Moment | None
    performed_end: Moment | None
    category: str | None = None
    status_reason: str | None = None
    performed_text: str | None = None
    location: str | None = None
    reason: str | None = None
    reason_references: tuple[str, ...] = ()
    outcome: str | None = None
    body_sites: tuple[str, ...] = ()
    complications: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    based_on: tuple[str, ...] = ()
    part_of: tuple[str, ...] = ()
    note: str | None = None
    performers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Immunization:
    """A vaccine given (or not: see `status`)."""

    fact: Fact
    status: str | None
    occurred: Moment | None
    status_reason: str | None = None
    occurred_text: str | None = None
    location: str | None = None
    manufacturer: str | None = None
    lot_number: str | None = None
    expires: Moment | None = None
    site: str | None = None
    route: str | None = None
    dose_value: float | None = None
    dose_unit: str | None = None
    dose_number: str | None = None
    series: str | None = None
    series_doses: str | None = None
    target_diseases: tuple[str, ...] = ()
    is_primary_source: bool | None = None
    report_origin: str | None = None
    is_subpotent: bool | None = None
    recorded: Moment | None = None
    reason: str | None = None
    reactions: tuple[str, ...] = ()
    note: str | None = None
    performers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """A clinical document's text, decoded; `text` offsets are what citations count in."""

    fact: Fact
    title: str
    author: str | None
    when: Moment | None
    status: str | None
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence or list item of a note: `text` is exactly `note.text[start:end]`.

    `earlier` holds the dates (as written) of older notes that carry the same sentence.
    """

    passage_id: str
    resource: str
    heading: str | None
    title: str
    author: str | None
    when: Moment | None
    start: int
    end: int
    text: str
    note_sha256: str
    path: str
    score: float = 0.0
    earlier: tuple[str, ...] = ()
