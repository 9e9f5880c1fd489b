"""What "this stay" is, for the trend and the timeline alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from pipelines.charts.encounters import last_stay
from pipelines.records.facts import Encounter, Fact
from pipelines.records.moments import Moment

BEGUN = datetime(2026, 11, 20, 6, 0)


def moment(day: int | None) -> Moment | None:
    if day is None:
        return None
    instant = BEGUN + timedelta(days=day)
    return Moment(instant, instant.isoformat() + "Z")


def visit(name: str, start: int | None, end: int | None = None, **changes: object) -> Encounter:
    fact = Fact(resource=name, kind="encounter", display=name, path="id", quote=name)
    given: dict[str, Any] = {
        "class_code": "IMP", "class_display": None, "type_display": None, "status": "finished",
        "part_of": None, "reason": None, "admission_type": None, "admit_source": None,
        "discharge_disposition": None, "location": None, "is_icu": False, "is_hospital": True,
    }  # fmt: skip
    return Encounter(fact=fact, start=moment(start), end=moment(end), **(given | changes))


@pytest.mark.parametrize(
    ("found", "stay"),
    [
        pytest.param([], None, id="none"),
        pytest.param([visit("old", 0, 2), visit("new", 4)], "new", id="the last"),
        pytest.param([visit("stay", 0, 5), visit("clinic", 7, 7, is_hospital=False)], "stay",
                     id="a clinic visit is no stay"),
        pytest.param([visit("stay", 0), visit("icu", 1, part_of="stay", is_icu=True)], "stay",
                     id="the unit is part of it"),
        pytest.param([visit("stay", 0, 5), visit("icu", 1, 3, is_icu=True)], "stay",
                     id="intensive care filed apart"),
        pytest.param([visit("icu", 1, 3, is_icu=True)], "icu", id="intensive care alone"),
        pytest.param([visit("stay", 0, 5), visit("next", 6, status="planned")], "stay",
                     id="planned is none yet"),
        pytest.param([visit("emergency", 0, 1), visit("admission", 0, 5)], "admission",
                     id="the longer of two begun at once"),
        pytest.param([visit("admission", 0), visit("emergency", 0, 1)], "admission",
                     id="one that lasts is longer"),
        pytest.param([visit("undated", None)], None, id="no start"),
    ],
)  # fmt: skip
def test_the_stay_is_the_last_whole_one(found: list[Encounter], stay: str | None) -> None:
    made = last_stay(found)
    assert (made.fact.resource if made else None) == stay
