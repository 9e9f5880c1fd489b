"""The vocabulary: codes before names, unknown stays unknown, no name with two meanings."""

from __future__ import annotations

import pytest

from pipelines.terms import concepts

LOINC = "http://loinc.org"
CLIF = "urn:clif:lab_category"


@pytest.mark.parametrize(
    ("codings", "display", "meant"),
    [
        pytest.param(((LOINC, "2823-3"),), "Potassium", "potassium", id="serum-code"),
        pytest.param(((LOINC, "6298-4"),), "Potassium", "potassium", id="synthea-blood-code"),
        pytest.param(((CLIF, "bun"),), "Urea Nitrogen", "bun", id="local-code"),
        pytest.param((), "WBC Auto (Bld) [#/Vol]", "wbc", id="name-alone"),
        pytest.param(
            (), "Leukocytes [#/\u200bvolume] in Blood by Automated count", "wbc", id="loinc-name"
        ),
        pytest.param((), "PULSE", "heart_rate", id="capitals"),
        pytest.param(
            ((LOINC, "2350-7"),), "Glucose", None, id="a-loinc-code-unknown-lends-no-meaning"
        ),
        pytest.param(
            (), "Glucose [Mass/volume] in Urine by Test strip", "urine_glucose", id="urine"
        ),
        pytest.param(((LOINC, "85354-9"),), "Blood pressure", None, id="a-panel-is-no-analyte"),
        pytest.param((("http://snomed.info/sct", "sodium"),), None, None, id="not-a-local-system"),
        pytest.param((), None, None, id="nothing"),
    ],
)
def test_a_concept_is_told_by_code_before_name(
    codings: tuple[tuple[str | None, str | None], ...], display: str | None, meant: str | None
) -> None:
    assert concepts.concept_of(codings, display) == meant


def test_no_code_means_two_things() -> None:
    table = concepts.load().by_key.values()
    codes = [code for concept in table for code in (*concept.loinc, *concept.local)]
    assert sorted(codes) == sorted(set(codes))


def test_names_are_lower_case_and_members_of_panels_exist() -> None:
    table = concepts.load().by_key
    for concept in table.values():
        assert all(name == name.lower() for name in concept.names), concept.key
        assert all(member in table for member in concept.members), concept.key


def test_title_of_an_unknown_key_is_the_key() -> None:
    assert concepts.title("some_thing") == "some thing"
    assert concepts.title("potassium") == "Potassium"
