"""NEWS2: every edge of every band, what is missing and why, and when there is no score at all."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.records.screening import News2, Reading
from pipelines.terms.scores.news2 import Situation, news2
from tests.terms.scores.made import at, reading

NOW = Situation(at(0), age_years=70, in_hospital=True)
UNITS = {"respiratory_rate": "/min", "spo2": "%", "oxygen_flow": "L/min", "systolic_bp": "mm[Hg]",
         "heart_rate": "/min", "consciousness": None, "temperature": "Cel"}  # fmt: skip
NORMAL: dict[str, float | str] = {
    "respiratory_rate": 16, "spo2": 97, "oxygen_flow": 0, "systolic_bp": 120, "heart_rate": 75,
    "consciousness": "Alert", "temperature": 36.8,
}  # fmt: skip


def scored(changed: dict[str, float | str | None], now: Situation = NOW) -> News2:
    """The score of normal signs with these changed; None takes one out."""
    values = {key: value for key, value in {**NORMAL, **changed}.items() if value is not None}
    return news2({k: [reading(k, v, UNITS[k], -1)] for k, v in values.items()}, now)


@pytest.mark.parametrize(
    ("rr", "spo2", "flow", "sbp", "hr", "mind", "temp", "scale_2", "points", "risk"),
    [
        pytest.param(16, 97, 0, 120, 75, "A", 36.8, False, 0, "low", id="normal"),
        pytest.param(24, 93, 2, 98, 112, "C", 38.6, False, 14, "high", id="septic"),
        pytest.param(16, 97, 0, 90, 75, "A", 36.8, False, 3, "low-medium", id="one sign alone"),
        pytest.param(18, 98, 2, 130, 88, "A", 37.0, True, 5, "medium", id="scale 2, too much O2"),
        pytest.param(18, 90, 2, 130, 88, "A", 37.0, True, 2, "low", id="scale 2, at target"),
        pytest.param(18, 90, 2, 130, 88, "A", 37.0, False, 5, "medium", id="scale 1, same values"),
        pytest.param(18, 95, 0, 130, 88, "A", 37.0, True, 0, "low", id="scale 2 on air"),
        pytest.param(30, 80, 2, 80, 140, "U", 34.0, False, 20, "high", id="the most there is"),
    ],
)
def test_published_cases(  # noqa: PLR0913, PLR0917 - seven signs are a score
    rr: float, spo2: float, flow: float, sbp: float, hr: float, mind: str, temp: float,
    scale_2: bool, points: int, risk: str,
) -> None:  # fmt: skip
    signs = {"respiratory_rate": rr, "spo2": spo2, "oxygen_flow": flow, "systolic_bp": sbp,
             "heart_rate": hr, "consciousness": mind, "temperature": temp}  # fmt: skip
    now = replace(NOW, scale_2="Flag/scale-2" if scale_2 else None)
    made = scored(dict(signs), now)
    assert (made.points, made.risk, made.is_whole) == (points, risk, True)


EDGES = [
    ("respiratory_rate", [(8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3)]),
    ("spo2", [(91, 3), (92, 2), (93, 2), (94, 1), (95, 1), (96, 0)]),
    ("systolic_bp", [(90, 3), (91, 2), (100, 2), (101, 1), (110, 1), (111, 0), (219, 0), (220, 3)]),
    ("heart_rate", [(40, 3), (41, 1), (50, 1), (51, 0), (90, 0), (91, 1), (110, 1), (111, 2),
                    (130, 2), (131, 3)]),
    ("temperature", [(35.0, 3), (35.04, 3), (35.05, 1), (36.0, 1), (36.1, 0), (38.0, 0), (38.1, 1),
                     (39.0, 1), (39.1, 2)]),
    ("oxygen_flow", [(0, 0), (0.5, 2), (15, 2)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sign", "value", "points"), [(sign, v, p) for sign, edges in EDGES for v, p in edges]
)
def test_both_sides_of_each_edge(sign: str, value: float, points: int) -> None:
    assert scored({sign: value}).points == points


@given(st.sets(st.sampled_from(sorted(NORMAL))))
def test_what_is_missing_is_named_and_the_rest_is_a_floor_not_the_score(gone: set[str]) -> None:
    worst = {"respiratory_rate": 30, "spo2": 80, "oxygen_flow": 4, "systolic_bp": 80,
             "heart_rate": 140, "consciousness": "Unresponsive", "temperature": 34}  # fmt: skip
    whole, part = (
        scored(dict(worst)),
        scored({k: None if k in gone else v for k, v in worst.items()}),
    )
    assert len(part.missing) == len(gone)
    assert all(one.missing == "not recorded" for one in part.missing)
    assert (part.points or 0) <= (whole.points or 0)
    assert part.is_whole == (not gone)
    if 0 < len(gone) < 7:
        assert part.text == f"≥ {part.points} from {7 - len(gone)} of 7"
    if gone:
        assert part.risk is None, "a part of the score has no risk band"


def test_no_input_at_all_is_no_zero() -> None:
    made = news2({}, NOW)
    assert (made.points, made.risk, made.text) == (None, None, "no inputs (0 of 7)")


@pytest.mark.parametrize(
    ("hours", "now", "there"),
    [
        pytest.param(-12, NOW, True, id="12 h in hospital"),
        pytest.param(-12.1, NOW, False, id="older in hospital"),
        pytest.param(-5, Situation(at(0), 70), True, id="elsewhere, the same day"),
        pytest.param(-8, Situation(at(0), 70), True, id="elsewhere, the same visit"),
        pytest.param(-30, Situation(at(0), 70), False, id="elsewhere, an older visit"),
    ],
)
def test_an_input_counts_only_while_it_is_fresh(hours: float, now: Situation, there: bool) -> None:
    made = news2({"heart_rate": [reading("heart_rate", 75, "/min", hours)]}, now)
    (pulse,) = [one for one in made.inputs if one.key == "pulse"]
    assert pulse.is_there == there
    if not there:
        assert pulse.missing is not None
        assert "too old" in pulse.missing, "its age is told"
        assert pulse.reading is not None


def test_elsewhere_an_earlier_day_counts_only_with_the_newest_inputs_visit() -> None:
    now = Situation(at(0), 70)
    signs = {
        "heart_rate": [reading("heart_rate", 75, "/min", -1, visit="today")],
        "spo2": [reading("spo2", 90, "%", -9, visit="yesterday")],
    }
    assert [one.key for one in news2(signs, now).present] == ["pulse"]


@pytest.mark.parametrize(
    ("concept", "value", "unit", "points"),
    [
        pytest.param("temperature", 102.4, "[degF]", 2, id="39.1 in Fahrenheit"),
        pytest.param("temperature", 98.6, "°F", 0, id="37.0 in Fahrenheit"),
        pytest.param("fio2", 0.21, None, 0, id="fraction of air"),
        pytest.param("fio2", 21, "%", 0, id="percent of air"),
        pytest.param("fio2", 0.4, "1", 2, id="fraction with oxygen"),
        pytest.param("fio2", 40, "%", 2, id="percent with oxygen"),
        pytest.param("oxygen_flow", "room air", None, 0, id="room air in words"),
        pytest.param("oxygen_flow", "Nasal cannula", None, 2, id="a cannula in words"),
        pytest.param("gcs", 15, "{score}", 0, id="coma score 15"),
        pytest.param("gcs", 14, "{score}", 3, id="coma score 14"),
        pytest.param("consciousness", "Responds to voice", None, 3, id="voice"),
        pytest.param("systolic_bp", 16, "kPa", None, id="kPa is not converted"),
        pytest.param("respiratory_rate", 16, None, None, id="no unit is not guessed"),
        pytest.param("fio2", 40, None, None, id="40 of what"),
        pytest.param("gcs", 2, "{score}", None, id="no coma score"),
        pytest.param("consciousness", "cooperative", None, None, id="words that say nothing of it"),
    ],
)
def test_units_and_words_are_read_or_refused(
    concept: str, value: float | str, unit: str | None, points: int | None
) -> None:
    made = news2({concept: [reading(concept, value, unit, -1)]}, NOW)
    (used,) = [one for one in made.inputs if one.reading is not None]
    assert used.points == points
    if points is None:
        assert used.missing in ("in another unit", "not in words that are known")


def test_oxygen_wins_over_air_of_the_same_moment() -> None:
    signs = {"oxygen_flow": [reading("oxygen_flow", 0, "L/min", -1)],
             "fio2": [reading("fio2", 50, "%", -1)]}  # fmt: skip
    (given_,) = news2(signs, NOW).present
    assert given_.points == 2
    signs["fio2"] = [reading("fio2", 50, "%", -3)]
    (given_,) = news2(signs, NOW).present
    assert given_.points == 0, "the newest decides"


def test_scale_2_without_air_or_oxygen_recorded_has_no_spo2_points() -> None:
    made = scored({"oxygen_flow": None}, replace(NOW, scale_2="Flag/1"))
    assert {one.key: one.missing for one in made.missing} == {
        "oxygen": "not recorded",
        "spo2": "scale 2 needs air or oxygen",
    }


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"age_years": 15}, "not for patients under 16"),
        ({"age_years": None}, "not for a patient whose age is not known"),
        ({"is_pregnant": True}, "not for pregnancy"),
    ],
)
def test_who_has_no_score_is_told_why(changes: dict[str, object], why: str) -> None:
    made = scored({"heart_rate": 140}, replace(NOW, **changes))  # type: ignore[arg-type]
    assert (made.text, made.points) == (why, None)
    assert scored({}, replace(NOW, age_years=16)).points == 0


def test_a_single_sign_of_three_points_is_told() -> None:
    assert scored({"systolic_bp": 85}).single_threes == ("Systolic blood pressure",)
    assert scored({"heart_rate": 115}).single_threes == ()


def test_every_input_names_its_record() -> None:
    made = scored({})
    readings: list[Reading] = [one.reading for one in made.present if one.reading is not None]
    assert len({one.resource for one in readings}) == 7


@pytest.fixture(scope="module")
def oracle(shared: Path) -> ModuleType:
    """The reference functions that came with the brief."""
    path = shared / "clinical" / "ref.py"
    if not path.is_file():
        pytest.skip("the reference functions are not on this machine")
    spec = importlib.util.spec_from_file_location("clinical_ref", path)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@given(
    rr=st.integers(4, 45), spo2=st.integers(70, 100), on_oxygen=st.booleans(),
    sbp=st.integers(60, 250), hr=st.integers(30, 180), mind=st.sampled_from("ACVPU"),
    tenths=st.integers(330, 420), scale_2=st.booleans(),
)  # fmt: skip
def test_it_agrees_with_the_reference(  # noqa: PLR0913, PLR0917 - seven signs are a score
    oracle: ModuleType, rr: int, spo2: int, on_oxygen: bool, sbp: int, hr: int, mind: str,
    tenths: int, scale_2: bool,
) -> None:  # fmt: skip
    temp = tenths / 10
    total, risk, _ = oracle.news2(rr, spo2, on_oxygen, sbp, hr, mind, temp, scale_2)
    signs = {"respiratory_rate": rr, "spo2": spo2, "oxygen_flow": 3 if on_oxygen else 0,
             "systolic_bp": sbp, "heart_rate": hr, "consciousness": mind,
             "temperature": temp}  # fmt: skip
    made = scored(dict(signs), replace(NOW, scale_2="Flag/1" if scale_2 else None))
    assert (made.points, made.risk) == (total, risk)
