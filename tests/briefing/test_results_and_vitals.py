"""Results go from the value before to the latest; vital signs are one line a sign."""

from __future__ import annotations

import pytest

from pipelines.briefing.brief import brief
from tests.briefing.conftest import (
    DAY_BEFORE,
    MORNING,
    NIGHT,
    RESULTS,
    VITALS,
    MakeChart,
    heart_rate,
    lines,
    observation,
    potassium,
    section,
)


def test_a_result_goes_from_the_value_before_to_the_latest(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(DAY_BEFORE, 4.4), potassium(MORNING, 5.9))
    assert lines(chart, RESULTS) == [
        "Potassium 4.4 → 5.9 mmol/L (high, range 3.5\u20135.1), "
        "2026-11-21 05:00 → 2026-11-22 05:30, change +1.5"
    ]


def test_the_change_cites_both_results_the_latest_first(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(DAY_BEFORE, 4.4), potassium(MORNING, 5.9))
    (line,) = section(brief(chart, 24), RESULTS).lines
    assert line.support == "computed"
    assert [citation.quote for citation in line.citations] == ["5.9", "4.4"]


def test_a_worst_value_that_has_got_better_is_still_told(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(NIGHT, 6.9), potassium(MORNING, 5.0))
    assert lines(chart, RESULTS) == [
        "Potassium 6.9 (critical high by site policy, range 3.5\u20135.1) → 5.0 mmol/L (in range), "
        "2026-11-22 02:00 → 05:30, change -1.9"
    ]


def test_critical_comes_first_then_the_newer_day_then_the_farthest_out(chart_of: MakeChart) -> None:
    def limits(low: float, high: float) -> list[dict[str, object]]:
        return [{"low": {"value": low}, "high": {"value": high}}]

    evening, critical = "2026-11-21T20:00:00+00:00", [{"coding": [{"code": "HH"}]}]
    chart = chart_of(
        observation("2951-2", "Sodium", MORNING, 139, "mmol/L"),
        observation("2075-0", "Chloride", evening, 120, "mmol/L", referenceRange=limits(98, 107)),
        observation("718-7", "Hemoglobin", MORNING, 8.0, "g/dL", referenceRange=limits(12, 16)),
        observation("2160-0", "Creatinine", NIGHT, 2.1, "mg/dL", referenceRange=limits(0.6, 1.2)),
        observation("2524-7", "Lactate", evening, 7.1, "mmol/L", interpretation=critical),
    )
    assert [line.split()[0] for line in lines(chart, RESULTS)] == [
        "Lactate", "Creatinine", "Hemoglobin", "Chloride", "Sodium",
    ]  # fmt: skip


def test_a_number_of_many_decimals_is_shown_short_and_quoted_whole(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(DAY_BEFORE, 4.35123456), potassium(MORNING, 4.71987654))
    (line,) = section(brief(chart, 24), RESULTS).lines
    assert line.text.startswith("Potassium 4.35 → 4.72 mmol/L (in range)")
    assert line.text.endswith("change +0.37")
    assert [citation.quote for citation in line.citations] == ["4.71987654", "4.35123456"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        pytest.param({"referenceRange": []}, "(high, site policy 3.5\u20135.1)", id="site policy"),
        pytest.param(
            {"referenceRange": [{"high": {"value": 7}}]}, "(in range)", id="own range wins"
        ),
        pytest.param(
            {"interpretation": [{"coding": [{"code": "N"}]}]}, "(in range)", id="laboratory wins"
        ),
        pytest.param(
            {"referenceRange": [{"low": {"value": 3.5}, "high": {"value": 5.1}}]},
            "(high, range 3.5\u20135.1)",
            id="own range",
        ),
    ],
)
def test_a_flag_says_what_it_rests_on(
    chart_of: MakeChart, more: dict[str, object], said: str
) -> None:
    (line,) = lines(chart_of(potassium(MORNING, 5.9, **more)), RESULTS)
    assert line == f"Potassium 5.9 mmol/L {said}, 2026-11-22 05:30"


@pytest.mark.parametrize(
    ("loinc", "name", "unit"),
    [
        pytest.param("2823-3", "Potassium", "mg/dL", id="another unit"),
        pytest.param("99999-0", "Something rare", "mmol/L", id="unknown analyte"),
        pytest.param("2823-3", "Potassium", None, id="no unit"),
    ],
)
def test_what_no_table_knows_is_no_range_never_normal(
    chart_of: MakeChart, loinc: str, name: str, unit: str | None
) -> None:
    (line,) = lines(chart_of(observation(loinc, name, MORNING, 5.9, unit)), RESULTS)
    assert "(no range)" in line


def test_the_site_table_is_for_adults(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(MORNING, 5.9, referenceRange=[]), birth_date="2020-01-01")
    assert "(no range)" in lines(chart, RESULTS)[0]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        pytest.param({"value": 0.5, "comparator": "<", "unit": "mmol/L"}, "<0.5", id="below"),
        pytest.param({"value": 20, "comparator": ">", "unit": "mmol/L"}, ">20", id="above"),
    ],
)
def test_a_censored_value_has_no_change(
    chart_of: MakeChart, value: dict[str, object], said: str
) -> None:
    new = potassium(MORNING, 1.0)
    new["valueQuantity"] = value
    (line,) = lines(chart_of(potassium(DAY_BEFORE, 4.4), new), RESULTS)
    assert f"Potassium {said} mmol/L" in line
    assert "→" not in line


def test_a_text_result_stands_as_it_is_written(chart_of: MakeChart) -> None:
    culture = observation("600-7", "Blood culture", MORNING, "Gram positive cocci in clusters")
    chart = chart_of(culture)
    assert lines(chart, "Microbiology") == [
        "Blood culture (final): Gram positive cocci in clusters, taken 2026-11-22 05:30"
    ]
    assert not lines(chart, RESULTS), "a culture stands once"


def test_a_change_of_unit_is_no_change_of_value(chart_of: MakeChart) -> None:
    chart = chart_of(
        observation("2160-0", "Creatinine", DAY_BEFORE, 88, "umol/L"),
        observation("2160-0", "Creatinine", MORNING, 2.1, "mg/dL"),
    )
    assert "→" not in lines(chart, RESULTS)[0]


def test_many_quiet_results_are_counted_not_listed(chart_of: MakeChart) -> None:
    rare = [observation(f"9000{n}-0", f"Analyte {n}", MORNING, n, "u") for n in range(30)]
    found = lines(chart_of(*rare), RESULTS)
    assert [line.count(";") for line in found] == [9, 9, 3, 0]
    assert all(line.startswith("No range given, 2026-11-22 05:30: ") for line in found[:-1])
    assert found[-1] == "6 more results of this window without a flag"


def test_sixty_readings_are_one_line(chart_of: MakeChart) -> None:
    readings = [heart_rate(f"2026-11-22T04:{m:02}:00+00:00", 70 + m % 7) for m in range(60)]
    assert lines(chart_of(*readings), VITALS) == [
        "Heart rate 70\u201376 /min in 60 readings, highest 2026-11-22 04:55, "
        "last 73 (in range, NEWS2 51\u201390) 04:59"
    ]


def test_a_vital_sign_out_of_range_tells_the_extreme_and_the_last(chart_of: MakeChart) -> None:
    chart = chart_of(heart_rate(DAY_BEFORE, 80), heart_rate(NIGHT, 134), heart_rate(MORNING, 112))
    assert lines(chart, VITALS) == [
        "Heart rate 112\u2013134 /min in 2 readings, highest 134 "
        "(critical high, NEWS2 51\u201390) 2026-11-22 02:00, last 112 05:30"
    ]


def test_a_low_extreme_is_the_minimum(chart_of: MakeChart) -> None:
    chart = chart_of(heart_rate(NIGHT, 38), heart_rate(MORNING, 70))
    (line,) = section(brief(chart, 24), VITALS).lines
    assert "lowest 38 (critical low, NEWS2 51\u201390) 2026-11-22 02:00, last 70 05:30" in line.text
    assert line.why.startswith("minimum over 2")
    assert line.citations[0].quote == "38"


def test_a_whole_stay_claims_no_range_it_does_not_cite(chart_of: MakeChart) -> None:
    readings = [
        heart_rate(
            f"2026-11-{10 + n // 24:02}T{n % 24:02}:00:00+00:00", 60 + n % 20 + 90 * (n == 7)
        )
        for n in range(200)
    ]
    found = section(brief(chart_of(*readings), None), VITALS).lines
    assert [len(line.citations) for line in found] == [1, 1]
    assert "157" in found[0].text


def test_news2_is_not_for_children(chart_of: MakeChart) -> None:
    chart = chart_of(heart_rate(MORNING, 134), birth_date="2019-01-01")
    assert lines(chart, VITALS) == ["Heart rate 134 /min (no range), 2026-11-22 05:30"]


def test_a_result_without_category_is_taken_for_what_it_is(chart_of: MakeChart) -> None:
    chart = chart_of(
        {**potassium(MORNING, 5.9), "category": []}, {**heart_rate(MORNING, 134), "category": []}
    )
    assert lines(chart, RESULTS)[0].startswith("Potassium 5.9 mmol/L (high")
    assert lines(chart, VITALS)[0].startswith("Heart rate 134 /min (critical high")


@pytest.mark.parametrize("status", ["preliminary", "registered", "corrected", "amended"])
def test_a_result_that_is_not_final_or_was_changed_says_so(
    chart_of: MakeChart, status: str
) -> None:
    chart = chart_of(potassium(MORNING, 5.9, status=status), heart_rate(MORNING, 80))
    assert f"{status})" in lines(chart, RESULTS)[0]


def test_a_preliminary_result_is_not_the_one_before_its_final_one(chart_of: MakeChart) -> None:
    chart = chart_of(
        potassium(DAY_BEFORE, 4.4), potassium(MORNING, 6.4, status="preliminary"),
        potassium(MORNING, 5.9),
    )  # fmt: skip
    assert lines(chart, RESULTS)[0].startswith("Potassium 4.4 → 5.9")


def test_a_result_filed_twice_is_not_its_own_predecessor(chart_of: MakeChart) -> None:
    chart = chart_of(potassium(DAY_BEFORE, 4.4), potassium(MORNING, 5.9), potassium(MORNING, 5.9))
    assert lines(chart, RESULTS)[0].startswith("Potassium 4.4 → 5.9")
