"""Read together or chart by chart, a question over many has the same rows; raw JSON agrees.

Three stores: the samples, 100 ICU patients and outside Synthea charts (the last two only where
`../shared` is). The oracle reads the bundles again without the pipelines: the newest potassium of
each patient by the instant of its effective time, compared with the bound in plain Python.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from pipelines.answers.cohort import ask
from pipelines.charts.many import ManyCharts, as_ofs, read_together
from pipelines.charts.patients import as_of
from pipelines.desk import cohort, load, look
from pipelines.desk.house import House, open_house
from pipelines.records.chart import Chart, Reader
from pipelines.records.cohort import CohortAnswer
from pipelines.settings import Settings
from tests.conftest import SAMPLES, SHARED

READER = Reader("resident")
MIMIC = SHARED / "eval" / "mimic_demo" / "bundles"
SETS = {
    "samples": SAMPLES,
    "mimic": MIMIC,
    "synthea": SHARED / "charts" / "synthea_bundles",
}
QUESTIONS = (
    "which of these have potassium > 5.5 now",
    "latest creatinine of everyone",
    "who had a glucose over 250 in the last 48 hours",
    "which have a hemoglobin below 7 g/dL",
    "who is on warfarin",
    "who has diabetes",
)
BOUNDS = [("potassium", 5.5), ("lactate", 2.0), ("creatinine", 2.0)]


@pytest.fixture(scope="module", params=SETS)
def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    folder = SETS[request.param]
    if not folder.is_dir():
        pytest.skip("../shared is not on this machine")
    home = tmp_path_factory.mktemp(request.param) / "home"
    settings = Settings.read(home, {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"})
    opened = open_house(settings, writing=True)
    load.load(opened, READER, [folder])
    yield opened
    opened.close()


def alone(house: House, question: str) -> CohortAnswer:
    """The same question with each chart read through the store by itself."""
    charts = []
    for listed in look.patients(house, READER):
        patient_id = listed.patient.patient_id
        moment = as_of(house.charts, patient_id)
        assert moment is not None
        chart = Chart(READER, patient_id, "cohort", moment, house.charts)
        charts.append(ask.Listed(chart, patient_id))
    return ask.answer(charts, question, house.settings)


def together(house: House, question: str) -> CohortAnswer:
    """The question with the charts read at once."""
    ids = [listed.patient.patient_id for listed in look.patients(house, READER)]
    ends = as_ofs(house.charts, ids)
    source = ManyCharts(house.charts, ends)
    charts = [ask.Listed(Chart(READER, p, "cohort", ends[p], source), p) for p in ids]
    return ask.answer(charts, question, house.settings)


@pytest.mark.parametrize("question", QUESTIONS)
def test_charts_read_together_have_the_rows_of_charts_read_alone(
    house: House, question: str
) -> None:
    one_by_one, at_once = alone(house, question), together(house, question)
    assert one_by_one.rows
    assert at_once == one_by_one


def test_few_statements_are_read_for_all_charts(house: House) -> None:
    ids = [listed.patient.patient_id for listed in look.patients(house, READER)]
    ends = as_ofs(house.charts, ids)
    source = _Counted(house.charts, ends)
    charts = [ask.Listed(Chart(READER, p, "cohort", ends[p], source), p) for p in ids]
    ask.answer(charts, QUESTIONS[0], house.settings)
    assert source.of_one <= len(ids) // 4
    assert len(read_together()) == 7


class _Counted(ManyCharts):
    """Counts the statements that were asked of one chart alone."""

    of_one = 0

    def rows(self, sql: str, parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401
        self.of_one += sql not in read_together()
        return super().rows(sql, parameters)


@pytest.mark.parametrize(("name", "bound"), BOUNDS)
def test_raw_bundles_of_100_icu_patients_agree_with_every_row(
    house: House, name: str, bound: float
) -> None:
    if "mimic" not in str(house.settings.home):
        pytest.skip("the oracle reads the ICU bundles")
    answer = cohort.cohort(house, READER, f"which of these have a {name} > {bound} now")
    raw = newest_of_raw(name)
    assert len(answer.rows) == 100
    for row in answer.rows:
        assert row.status == expected(raw.get(row.patient), row.as_of, bound), row.answer


def newest_of_raw(name: str) -> dict[str, tuple[datetime, list[Any]]]:
    """By patient: when the newest result of a CLIF category was taken, and its values."""
    found: dict[str, tuple[datetime, list[Any]]] = {}
    for one in (item for item in _raw_results() if _is_of(item, name)):
        at = datetime.fromisoformat(one["effectiveDateTime"]).astimezone(UTC)
        value = one.get("valueQuantity", {}).get("value", one.get("valueString"))
        patient = one["subject"]["reference"].partition("/")[2]
        before = found.get(patient)
        if value is None or (before is not None and at < before[0]):
            continue
        same = before[1] if before is not None and at == before[0] else []
        found[patient] = (at, [*same, (value, one.get("valueQuantity", {}).get("comparator"))])
    return found


@cache
def _raw_results() -> tuple[dict[str, Any], ...]:
    """Dated results of the bounds' tests in all ICU bundles, as they lie on disk."""
    names = [name for name, _ in BOUNDS]
    return tuple(
        entry["resource"]
        for path in sorted(MIMIC.glob("*.gz"))
        for entry in json.loads(gzip.decompress(path.read_bytes()))["entry"]
        if entry["resource"]["resourceType"] == "Observation"
        and any(_is_of(entry["resource"], name) for name in names)
        and "effectiveDateTime" in entry["resource"]
        and entry["resource"].get("status") != "entered-in-error"
    )


def _is_of(observation: dict[str, Any], name: str) -> bool:
    codings = observation["code"].get("coding", [])
    return any(
        c.get("system") == "urn:clif:lab_category" and c.get("code") == name for c in codings
    )


def expected(newest: tuple[datetime, list[Any]] | None, as_of_written: str, bound: float) -> str:
    """What the raw chart says of a bound on its newest result."""
    if newest is None:
        return "not_said"
    at, values = newest
    if datetime.fromisoformat(as_of_written).astimezone(UTC) - at > timedelta(days=7):
        return "not_said"
    if any(not isinstance(value, int | float) or sign for value, sign in values):
        return "not_said"
    sides = {value > bound for value, _ in values}
    return "not_said" if len(sides) > 1 else "yes" if sides.pop() else "no"


def test_the_oracle_would_see_a_wrong_row() -> None:
    at = datetime(2180, 1, 1, tzinfo=UTC)
    written = "2180-01-02T00:00:00+00:00"
    assert expected((at, [(5.6, None)]), written, 5.5) == "yes"
    assert expected((at, [(5.5, None)]), written, 5.5) == "no"
    assert expected((at - timedelta(days=9), [(5.6, None)]), written, 5.5) == "not_said"
    assert expected((at, [(5.6, None), (5.0, None)]), written, 5.5) == "not_said"
