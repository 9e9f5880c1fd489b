"""The vocabulary: every name leads to its own entry, in a question and in a chart's own names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.terms import concepts, drug_classes, spelling, vocabulary
from pipelines.terms.words import as_words

ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
SNOMED = "http://snomed.info/sct"
CVX = "http://hl7.org/fhir/sid/cvx"
ENTRIES = tuple(vocabulary.load().by_key.values())


@given(st.sampled_from(ENTRIES))
@settings(max_examples=300, deadline=None)
def test_each_name_that_may_be_said_leads_to_its_own_entry(entry: vocabulary.Entry) -> None:
    for name in entry.said:
        assert entry in vocabulary.entries_said(name)


@given(st.sampled_from(ENTRIES))
@settings(max_examples=300, deadline=None)
def test_each_name_is_found_in_a_chart_that_writes_it(entry: vocabulary.Entry) -> None:
    for name in entry.names:
        if not entry.excluded & set(name.split()):
            assert entry.key in vocabulary.entries_in(f"{name.title()} 10 MG [X]")


@pytest.mark.parametrize("concept", concepts.load().by_key.values(), ids=lambda c: str(c.key))
def test_each_name_of_a_concept_leads_to_it_or_shares_it(concept: concepts.Concept) -> None:
    assert all(concept.key in concepts.load().named[name] for name in concept.names)


def test_the_tables_are_as_large_as_they_claim_to_be() -> None:
    counts = {kind: sum(e.kind == kind for e in ENTRIES) for kind in vocabulary.KINDS}
    assert counts["drug"] >= 300
    assert counts["problem"] >= 120
    assert counts["procedure"] >= 80
    assert counts["vaccine"] >= 20
    assert len(drug_classes.load()) >= 45


def test_no_code_of_a_drug_or_procedure_means_two_entries() -> None:
    by_code = vocabulary.load().by_code
    twice = {c: k for c, k in by_code.items() if len(k) > 1 and c[0] == "rxnorm"}
    assert twice == {}


def test_every_drug_of_a_product_is_an_entry() -> None:
    known = vocabulary.load().by_key
    assert [e.key for e in ENTRIES for part in e.parts if f"drug:{part}" not in known] == []


@pytest.mark.parametrize(
    ("display", "holds", "lacks"),
    [
        pytest.param("Acetaminophen 325 MG Oral Tablet [Tylenol]", "drug:acetaminophen", "",
                     id="brand"),
        pytest.param("Paracetamol 500 mg tablet", "drug:acetaminophen", "", id="international"),
        pytest.param("Piperacillin/Tazobactam", "drug:piperacillin + tazobactam", "", id="product"),
        pytest.param("Percocet 5/325", "drug:oxycodone", "", id="drug-of-a-product"),
        pytest.param("Oxycodone 5 mg tablet", "drug:oxycodone",
                     "drug:oxycodone + acetaminophen", id="one-drug-is-no-product"),
        pytest.param("Pulmonary hypertension", "problem:pulmonary hypertension",
                     "problem:hypertension", id="another-thing"),
        pytest.param("Supraventricular tachycardia", "problem:supraventricular tachycardia",
                     "problem:ventricular tachycardia", id="longer-word"),
        pytest.param("Parkinson\u2019s disease (disorder)", "problem:parkinson disease", "",
                     id="possessive"),
        pytest.param("HCV RNA (MS method)", "problem:hepatitis c", "problem:multiple sclerosis",
                     id="spoken-only"),
    ],
)  # fmt: skip
def test_an_entry_is_found_by_its_names_unless_a_word_makes_it_another(
    display: str, holds: str, lacks: str
) -> None:
    found = vocabulary.entries_in(display)
    assert holds in found
    assert lacks not in found


@pytest.mark.parametrize(
    ("system", "code", "meant"),
    [
        pytest.param(ICD10, "I10", "problem:hypertension", id="icd"),
        pytest.param(ICD10, "E11.22", "problem:type 2 diabetes mellitus", id="icd-below"),
        pytest.param("urn:x:diagnosis-icd10", "I509", "problem:heart failure", id="own-export"),
        pytest.param(SNOMED, "44054006", "problem:type 2 diabetes mellitus", id="snomed"),
        pytest.param(RXNORM, "6809", "drug:metformin", id="rxnorm"),
        pytest.param(CVX, "08", "vaccine:hepatitis b vaccine", id="cvx-with-zero"),
        pytest.param("urn:local", "I10", None, id="unknown-system"),
        pytest.param(ICD10, None, None, id="no-code"),
    ],
)
def test_a_code_means_its_entry(system: str, code: str | None, meant: str | None) -> None:
    found = vocabulary.entries_coded(system, code)
    assert meant in found if meant else found == ()


@pytest.mark.parametrize(
    ("drug", "of", "not_of"),
    [
        pytest.param("Lasix 40 mg", "loop_diuretic", "thiazide", id="brand"),
        pytest.param("Salbutamol inhaler", "bronchodilator", "steroid", id="international"),
        pytest.param("Jardiance", "sglt2_inhibitor", "glp1_agonist", id="sglt2"),
        pytest.param("Rocuronium", "paralytic", "muscle_relaxant", id="paralytic"),
        pytest.param("Nystatin suspension", "antifungal", "statin", id="not-by-ending"),
        pytest.param("Aripiprazole 5 mg", "antipsychotic", "ppi", id="not-by-ending-either"),
        pytest.param("Enoxaparin", "anticoagulant", "doac", id="class-in-class"),
        pytest.param("Bactrim DS", "sulfonamide_antibiotic", "diuretic", id="product"),
    ],
)
def test_a_drug_is_of_its_class_under_every_name(drug: str, of: str, not_of: str) -> None:
    found = drug_classes.classes_of(drug)
    assert of in found
    assert not_of not in found


@pytest.mark.parametrize(
    ("word", "meant", "between"),
    [
        pytest.param("metropolol", "metoprolol", (), id="two-letters"),
        pytest.param("potasium", "potassium", (), id="result"),
        pytest.param("kidny", "kidney", (), id="short"),
        pytest.param("hydrazine", None, ("hydralazine", "hydroxyzine"), id="look-alikes"),
        pytest.param("prednisolne", None, ("prednisolone", "prednisone"), id="near-look-alikes"),
    ],
)
def test_a_misspelt_word_is_put_right_or_left_between_look_alikes(
    word: str, meant: str | None, between: tuple[str, ...]
) -> None:
    assert spelling.nearest(word) == spelling.Spelling(meant, between)


@given(
    st.sampled_from(sorted({w for pair in spelling.lookalikes() for n in pair for w in n.split()}))
)
@settings(max_examples=200, deadline=None)
def test_a_drug_that_is_spelt_rightly_is_never_corrected(word: str) -> None:
    assert spelling.nearest(word, frozenset({word[:-1] + "x"})) is None


@pytest.mark.parametrize("word", ["yesterday", "roommate", "breakfast", "12345", "was"])
def test_other_words_stay_what_they_are(word: str) -> None:
    assert spelling.nearest(word) is None


def test_words_of_names_are_one_whatever_their_signs() -> None:
    assert as_words("Alzheimer's disease, late-onset") == as_words("ALZHEIMER disease late onset")
