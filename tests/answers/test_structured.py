"""What a record says against a thing is answered "no", with the entry that says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.answers import question
from pipelines.answers.evidence import gather
from pipelines.answers.verify import verify
from pipelines.answers.write_embedded import write
from pipelines.records.answers import Cell
from pipelines.records.chart import Chart
from pipelines.terms.drug_classes import load
from tests.answers.structured_chart import allergies, loaded

Told = tuple[tuple[tuple[Cell, ...], ...], str, list[str]]


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Chart:
    """The chart of `structured_chart`."""
    return loaded(tmp_path_factory.mktemp("structured"), allergies())


def told(chart: Chart, words: str) -> Told:
    """Rows, the shown answer (or the abstention) and the resources it cites."""
    asked = question.understand(words, chart=chart)
    found = gather.gather(chart, asked)
    draft = write.write(asked, found)
    shown = [s for s in verify.verify(draft, found) if s.support != "unverified"]
    cited = [c.resource for s in shown for c in s.citations]
    return draft.values, " ".join(s.text for s in shown) or (draft.abstention or ""), cited


@pytest.mark.parametrize(
    ("words", "said", "cited"),
    [
        pytest.param(
            "Is she allergic to penicillin?", "refuted", "AllergyIntolerance/pen", id="refuted"
        ),
        pytest.param("Is she allergic to latex?", "No allergy to latex", "Patient/p1", id="other"),
        pytest.param(
            "Is lisinopril still active?", "on hold", "MedicationRequest/o1", id="drug-on-hold"
        ),
        pytest.param("Is apixaban active?", "to start", "MedicationRequest/o2", id="not-yet"),
        pytest.param("Is metformin on hold?", "active order", "MedicationRequest/o3", id="active"),
        pytest.param("Is asthma still active?", "resolved", "Condition/c1", id="resolved"),
        pytest.param("Is the pneumonia resolved?", "active", "Condition/c2", id="not-resolved"),
        pytest.param("Does she have pulmonary embolism?", "refuted", "Condition/c3", id="no-pe"),
        pytest.param(
            "Has she had the pneumococcal vaccine?", "Patient declined", "Immunization/i1",
            id="vaccine-not-done",
        ),
        pytest.param("Did she have an arterial line?", "not done", "Procedure/r1", id="line"),
        pytest.param("Is the creatinine rising?", "lower than", "Observation/k3", id="direction"),
    ],
)  # fmt: skip
def test_a_no_says_why_and_cites_what_says_so(
    chart: Chart, words: str, said: str, cited: str
) -> None:
    values, text, resources = told(chart, words)
    assert values == ((0,),)
    assert said in text
    assert resources[0] == cited
    assert not text.startswith("Yes")


def test_an_allergen_that_is_not_listed_comes_with_what_is(chart: Chart) -> None:
    _, text, cited = told(chart, "Does she have a latex allergy?")
    assert "Shellfish" in text
    assert cited == ["Patient/p1", "AllergyIntolerance/fish"]


def test_nothing_is_denied_where_no_allergy_is_current(tmp_path: Path) -> None:
    chart = loaded(tmp_path / "refuted", allergies(refuted_only=True))
    assert told(chart, "Is she allergic to latex?")[0] == ()
    assert told(chart, "Is she allergic to penicillin?")[0] == ((0,),)


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        pytest.param("Is lisinopril on hold?", ((1,),), id="on-hold"),
        pytest.param("Is she allergic to shellfish?", ((1,),), id="allergic"),
        pytest.param("When is apixaban to start?", (("2026-11-22",),), id="planned-start"),
        pytest.param("When was metformin started?", (("2019-05-02",),), id="begun-before-order"),
        pytest.param("How much oxycodone was given?", ((15.0,),), id="sum-of-doses"),
        pytest.param("How much furosemide was given?", (), id="rates-are-not-summed"),
        pytest.param("How much opioid was given?", (), id="two-drugs-are-not-summed"),
        pytest.param("Which antibiotics were given?", (("cefepime",),), id="class"),
        pytest.param("Is she on a statin?", ((1,),), id="class-active"),
        pytest.param(
            "When was simvastatin ordered?", (("2026-11-10 09:00:00",),), id="one-letter-off"
        ),
        pytest.param("What was the highest creatinine?", ((3.1,),), id="two-units"),
        pytest.param("Is the creatinine falling?", ((1,),), id="falling"),
    ],
)
def test_a_structured_question_gets_its_rows(
    chart: Chart, words: str, rows: tuple[tuple[Cell, ...], ...]
) -> None:
    assert told(chart, words)[0] == rows


def test_prednisone_is_not_prednisolone(chart: Chart) -> None:
    _, text, _ = told(chart, "When was prednisone started?")
    assert "Prednisolone" not in text


def test_a_course_tells_a_limit_of_detection_and_the_decimals_of_the_record(chart: Chart) -> None:
    _, text, _ = told(chart, "How did the beta-hydroxybutyrate change?")
    assert "<0.1 mmol/L" in text
    assert "9.2" in text
    assert "1.0 mg/dL" in told(chart, "What was the first creatinine?")[1]


def test_every_culture_is_told_with_its_state(chart: Chart) -> None:
    _, text, cited = told(chart, "What grew in the blood cultures?")
    assert "Escherichia coli" in text
    assert "(preliminary)" in text
    assert cited == ["Observation/bc2", "Observation/bc1"]


@pytest.mark.parametrize(
    ("key", "drug", "held"),
    [
        pytest.param("antibiotic", "Piperacillin-tazobactam 4.5 g", True, id="compound"),
        pytest.param("antibiotic", "Bleomycin", False, id="no-antibiotic"),
        pytest.param("statin", "Nystatin suspension", False, id="no-statin"),
        pytest.param("steroid", "Spironolactone 25 mg", False, id="no-steroid"),
        pytest.param("ppi", "Aripiprazole 5 mg", False, id="no-ppi"),
        pytest.param("beta_blocker", "Carvedilol 6.25 mg tablet", True, id="beta-blocker"),
        pytest.param("sedative", "Lorazepam", True, id="included-class"),
    ],
)
def test_a_drug_is_of_a_class_by_its_name(key: str, drug: str, held: bool) -> None:
    assert load()[key].holds(drug) is held
