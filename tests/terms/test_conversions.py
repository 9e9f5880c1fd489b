"""Units of a trend: what may be converted says how and from where; what may not says why."""

from __future__ import annotations

import pytest

from pipelines.desk.trend_units import drawn_units, other_units
from pipelines.records.facts import ReferenceRange
from pipelines.terms.conversions import conversion, targets
from pipelines.terms.scores.scales import scale_of
from tests.pages.made import result

CREATININE = {"code_key": "http://loinc.org|2160-0", "concept": "creatinine", "unit": "mg/dL"}


@pytest.mark.parametrize(
    ("asked", "numbers", "source"),
    [
        (("mg/dL", "umol/L", "creatinine"), (1.0, 88.4), "LOINC 2160-0, 113.12 g/mol"),
        (("umol/L", "mg/dL", "creatinine"), (88.4, 1.0), "LOINC 2160-0, 113.12 g/mol"),
        (("mg/dL", "mmol/L", "glucose"), (100.0, 5.551), "LOINC 2345-7"),
        (("%", "mmol/mol", "hba1c"), (6.5, 47.545), "NGSP master equation"),
        (("Cel", "[degF]", None), (37.0, 98.6), "definition of the units"),
        (("meq/L", "mmol/L", "potassium"), (4.1, 4.1), "ion of one charge"),
    ],
)
def test_a_conversion_states_its_factor_and_source(
    asked: tuple[str, str, str | None], numbers: tuple[float, float], source: str
) -> None:
    unit, value, made = asked[0], *numbers
    how = conversion(*asked)
    assert how is not None
    assert how.apply(value) == pytest.approx(made)
    assert source in how.said
    assert f"{unit} \u00d7 " in how.said


@pytest.mark.parametrize(
    ("unit", "to_unit", "concept"),
    [
        pytest.param("meq/L", "mmol/L", "calcium", id="an ion of two charges"),
        pytest.param("mg/dL", "umol/L", None, id="unknown analyte"),
        pytest.param(None, "umol/L", "creatinine", id="no unit"),
        pytest.param("K/uL", "Cel", "wbc", id="thousands are no kelvin"),
    ],
)
def test_what_has_no_factor_is_not_converted(
    unit: str | None, to_unit: str, concept: str | None
) -> None:
    assert conversion(unit, to_unit, concept) is None


def test_only_other_units_are_offered() -> None:
    assert targets("mg/dL", "creatinine") == ("umol/L",)
    assert other_units("umol/L", "creatinine") == ("mg/dL",)
    assert other_units("10*3/uL", "wbc") == ()
    assert other_units(None, "creatinine") == ()


def test_a_wish_converts_value_and_range_and_is_noted() -> None:
    fact = result(1, 2.0, reference_range=ReferenceRange(0.5, None), **CREATININE)
    ((shown,), (note,)) = drawn_units([fact], {str(fact.code_key): "umol/L"})
    assert (shown.value, shown.unit) == (176.8, "umol/L")
    assert shown.reference_range == ReferenceRange(44.2, None)
    assert note.is_converted
    assert "88.4" in note.said


def test_what_cannot_follow_a_wish_keeps_its_unit_and_says_why() -> None:
    facts = [result(1, 2.0, **CREATININE), result(2, 7.0, **CREATININE | {"unit": None})]
    shown, notes = drawn_units(facts, {str(facts[0].code_key): "umol/L"})
    assert [one.resource for one in shown] == ["Observation/k1"]
    assert [(n.is_converted, n.said) for n in notes][1] == (
        False, "not converted to umol/L: these results carry no unit",
    )  # fmt: skip


def test_spellings_of_one_unit_share_a_series_and_other_units_do_not() -> None:
    facts = [result(1, 4.0, unit="MMOL/L"), result(2, 4.1), result(3, 4.2, unit="mg/dL")]
    shown, notes = drawn_units(facts, {})
    assert [(one.resource, one.value, one.unit) for one in shown] == [
        ("Observation/k1", 4.0, "mmol/L")
    ]
    assert notes == ()


@pytest.mark.parametrize(
    ("code_key", "display", "scale"),
    [
        ("http://loinc.org|9269-2", "Total", (3, 15)),
        ("local|gcs", "gcs", (3, 15)),
        ("local|v", "gcs_verbal", (0, 5)),
        ("local|p", "PHQ-9 total", (0, 27)),
        ("local|n", "NEWS2", (0, 20)),
        ("local|x", "Newsletter", None),
        ("local|y", "gcs protocol", None),
    ],
)
def test_a_score_has_its_whole_scale_and_nothing_else_has(
    code_key: str, display: str, scale: tuple[float, float] | None
) -> None:
    assert scale_of(code_key, display) == scale
