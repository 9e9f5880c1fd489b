"""A chart of which something was refused says so: entries, its Patient, and whole files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.charts import patients, refused_files
from pipelines.charts.load import refused
from pipelines.charts.store import ChartStore
from pipelines.records.chart import Chart, Reader
from tests.charts.fhir_files import bundle, load, observation, patient, write


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ChartStore]:
    opened = ChartStore.open(tmp_path / "home" / "chart.duckdb", read_only=False)
    yield opened
    opened.close()


def said(store: ChartStore, ident: str = "p1") -> str | None:
    """What the banner says is missing; the worklist must count the same."""
    moment = patients.as_of(store, ident)
    assert moment is not None
    banner = patients.banner(Chart(Reader("r"), ident, "test", moment, store))
    [row] = [row for row in patients.worklist(store) if row.patient.patient_id == ident]
    assert row.refused_count == banner.refused_count + banner.refused_files
    return banner.incomplete


BAD = observation("bad", effectiveDateTime="soon")


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        pytest.param([], None, id="a whole chart"),
        pytest.param([BAD], "1 entry was refused", id="an entry"),
        pytest.param([BAD, observation("b2", status=7)], "2 entries were refused", id="two"),
        pytest.param([patient(birthDate="long ago")], "1 entry was refused", id="its own Patient"),
        pytest.param([{"resourceType": "Sandwich"}], "1 entry was refused",
                     id="what names nobody, in a file of one patient"),
    ],
)  # fmt: skip
def test_refused_entries_are_counted(
    store: ChartStore, tmp_path: Path, entries: list[dict], words: str | None
) -> None:
    load(store, write(tmp_path / "good.json", bundle(patient(), observation())))
    load(store, write(tmp_path / "more.json", bundle(patient(), *entries)))
    assert said(store) == words


def test_one_entry_refused_for_two_reasons_counts_once(store: ChartStore, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", bundle(patient(), {**BAD, "status": "no such status"}))
    for mode in ("off", "full"):
        load(store, path, validate=mode)
    assert said(store) == "1 entry was refused"


def test_a_refused_file_that_brought_the_chart_before_counts_for_its_patients_alone(
    store: ChartStore, tmp_path: Path
) -> None:
    load(store, write(tmp_path / "other.json", patient("p2")))
    path = write(tmp_path / "mine.json", bundle(patient(), observation()))
    load(store, path)
    write(path, b'{"resourceType": "Bundle", "entry": [')
    load(store, path, write(tmp_path / "other.json", patient("p2")))
    assert said(store) == "1 file was refused"
    assert said(store, "p2") is None
    load(store, write(tmp_path / "bad.json", bundle(patient(), BAD)))
    assert said(store) == "1 entry and 1 file were refused"


def test_a_corrected_file_makes_the_chart_whole_again(store: ChartStore, tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", bundle(patient(), BAD))
    load(store, path)
    again = load(store, write(path, bundle(patient(), observation("bad"))))
    refused_files.settle(store, {str(path)}, again.refused)
    assert (said(store), refused(store)) == (None, ())


def test_settling_never_touches_what_was_refused_again_or_was_not_read(
    store: ChartStore, tmp_path: Path
) -> None:
    nameless = {key: value for key, value in BAD.items() if key != "id"}
    load(store, write(tmp_path / "other.json", bundle(patient("p2"), {**BAD, "id": "b2"})))
    path = write(tmp_path / "a.json", bundle(patient(), nameless))
    load(store, path)
    shifted = load(store, write(path, bundle(patient(), observation("new"), nameless)))
    assert refused_files.settle(store, {str(path)}, shifted.refused) == 0
    assert len(refused(store)) == 2


@pytest.mark.parametrize(
    ("name", "found"),
    [
        pytest.param("{folder}/a.json", "a.json", id="a file"),
        pytest.param("{folder}/a!b.json", "a!b.json", id="a name with a mark in it"),
        pytest.param("{folder}/z.zip!deep/a.json", "z.zip", id="a member of an archive"),
        pytest.param("{folder}/z.zip!y.zip!a.json", "z.zip", id="a member's member"),
        pytest.param("{folder}/gone.json", None, id="gone"),
        pytest.param("upload.json", None, id="an upload has no path"),
    ],
)
def test_the_file_behind_a_refusal_is_found(tmp_path: Path, name: str, found: str | None) -> None:
    for there in ("a.json", "a!b.json", "z.zip"):
        write(tmp_path / there, b"x")
    path = refused_files.where(name.format(folder=tmp_path))
    assert path == (None if found is None else tmp_path / found)
