"""Larger than expected variation: the formulas, what may be compared, and each refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.records.facts import Fact
from pipelines.terms.scores import rcv
from tests.pages.made import result

# Worked values of the reference functions that the clinical facts of this project rest on.
SYMMETRIC = [(0.5, 0.7, 2.4), (4.5, 2.2, 13.9)]
LOG = [(34.1, 4.0, 152, -60), (4.5, 2.2, 14.9, -13.0)]


@pytest.mark.parametrize(("cvi", "cva", "percent"), SYMMETRIC)
def test_the_symmetric_value_is_the_published_one(cvi: float, cva: float, percent: float) -> None:
    assert rcv.symmetric_percent(cvi, cva) == pytest.approx(percent, abs=0.05)


@pytest.mark.parametrize(("cvi", "cva", "up", "down"), LOG)
def test_the_log_form_rises_further_than_it_falls(
    cvi: float, cva: float, up: float, down: float
) -> None:
    assert rcv.log_percent(cvi, cva) == pytest.approx((up, down), abs=0.5)


@pytest.mark.parametrize(("cvi", "is_log"), [(14.9, False), (15.0, True), (34.1, True)])
def test_skewed_analytes_take_the_log_form(cvi: float, is_log: bool) -> None:
    up, down = rcv.limits_percent(rcv.Variation(("mg/L",), cvi, 3.0))
    assert (up > -down + 0.01) is is_log


def creatinine(hours: float, value: float, **changes: object) -> Fact:
    given_ = {"code_key": "http://loinc.org|2160-0", "concept": "creatinine", "unit": "mg/dL",
              "display": "Creatinine", "resource": f"Observation/c{hours:g}"}  # fmt: skip
    return result(hours, value, **(given_ | changes))


@pytest.mark.parametrize(
    ("second", "found"),
    [
        pytest.param(creatinine(24, 1.14), 1, id="14 percent up"),
        pytest.param(creatinine(24, 1.13), 0, id="13 percent up"),
        pytest.param(creatinine(24, 0.86), 1, id="14 percent down"),
        pytest.param(creatinine(24 * 7, 2.0), 1, id="seven days apart"),
        pytest.param(creatinine(24 * 7 + 1, 2.0), 0, id="more than seven days apart"),
        pytest.param(creatinine(24, 2.0, comparator="<"), 0, id="only a bound"),
        pytest.param(creatinine(24, 2.0, unit="umol/L"), 0, id="another unit"),
        pytest.param(creatinine(24, 2.0, unit="furlong"), 0, id="a unit of no table"),
        pytest.param(creatinine(24, 2.0, code_key="x|y", concept=None), 0, id="unknown analyte"),
        pytest.param(creatinine(24, 2.0, specimen="Specimen/urine"), 0, id="another specimen"),
        pytest.param(creatinine(0, 2.0), 0, id="the same moment"),
    ],
)
def test_only_results_that_can_be_compared_are(second: Fact, found: int) -> None:
    kinds = {"Specimen/urine": "urine"}
    assert len(rcv.larger_changes([creatinine(0, 1.0), second], kinds)) == found


def test_two_specimens_of_one_kind_are_compared() -> None:
    kinds = {"Specimen/1": "Blood, venous", "Specimen/2": "Blood, venous"}
    pair = [creatinine(0, 1.0, specimen="Specimen/1"), creatinine(9, 2.0, specimen="Specimen/2")]
    assert len(rcv.larger_changes(pair, kinds)) == 1
    assert rcv.larger_changes(pair, kinds | {"Specimen/2": "Urine"}) == ()


def test_the_step_names_both_results_and_the_limit_it_passes() -> None:
    (step,) = rcv.larger_changes([creatinine(0, 1.0), creatinine(24, 2.0)])
    assert (step.resource, step.earlier_resource) == ("Observation/c24", "Observation/c0")
    assert (step.is_rise, step.change_percent, step.earlier_value) == (True, 100.0, "1.0")
    assert step.up_percent == pytest.approx(13.88, abs=0.01)


def test_an_hba1c_in_mmol_mol_has_an_offset_and_is_left_out() -> None:
    a1c = replace(creatinine(0, 5.0), code_key="http://loinc.org|4548-4", concept="hba1c", unit="%")
    later = replace(creatinine(24, 9.0), code_key=a1c.code_key, concept="hba1c", unit="%")
    assert len(rcv.larger_changes([a1c, later])) == 1
    in_si = [replace(fact, unit="mmol/mol") for fact in (a1c, later)]
    assert rcv.larger_changes(in_si) == ()


@given(st.floats(0.1, 50), st.floats(0.1, 50), st.floats(0.01, 1000))
def test_whether_a_step_is_larger_does_not_depend_on_the_unit(
    first: float, second: float, factor: float
) -> None:
    pair = [creatinine(0, first), creatinine(5, second)]
    scaled = [replace(fact, value=(fact.value or 0) * factor, unit="umol/L") for fact in pair]
    percent = 100 * (second - first) / first
    if min(abs(abs(percent) - limit) for limit in (13.88421722,)) > 1e-3:
        assert len(rcv.larger_changes(pair)) == len(rcv.larger_changes(scaled))
