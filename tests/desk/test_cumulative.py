"""Panels of one chart, the cumulative table in pages, and pairs of two results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.desk import cumulative, load, look
from pipelines.desk.cumulative import COLUMNS_SHOWN, paired
from pipelines.desk.house import House, open_house
from pipelines.records.chart import Reader
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment
from pipelines.records.panels import CumulativeTable, TableRequest
from pipelines.settings import Settings
from tests.contract.charts import bundle, patient, potassium, write

READER = Reader("resident")
START = datetime(2026, 11, 1, 6)
HOSPITAL = "urn:hospital:codes"


def other(code: str, display: str, unit: str, system: str = "http://loinc.org") -> dict[str, Any]:
    """The elements that make a result one of another test, in this unit."""
    coded = {"system": system, "code": code, "display": display}
    return {"code": {"coding": [coded], "text": display}, "referenceRange": [], "unit": unit}


def result(name: str, value: float, day: int, like: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    at = (START + timedelta(days=day)).isoformat() + "-05:00"
    quantity = {"valueQuantity": {"value": value, "unit": like["unit"], "code": like["unit"]}}
    rest = {key: item for key, item in like.items() if key != "unit"}
    return potassium(name, quantity, at, **rest, **more)


HEMOGLOBIN = other("718-7", "Hemoglobin", "g/dL")
HEMOGLOBIN_SI = other("718-7", "Hemoglobin", "mmol/L")
OWN_WBC = other("H123", "WBC", "10*3/uL", HOSPITAL)
CHART = bundle(
    patient(),
    *(potassium(f"k{n}", 4.0 + n / 10, (START + timedelta(days=n)).isoformat() + "-05:00")
      for n in range(20)),
    result("h1", 11.9, 19, HEMOGLOBIN),
    result("h2", 7.4, 18, HEMOGLOBIN_SI),
    result("w1", 12.0, 3, OWN_WBC),
    result("h3", 10.0, 17, HEMOGLOBIN, status="preliminary"),
    potassium("low", {"valueQuantity": {"value": 2.0, "comparator": "<", "unit": "mmol/L"}},
              (START + timedelta(days=19, hours=2)).isoformat() + "-05:00"),
    potassium("undated", 5.0, None),
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("table")
    opened = open_house(Settings.read(folder / "home", {}), writing=True)
    load.load(opened, READER, [write(folder / "b.json", CHART)])
    yield opened
    opened.close()


def table(house: House, **asked: Any) -> CumulativeTable:  # noqa: ANN401
    return cumulative.table(house, READER, "p1", TableRequest(**asked))


def resources(found: CumulativeTable) -> list[str]:
    return [fact.resource for row in found.rows for cell in row.cells for fact in cell.facts]


def test_a_panel_names_what_this_chart_has_and_what_it_has_not(house: House) -> None:
    kinds = look.result_kinds(house, READER, "p1")
    by_key = {panel.key: panel for panel in cumulative.panels(kinds)}
    cbc = by_key["cbc"]
    assert cbc.first == (f"{HOSPITAL}|H123", "http://loinc.org|718-7")
    assert "MCV" in cbc.missing
    assert "Hemoglobin" not in cbc.missing
    assert by_key["coag"].first == ()


def test_times_stand_newest_first_and_no_result_is_lost_between_pages(house: House) -> None:
    pages = [table(house, page=number) for number in range(2)]
    heads = [at for page in pages for at in page.columns]
    dated = [at.instant for at in heads if at is not None]
    assert dated == sorted(dated, reverse=True)
    assert heads[-1] is None
    assert len(pages[0].columns) == COLUMNS_SHOWN
    assert len(heads) == pages[0].column_count == 22
    seen = [resource for page in pages for resource in resources(page)]
    assert len(seen) == len(set(seen)) == pages[0].result_count == 26
    assert resources(table(house, page=99)) == resources(pages[1])


def test_units_are_never_mixed_in_a_row(house: House) -> None:
    rows = [row for row in table(house).rows if row.name == "Hemoglobin"]
    assert [(row.unit, row.count) for row in rows] == [("g/dL", 2), ("mmol/L", 1)]
    for row in rows:
        assert {f.unit for cell in row.cells for f in cell.facts} == {row.unit}


def test_a_cell_keeps_comparator_and_status(house: House) -> None:
    facts = {f.resource: f for row in table(house).rows for c in row.cells for f in c.facts}
    assert facts["Observation/low"].comparator == "<"
    assert facts["Observation/h3"].status_word == "preliminary"


def test_an_open_result_is_no_point_of_the_curve(house: House) -> None:
    row = next(row for row in table(house).rows if row.name == "Potassium")
    assert 2.0 not in row.points
    assert len(row.points) == 20


def test_what_is_on_other_pages_is_counted(house: House) -> None:
    assert table(house).elsewhere == 1


def test_search_and_panel_cut_rows_and_the_times_that_go_with_them(house: House) -> None:
    found = table(house, words="hemo")
    assert {row.name for row in found.rows} == {"Hemoglobin"}
    assert len(found.columns) == 3
    assert {row.name for row in table(house, panel="cbc").rows} == {"WBC", "Hemoglobin"}
    assert table(house, words="unobtainium").rows == ()


def test_rows_stand_by_panel(house: House) -> None:
    groups = [row.group for page in range(2) for row in table(house, page=page).rows]
    assert groups[0] == "Basic metabolic panel"
    assert "Complete blood count" in groups


def fact(name: str, minutes: float, value: float | None = 1.0, **more: Any) -> Fact:  # noqa: ANN401
    at = START + timedelta(minutes=minutes)
    return Fact(
        f"Observation/{name}", "lab", name, "valueQuantity", "1", value=value,
        unit=more.pop("unit", "mmol/L"), when=Moment(at, at.isoformat()), **more,
    )  # fmt: skip


def _at(one: Fact) -> datetime:
    assert one.when is not None
    return one.when.instant


def names(found: Sequence[Any]) -> list[tuple[str, str]]:
    return [(pair.x.display, pair.y.display) for pair in found]


def test_the_same_specimen_goes_before_a_nearer_time() -> None:
    x = [fact("x", 0, specimen="Specimen/1")]
    y = [fact("near", 1), fact("same", 90, specimen="Specimen/1")]
    found = paired(x, y, 30)
    assert names(found.pairs) == [("x", "same")]
    assert (found.pairs[0].by, found.alone) == ("same specimen", 1)


def test_a_specimen_in_words_pairs_nothing_by_itself() -> None:
    x, y = [fact("x", 0, specimen="Blood")], [fact("y", 500, specimen="Blood")]
    assert paired(x, y, 30).pairs == ()


@pytest.mark.parametrize(
    ("gap", "window", "pairs"), [(30, 30, 1), (31, 30, 0), (0, 0, 1), (1, 0, 0)]
)
def test_the_window_is_kept(gap: float, window: int, pairs: int) -> None:
    assert len(paired([fact("x", 0)], [fact("y", gap)], window).pairs) == pairs


def test_what_is_left_out_is_counted_by_its_reason() -> None:
    x = [
        fact("x1", 0), fact("x2", 10, comparator="<"), fact("x3", 20, value=None),
        fact("x4", 30, unit="mg/dL"), replace(fact("x5", 0), when=None), fact("x6", 900),
    ]  # fmt: skip
    found = paired(x, [fact("y1", 0)], 30)
    assert (len(found.pairs), found.x_count, found.y_count) == (1, 6, 1)
    assert (found.not_numbers, found.other_unit, found.undated, found.alone) == (2, 1, 1, 1)


@given(
    st.lists(st.integers(0, 300), max_size=12),
    st.lists(st.integers(0, 300), max_size=12),
    st.sampled_from([0, 15, 30, 120]),
)
def test_every_result_is_in_one_pair_at_most_and_all_are_accounted_for(
    xs: list[int], ys: list[int], window: int
) -> None:
    x = sorted((fact(f"x{n}", at) for n, at in enumerate(xs)), key=_at)
    y = sorted((fact(f"y{n}", at) for n, at in enumerate(ys)), key=_at)
    found = paired(x, y, window)
    for side in ([p.x.resource for p in found.pairs], [p.y.resource for p in found.pairs]):
        assert len(side) == len(set(side))
    assert all(pair.minutes <= window for pair in found.pairs)
    assert 2 * len(found.pairs) + found.alone == len(x) + len(y)
    left_x = [f for f in x if f not in [p.x for p in found.pairs]]
    left_y = [f for f in y if f not in [p.y for p in found.pairs]]
    for one in left_x:
        for another in left_y:
            assert one.when is not None
            assert another.when is not None
            apart = abs((one.when.instant - another.when.instant).total_seconds()) / 60
            assert apart > window
