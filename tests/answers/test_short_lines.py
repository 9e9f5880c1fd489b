"""How entries read: a drug in few words, a blood pressure as one; the judge reads them again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers.evidence.items import numbered, result_item
from pipelines.answers.measured_pairs import pair_sentence
from pipelines.answers.medication_words import medication_line
from pipelines.answers.verify.verify import verify
from pipelines.answers.write_embedded.pairs import paired
from pipelines.answers.write_embedded.parts import sentence_of
from pipelines.records.answers import Draft, DraftSentence
from pipelines.records.evidence import EvidenceSet
from pipelines.records.facts import Fact, Medication
from pipelines.records.moments import Moment
from pipelines.terms.dates import moment

FLOWSHEET = "01-Drips; Main order parameter; Continuous Med; Medications"


def at(written: str) -> Moment:
    """A moment as a record writes it."""
    found = moment(written)
    assert found is not None
    return found


def entry(**changes: object) -> Medication:
    """An order of metoprolol with these differences."""
    name = str(changes.pop("name", "Metoprolol 25 mg tablet"))
    made = Medication(
        fact=Fact("MedicationRequest/1", "medication", name, "p", "q"),
        form="request",
        status="active",
        start=at("2026-11-21"),
        end=None,
        dose_text="25 mg by mouth twice daily",
        dose_value=25.0,
        dose_unit="mg",
        route="PO",
        prescriber=None,
        reason=None,
        based_on=None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def pressure(part: str, value: float, **changes: object) -> Fact:
    """One number of a blood pressure."""
    name = f"{part.title()} blood pressure"
    made = Fact(f"Observation/{part}", "vital", name, "valueQuantity.value", f"{value:g}",
                concept=f"{part}_bp", value=value, value_text=f"{value:g}", unit="mm[Hg]",
                when=at("2026-11-21T12:30:00Z"))  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


HIGH, LOW = pressure("systolic", 154.0), pressure("diastolic", 84.0)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, "Metoprolol 25 mg tablet, 25 mg by mouth twice daily; active order since 2026-11-21."),
        (
            {"status": "stopped", "end": at("2026-11-22"), "reason": "Hypertension"},
            "Metoprolol 25 mg tablet, 25 mg by mouth twice daily, for Hypertension;"
            " order stopped, started 2026-11-21, ended 2026-11-22.",
        ),
        (
            {"status": "on-hold", "dose_text": None},
            "Metoprolol 25 mg tablet, 25 mg, PO; order on hold, started 2026-11-21.",
        ),
        (
            {"dose_text": "25 mg daily through 2026-11-26", "end": at("2026-11-26")},
            "Metoprolol 25 mg tablet, 25 mg daily through 2026-11-26, PO;"
            " active order since 2026-11-21.",
        ),
        (
            {"form": "administration", "status": "not-done", "dose_text": None, "dose_value": None},
            "Metoprolol 25 mg tablet, PO; not given 2026-11-21.",
        ),
        (
            {"form": "administration", "status": "completed", "name": "Propofol",
             "route": FLOWSHEET,
             "dose_text": "78.92231750488281 mcg/kg/min (ChangeDose/Rate, continuous)"},
            "Propofol, 78.92 mcg/kg/min; infusion rate changed 2026-11-21.",
        ),
        (
            {"form": "administration", "status": "completed", "name": "Insulin", "route": FLOWSHEET,
             "dose_text": "15.0 units (FinishedRunning, intermittent)"},
            "Insulin, 15 units; given 2026-11-21.",
        ),
        (
            {"intent": "plan", "dose_text": None, "route": None, "status": None},
            "Metoprolol 25 mg tablet, 25 mg; plan, started 2026-11-21.",
        ),
        (
            {"dose_text": "25 mg (half a tablet)", "route": None},
            "Metoprolol 25 mg tablet, 25 mg (half a tablet); active order since 2026-11-21.",
        ),
    ],
)  # fmt: skip
def test_an_entry_about_a_drug_reads_at_a_glance(changes: dict[str, object], line: str) -> None:
    assert medication_line(entry(**changes)) == line


def test_a_planned_order_is_told_as_one_to_start() -> None:
    assert medication_line(entry(), later=True).endswith("; active order, to start 2026-11-21.")


def told(*facts: Fact) -> tuple[tuple[str, int], ...]:
    """What is shown of these results: each sentence with how many records it cites."""
    items = numbered([result_item(fact) for fact in facts])
    single = [DraftSentence(sentence_of(i.fact), (i.number,)) for i in items if i.fact is not None]
    draft = Draft(True, paired(single, {i.number: i for i in items}))
    judged = verify(draft, EvidenceSet(items, ()))
    assert {statement.support for statement in judged} == {"supported"}
    return tuple((statement.text, len(statement.citations)) for statement in judged)


def test_a_blood_pressure_is_one_sentence_that_cites_both_numbers() -> None:
    assert told(HIGH, LOW) == (("Blood pressure was 154/84 mmHg on 2026-11-21 12:30.", 2),)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(LOW, when=at("2026-11-21T13:30:00Z")), id="another-time"),
        pytest.param(replace(LOW, unit="kPa"), id="another-unit"),
        pytest.param(replace(LOW, comparator="<"), id="not-a-plain-number"),
        pytest.param(replace(LOW, flag="L", flag_source="range"), id="flagged"),
        pytest.param(replace(LOW, display="Arterial diastolic blood pressure"), id="another-line"),
        pytest.param(replace(LOW, concept="heart_rate"), id="another-thing"),
    ],
)
def test_what_is_no_pair_stays_two_sentences(other: Fact) -> None:
    assert pair_sentence(HIGH, other) is None
    assert [cited for _, cited in told(HIGH, other)] == [1, 1]


@pytest.mark.parametrize(
    "text",
    [
        "Blood pressure was 154/48 mmHg on 2026-11-21 12:30.",
        "Blood pressure was 84/154 mmHg on 2026-11-21 12:30.",
        "Blood pressure was 154/84 mmHg on 2026-11-20 12:30.",
        "Heart rate was 154/84 mmHg on 2026-11-21 12:30.",
    ],
)
def test_the_judge_refuses_a_pair_that_its_records_are_not(text: str) -> None:
    items = numbered([result_item(HIGH), result_item(LOW)])
    cites = tuple(item.number for item in items)
    [judged] = verify(Draft(True, (DraftSentence(text, cites),)), EvidenceSet(items, ()))
    assert judged.support == "unverified"
