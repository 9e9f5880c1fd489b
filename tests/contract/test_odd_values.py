"""Odd values are shown rightly: `<0.5`, ratios, text, unknown units, no date, years to come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.contract.charts import bundle, patient, potassium, write

WHEN = "2026-11-22T05:30:00-05:00"


def asked(chartroom: Run, tmp_path: Path, question: str, *resources: dict[str, Any]) -> dict:
    chartroom("load", str(write(tmp_path / "b.json", bundle(patient(), *resources))))
    ended = chartroom("ask", "p1", question, "--json")
    assert ended.returncode in (0, 5), ended.stderr
    return json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("element", "shown"),
    [
        pytest.param(
            {"valueQuantity": {"value": 0.5, "comparator": "<", "unit": "ng/mL"}},
            "<0.5",
            id="comparator",
        ),
        pytest.param(
            {"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 80}}},
            "1:80",
            id="ratio",
        ),
        pytest.param({"valueString": "haemolysed"}, "haemolysed", id="text"),
        pytest.param(
            {"valueQuantity": {"value": 4.2, "unit": "blobs/fortnight"}},
            "4.2 blobs/fortnight",
            id="unit",
        ),
        pytest.param({"valueCodeableConcept": {"text": "Positive"}}, "Positive", id="coded"),
    ],
)
def test_the_value_is_shown_as_the_record_has_it(
    chartroom: Run, tmp_path: Path, element: dict[str, Any], shown: str
) -> None:
    answer = asked(
        chartroom, tmp_path, "What is the latest potassium?", potassium("k1", element, WHEN)
    )
    assert answer["status"] == "answered"
    assert shown.replace(" ", "") in answer["answer"].replace(" ", "")


def test_an_observation_without_a_date_gets_none(chartroom: Run, tmp_path: Path) -> None:
    answer = asked(chartroom, tmp_path, "latest potassium", potassium("k1", 4.4, None))
    if answer["status"] == "answered":
        assert answer["statements"][0]["citations"][0]["date"] is None
        assert "20" not in answer["answer"].replace("[1]", "")


def test_years_to_come_are_years_like_any_other(chartroom: Run, tmp_path: Path) -> None:
    answer = asked(
        chartroom, tmp_path, "latest potassium", potassium("k1", 4.4, "2189-03-04T05:06:00-05:00")
    )
    assert "2189-03-04 05:06" in answer["answer"]
    assert answer["as_of"].startswith("2189-03-04")


def test_entered_in_error_is_never_a_fact(chartroom: Run, tmp_path: Path) -> None:
    wrong = potassium("k2", 9.9, "2026-11-23T05:30:00-05:00", status="entered-in-error")
    answer = asked(chartroom, tmp_path, "latest potassium", potassium("k1", 4.4, WHEN), wrong)
    assert answer["values"] == [[4.4]]
    assert "9.9" not in answer["answer"]
