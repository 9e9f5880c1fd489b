"""Lists of several records in one sentence; computed items; what is said as one measurement."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.answers.verify.verify import verify
from pipelines.records.answers import Computation, Statement
from pipelines.records.evidence import Evidence, EvidenceSet
from tests.answers.hand_made import (
    EARLIER_POTASSIUM,
    GLUCOSE,
    POTASSIUM,
    SODIUM,
    drafted,
    evidence,
    fact,
    lab,
    only,
)


def drug(name: str, how: str, status: str = "active") -> Evidence:
    line = f"{name} tablet, {how}; {status} order since 2024-03-01."
    return fact("medication", f"{name} tablet", line, "2024-03-01", status=status)


METFORMIN = drug("Metformin 500 mg", "500 mg by mouth twice daily")
ATORVASTATIN = drug("Atorvastatin 40 mg", "40 mg by mouth at bedtime, for Hyperlipidemia")
WARFARIN = drug("Warfarin 5 mg", "5 mg by mouth daily", "stopped")
PENICILLIN = fact("allergy", "Penicillin", "Allergy: Penicillin (reaction Rash; active).",
                  status="active")  # fmt: skip
SHELLFISH = fact("allergy", "Shellfish", "Allergy: Shellfish (reaction Anaphylaxis; active).",
                 status="active")  # fmt: skip
CHART = evidence(
    METFORMIN, ATORVASTATIN, WARFARIN, PENICILLIN, SHELLFISH, POTASSIUM, SODIUM, GLUCOSE,
    EARLIER_POTASSIUM,
)  # fmt: skip


def judged(text: str, *cites: int, over: EvidenceSet = CHART) -> Statement:
    return only(verify(drafted(text, *cites), over))


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("The patient takes metformin 500 mg twice daily and atorvastatin 40 mg at bedtime.",
         (1, 2)),
        ("Active medications include metformin 500 mg and atorvastatin 40 mg.", (2, 1)),
        ("Metformin and atorvastatin are both active.", (1, 2)),
        ("The only active medications are metformin and atorvastatin.", (1, 2)),
        ("The patient is allergic to penicillin and shellfish.", (4, 5)),
        ("Allergies are penicillin (rash) and shellfish (anaphylaxis).", (4, 5)),
        ("Potassium was 5.9 mmol/L and sodium was 139 mmol/L on 2026-11-22.", (6, 7)),
        ("Potassium was 4.4 mmol/L on 2026-11-20 and 5.9 mmol/L on 2026-11-22.", (9, 6)),
        ("Potassium was 4.4 mmol/L and then 5.9 mmol/L.", (9, 6)),
    ],
)  # fmt: skip
def test_list_whose_every_part_has_its_record_is_supported_by_all(
    text: str, cites: tuple[int, ...]
) -> None:
    statement = judged(text, *cites)
    assert statement.support == "supported", statement.why
    assert len(statement.citations) == len(cites)


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("The patient takes metformin 40 mg and atorvastatin 500 mg.", (1, 2)),
        ("The patient takes metformin 500 mg and rosuvastatin 40 mg.", (1, 2)),
        ("The patient takes metformin and warfarin.", (1, 3)),
        ("Metformin and warfarin are both active.", (1, 3)),
        ("Metformin and atorvastatin were both stopped.", (1, 2)),
        ("The only active medications are metformin 500 mg.", (1,)),
        ("The only allergies are penicillin and latex.", (4, 5)),
        ("Allergies are penicillin (anaphylaxis) and shellfish (rash).", (4, 5)),
        ("The patient is allergic to penicillin, shellfish and latex.", (4, 5)),
        ("Potassium was 139 mmol/L and sodium was 5.9 mmol/L.", (6, 7)),
        ("Potassium was 5.9 mmol/L and glucose was 182 mg/dL on 2026-11-22.", (6, 8)),
        ("Potassium was 5.9 mmol/L because sodium was 139 mmol/L.", (6, 7)),
        ("Potassium was 5.9 mmol/L and then 4.4 mmol/L.", (6, 9)),
        ("The patient does not take metformin and atorvastatin.", (1, 2)),
        ("The patient takes metformin and atorvastatin for hyperlipidemia.", (1, 2)),
    ],
)
def test_list_with_a_part_that_no_record_carries_is_withheld(
    text: str, cites: tuple[int, ...]
) -> None:
    statement = judged(text, *cites)
    assert statement.support == "unverified", statement.why
    assert statement.citations == ()


def test_only_in_a_list_needs_all_of_that_kind_in_evidence_that_is_whole() -> None:
    text = "The only active medications are metformin and atorvastatin."
    other = drug("Lisinopril 10 mg", "10 mg by mouth daily")
    over = evidence(METFORMIN, ATORVASTATIN, other)
    assert judged(text, 1, 2, over=over).support == "unverified"
    assert judged(text, 1, 2, over=replace(CHART, is_whole=False)).support == "unverified"


def computed(line: str, operation: Computation, *inputs: int) -> EvidenceSet:
    made = Evidence(9, "computed", line, "computed", None, line, "x", None, None, operation, inputs)
    return EvidenceSet((*evidence(POTASSIUM, EARLIER_POTASSIUM, SODIUM).items, made), ())


MEAN = computed("The mean of 2 potassium results was 5.15 mmol/L.",
                Computation("mean", 5.15, "mmol/L"), 1, 2)  # fmt: skip
HIGHEST = computed("The highest potassium was 5.9 mmol/L on 2026-11-22.",
                   Computation("maximum", 5.9, "mmol/L"), 1, 2)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("The mean potassium was 5.15 mmol/L.", MEAN),
        ("The average of the 2 potassium results was 5.15 mmol/L.", MEAN),
        ("The highest potassium was 5.9 mmol/L on 2026-11-22.", HIGHEST),
        ("Potassium peaked at 5.9 mmol/L.", HIGHEST),
    ],
)
def test_sentence_by_a_computed_item_cites_the_records_behind_it(
    text: str, over: EvidenceSet
) -> None:
    statement = judged(text, 9, over=over)
    assert statement.support == "computed", statement.why
    assert [c.resource for c in statement.citations] == [i.resource for i in over.items[:2]]


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("The mean potassium was 5.2 mg/dL.", MEAN),
        ("The mean sodium was 5.15 mmol/L.", MEAN),
        ("The highest potassium was 5.15 mmol/L.", MEAN),
        ("The mean potassium was 5.15 mmol/L on 2026-11-22.", MEAN),
        ("The lowest potassium was 5.9 mmol/L.", HIGHEST),
        ("The mean potassium was 5.15 mmol/L, which is safe.", MEAN),
        ("The mean potassium was not 5.15 mmol/L.", MEAN),
        ("The mean of 2 potassium results was 5.4 mmol/L.",
         computed("The mean of 2 potassium results was 5.4 mmol/L.",
                  Computation("mean", 5.4, "mmol/L"), 1, 2)),
        ("The mean potassium was 5.15 mmol/L.",
         computed("The mean of 2 potassium results was 5.15 mmol/L.",
                  Computation("mean", 5.15, "mmol/L"), 1, 7)),
    ],
)  # fmt: skip
def test_sentence_that_a_computed_item_does_not_give_is_withheld(
    text: str, over: EvidenceSet
) -> None:
    assert judged(text, 9, over=over).support == "unverified"


def pressure(name: str, concept: str, value: float, when: str) -> Evidence:
    made = lab(name, value, "mmHg", when)
    assert made.fact is not None
    return replace(made, kind="vital", fact=replace(made.fact, kind="vital", concept=concept))


def test_blood_pressure_in_other_words_stands_in_two_results_of_one_moment() -> None:
    at, other = "2026-11-21T12:30:00+00:00", "2026-11-21T09:00:00+00:00"
    one = pressure("Systolic blood pressure", "systolic_bp", 154.0, at)
    two = pressure("Diastolic blood pressure", "diastolic_bp", 84.0, at)
    apart = pressure("Diastolic blood pressure", "diastolic_bp", 70.0, other)
    over = evidence(one, two, apart)
    said = judged("The BP was 154/84 mmHg on November 21, 2026 at 12:30.", 1, 2, over=over)
    assert (said.support, len(said.citations)) == ("supported", 2), said.why
    assert judged("The BP was 154/70 mmHg on 2026-11-21.", 1, 3, over=over).support == "unverified"
    assert judged("The BP was 84/154 mmHg.", 1, 2, over=over).support == "unverified"
