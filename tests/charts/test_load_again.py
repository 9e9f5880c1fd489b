"""Files that come again, newer and older versions, deletions, and loads that are broken off."""

from __future__ import annotations

import json
import threading
import zipfile
from pathlib import Path

import duckdb
import pytest

from pipelines.charts import file_records
from pipelines.charts.files import Source
from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.errors import ChartroomError
from pipelines.records.loads import LoadProgress
from tests.charts.fhir_files import Json, bundle, dump, lines, load, observation, patient, write

Said = tuple[str | None, str | None]


def potassium(value: float, updated: str | None = None, version: str | None = None) -> Json:
    meta = {"lastUpdated": updated, "versionId": version}
    said = {name: part for name, part in meta.items() if part is not None}
    return observation("k", valueQuantity={"value": value, "unit": "mmol/L"}, **(
        {"meta": said} if said else {}
    ))  # fmt: skip


def current(store: ChartStore) -> list[tuple[object, ...]]:
    return store.rows("select value_number from observation order by 1", {})


def versions(store: ChartStore) -> list[tuple[object, ...]]:
    sql = ("select version, current from resource where resource = 'Observation/k' "
           "order by version")  # fmt: skip
    return store.rows(sql, {})


def deletion(url: str) -> Json:
    return {"request": {"method": "DELETE", "url": url}}


def test_a_file_that_is_in_is_not_read_again(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.json", bundle(patient(), observation(status="odd"), potassium(4)))
    first = load(store, path)
    before = dump(store)
    monkeypatch.setattr("pipelines.charts.load.read_all", None)  # to be called would be an error
    again = load(store, path)
    assert (again.unchanged, again.resources, again.bundles) == (2, first.resources, 1)
    assert again.refused == first.refused != ()
    assert (again.by_type, again.mb) == (first.by_type, first.mb)
    assert dump(store) == before


def test_a_copy_of_a_file_under_another_name_is_not_read_again(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), potassium(4))))
    monkeypatch.setattr("pipelines.charts.load.read_all", None)
    copy = write(tmp_path / "b.json", (tmp_path / "a.json").read_bytes())
    assert load(store, copy).unchanged == 2


def test_a_stricter_load_reads_a_file_again(store: ChartStore, tmp_path: Path) -> None:
    odd = bundle(patient(), observation("a"), observation("b", unheardOf=1))
    path = write(tmp_path / "a.json", odd)
    assert load(store, path, validate="off").refused == ()
    (item,) = load(store, path, validate="full").refused
    assert item.resource == "Observation/b"


def test_a_file_of_which_something_was_replaced_is_read_again(
    store: ChartStore, tmp_path: Path
) -> None:
    old = write(tmp_path / "a.json", bundle(patient(), potassium(4)))
    new = write(tmp_path / "b.json", bundle(patient(), potassium(5)))
    load(store, old)
    load(store, new)
    assert load(store, old).unchanged == 1
    assert current(store) == [(4.0,)]
    assert versions(store) == [(1, False), (2, False), (3, True)]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param((("2021-01-01T00:00:00Z", None), ("2020-01-01T00:00:00Z", None), True),
                     id="older by lastUpdated"),
        pytest.param((("2021-01-01T05:00:00+05:00", None), ("2021-01-01T00:00:01Z", None), False),
                     id="newer by a second in another zone"),
        pytest.param(((None, "3"), (None, "2"), True), id="older by versionId"),
        pytest.param(((None, "9"), (None, "10"), False), id="versions count as numbers"),
        pytest.param(((None, None), (None, None), False), id="nothing said: the later load counts"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("in_one_file", [True, False])
def test_the_newer_version_counts_whatever_order_they_come_in(
    store: ChartStore, tmp_path: Path, said: tuple[Said, Said, bool], in_one_file: bool
) -> None:
    first, second, stays = said
    one, other = potassium(4, *first), potassium(5, *second)
    if in_one_file:
        load(store, write(tmp_path / "a.json", bundle(patient(), one, other)))
    else:
        load(store, write(tmp_path / "a.json", bundle(patient(), one)))
        load(store, write(tmp_path / "b.json", bundle(patient(), other)))
    assert current(store) == [(4.0 if stays else 5.0,)]
    assert [is_current for _, is_current in versions(store)].count(True) == 1
    assert len(versions(store)) == 2


def test_an_older_version_that_comes_again_and_again_is_kept_once(
    store: ChartStore, tmp_path: Path
) -> None:
    old = write(tmp_path / "a.json", bundle(patient(), potassium(4, "2020-01-01T00:00:00Z")))
    new = write(tmp_path / "b.json", bundle(patient(), potassium(5, "2021-01-01T00:00:00Z")))
    for path in (old, new, old, old):
        report = load(store, path)
    assert (report.unchanged, current(store), len(versions(store))) == (2, [(5.0,)], 2)


def test_a_delete_in_a_transaction_takes_the_rows_and_keeps_the_version(
    store: ChartStore, tmp_path: Path
) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), potassium(4), observation("o2"))))
    gone = {"resourceType": "Bundle", "type": "transaction", "entry": [
        deletion("Observation/k"), {"resource": observation("o3")}]}  # fmt: skip
    report = load(store, write(tmp_path / "b.json", gone))
    assert report.refused == ()
    rows = store.rows("select resource from observation order by 1", {})
    assert rows == [("Observation/o2",), ("Observation/o3",)]
    assert versions(store) == [(1, False)]


def test_a_conditional_delete_is_refused_and_deletes_nothing(
    store: ChartStore, tmp_path: Path
) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), potassium(4))))
    asks = {"resourceType": "Bundle", "type": "batch", "entry": [
        deletion("Observation?code=1"), {"resource": patient("p2")}]}  # fmt: skip
    report = load(store, write(tmp_path / "b.json", asks))
    assert [item.entry for item in report.refused] == [1]
    assert current(store) == [(4.0,)]


def test_what_was_deleted_does_not_come_back_with_an_older_file(
    store: ChartStore, tmp_path: Path
) -> None:
    old = write(tmp_path / "a.json", bundle(patient(), potassium(4, "2020-01-01T00:00:00Z")))
    load(store, old)
    gone = {"resourceType": "Bundle", "type": "transaction", "timestamp": "2021-01-01T00:00:00Z",
            "entry": [deletion("Observation/k")]}  # fmt: skip
    load(store, write(tmp_path / "b.json", bundle(patient("p2"))), write(tmp_path / "c.json", gone))
    assert load(store, old).unchanged == 2
    assert current(store) == []
    late = bundle(patient(), potassium(5, "2022-01-01T00:00:00Z"))
    load(store, write(tmp_path / "d.json", late))
    assert current(store) == [(5.0,)]


def test_a_history_tells_the_newest_first_and_its_deletions(
    store: ChartStore, tmp_path: Path
) -> None:
    put = {"request": {"method": "PUT", "url": "Observation/k"}}
    told = {"resourceType": "Bundle", "type": "history", "entry": [
        {"resource": potassium(6, "2021-03-01T00:00:00Z", "3"), **put},
        deletion("Observation/k/_history/2"),
        {"resource": potassium(4, "2021-01-01T00:00:00Z", "1"), **put},
        {"resource": patient(), "request": {"method": "PUT", "url": "Patient/p1"}},
    ]}  # fmt: skip
    load(store, write(tmp_path / "a.json", told))
    assert current(store) == [(6.0,)]


def test_requests_to_read_and_messages_of_a_server_are_passed_over(
    store: ChartStore, tmp_path: Path
) -> None:
    outcome = {"resourceType": "OperationOutcome", "id": "x", "issue": [
        {"severity": "warning", "code": "not-found"}]}  # fmt: skip
    found = {"resourceType": "Bundle", "type": "searchset", "entry": [
        {"resource": patient(), "search": {"mode": "match"}},
        {"resource": outcome, "search": {"mode": "outcome"}},
        {"request": {"method": "GET", "url": "Patient/9"}},
    ]}  # fmt: skip
    report = load(store, write(tmp_path / "a.json", found))
    assert (report.resources, report.refused) == (1, ())


def bulk_export(folder: Path) -> None:
    lines(folder / "Patient.000.ndjson", [patient(), patient("p2")])
    lines(folder / "Observation.000.ndjson", [observation("o2", "Patient/p2")])
    lines(folder / "gone.ndjson", [
        {"resourceType": "Bundle", "type": "transaction", "entry": [deletion("Observation/k")]},
    ])  # fmt: skip
    lines(folder / "error.ndjson", [{"resourceType": "OperationOutcome", "issue": []}])
    listed = [("Patient", "Patient.000"), ("Observation", "Observation.000")]
    (folder / "manifest.json").write_text(json.dumps({
        "transactionTime": "2021-01-01T00:00:00Z", "request": "http://x/$export",
        "requiresAccessToken": False,
        "output": [{"type": kind, "url": f"http://x/{name}.ndjson"} for kind, name in listed],
        "deleted": [{"type": "Bundle", "url": "http://x/gone.ndjson"}],
        "error": [{"type": "OperationOutcome", "url": "http://x/error.ndjson"}],
    }))  # fmt: skip


@pytest.mark.parametrize("named", ["", "manifest.json"])
def test_a_bulk_export_with_its_manifest_is_read_and_its_deletions_honoured(
    store: ChartStore, tmp_path: Path, named: str
) -> None:
    load(store, write(tmp_path / "a.json", bundle(patient(), potassium(4))))
    (tmp_path / "export").mkdir()
    bulk_export(tmp_path / "export")
    report = load(store, tmp_path / "export" / named)
    assert (report.refused, report.by_type) == ((), {"Observation": 1, "Patient": 2})
    assert store.rows("select resource from observation", {}) == [("Observation/o2",)]


def test_a_zip_is_read_member_by_member_and_not_read_again(
    store: ChartStore, tmp_path: Path
) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", json.dumps(bundle(patient(), potassium(4))))
        archive.writestr("in/b.ndjson", json.dumps(observation("o2")) + "\nnonsense\n")
        archive.writestr("readme.txt", "passed over")
    report = load(store, path)
    assert (report.files, report.resources) == (2, 3)
    (item,) = report.refused
    assert (item.file.rpartition("/")[2], item.entry) == ("x.zip!in/b.ndjson", 2) or (
        item.file.endswith("x.zip!in/b.ndjson")
    )
    assert load(store, path).unchanged == 3


def test_an_ndjson_file_in_several_parts_counts_its_lines_on(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = [observation(f"o{n}") for n in range(100)]
    results[70]["status"] = "odd"
    path = lines(tmp_path / "o.ndjson", [patient(), *results])
    monkeypatch.setattr("pipelines.charts.files.PART_BYTES", 3000)
    report = load(store, path)
    assert (report.files, report.resources) == (1, 100)
    assert [(item.entry, item.resource) for item in report.refused] == [(72, "Observation/o70")]


def test_a_large_file_that_breaks_off_leaves_nothing_of_itself(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.charts.json_document.PORTION_ENTRIES", 10)
    results = [observation(f"o{n}", "Patient/p2") for n in range(95)]
    path = lines(tmp_path / "b.ndjson", [patient("p2"), *results])
    monkeypatch.setattr("pipelines.charts.json_document.MOST_BYTES_OF_ONE", 5000)
    path.write_bytes(path.read_bytes() + b'{"a": "' + b"x" * 6000 + b'"}\n')
    good = write(tmp_path / "a.json", bundle(patient(), potassium(4)))
    late = write(tmp_path / "c.json", bundle(patient("p3"), observation("late", "Patient/p3")))
    report = load(store, good, path, late)
    assert [(item.entry, item.file) for item in report.refused] == [(None, str(path))]
    assert (report.resources, report.patients) == (4, 2)
    assert store.rows("select count(*) from resource where patient = 'p2'", {}) == [(0,)]
    assert load(store, good).unchanged == 2


def test_a_load_that_is_stopped_says_what_is_in_and_is_completed_later(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.charts.writer.COMMIT_RESOURCES", 1)
    monkeypatch.setattr("pipelines.charts.writer.BATCH_RESOURCES", 1)
    monkeypatch.setattr("pipelines.charts.reader_pool.TOGETHER", 1)
    for number in range(20):
        who = f"p{number}"
        results = [observation(f"{who}-{n}", f"Patient/{who}") for n in range(5)]
        write(tmp_path / "in" / f"{number:02}.json", bundle(patient(who), *results))
    stop = threading.Event()

    def halt(progress: LoadProgress) -> None:
        if progress.files_done == 7:
            stop.set()

    report = load_paths(store, [tmp_path / "in"], LoadLimits(), halt, stop)
    ((count,),) = store.rows("select count(*) from patient", {})
    assert (report.stopped, report.resources) == (True, count * 6)
    assert 0 < count <= 7
    whole = load(store, tmp_path / "in")
    assert (whole.resources, whole.unchanged) == (120, count * 6)


@pytest.mark.parametrize(
    "fault", [duckdb.InterruptException, duckdb.OutOfMemoryException, duckdb.IOException]
)
@pytest.mark.parametrize("is_stopped", [False, True])
def test_a_fault_of_the_writing_thread_is_a_sentence_and_none_of_a_load_that_was_stopped(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    fault: type[duckdb.Error], is_stopped: bool,
) -> None:  # fmt: skip
    """DuckDB may be interrupted between two statements too, where a table is registered."""
    stop = threading.Event()

    def broken(*_: object) -> None:
        if is_stopped:
            stop.set()
        raise fault("broken")

    monkeypatch.setattr("pipelines.charts.batches.registered.__enter__", broken)
    path = write(tmp_path / "a.json", bundle(patient(), observation()))
    if is_stopped:
        report = load_paths(store, [path], LoadLimits(), None, stop)
        assert (report.stopped, report.files_in) == (True, 0)
    else:
        with pytest.raises(ChartroomError):
            load_paths(store, [path], LoadLimits(), None, stop)
    monkeypatch.undo()
    assert load(store, path).resources == 2


def test_a_load_that_is_stopped_does_not_wait_for_a_large_file_to_be_hashed(
    tmp_path: Path,
) -> None:
    path = tmp_path / "large.ndjson"
    with path.open("wb") as file:
        file.truncate(1_000_000_000_000)  # sparse: an hour of hashing
    stop = threading.Event()
    found: list[bytes | None] = []

    def hashed() -> None:
        found.append(file_records.digest(Source("large.ndjson", path), 2_000_000_000_000, stop))

    hashing = threading.Thread(target=hashed)
    hashing.start()
    stop.set()
    hashing.join(timeout=5)
    assert found == [None]


def test_a_load_killed_before_its_links_were_made_is_finished_by_the_next(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = observation("o", "urn:uuid:p1")
    early = lines(tmp_path / "a.ndjson", [result])
    late = lines(tmp_path / "b.ndjson", [patient()])
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.charts.finishing.finish", lambda *_: None)
        load(store, early, late)
    assert store.rows("select patient from observation", {}) == [("urn:uuid:p1",)]
    assert load(store, early, late).unchanged == 2
    assert store.rows("select patient from observation", {}) == [("p1",)]


def test_references_of_many_charts_are_linked_whatever_fits_into_one_transaction(
    store: ChartStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    idents = [f"{number}0000000-0000-4000-8000-000000000000" for number in range(3)]
    results = [observation(f"o{k}", f"urn:uuid:{ident}") for k, ident in enumerate(idents)]
    load(store, lines(tmp_path / "a.ndjson", [patient(), *results]))
    monkeypatch.setattr("pipelines.charts.linking.RESOURCES_AT_ONCE", 1)
    load(store, lines(tmp_path / "b.ndjson", [patient(ident) for ident in idents]))
    linked = store.rows("select patient from observation order by resource", {})
    assert linked == [(ident,) for ident in idents]


def test_of_thousands_of_changes_none_is_taken_for_the_same_content(
    store: ChartStore, tmp_path: Path
) -> None:
    def measured(value: float) -> list[Json]:
        quantity = {"value": value, "unit": "mmol/L"}
        return [observation(f"o{number}", valueQuantity=quantity) for number in range(3_000)]

    load(store, lines(tmp_path / "a.ndjson", [patient(), *measured(4.5)]))
    changed = load(store, lines(tmp_path / "b.ndjson", measured(4.6)))
    assert changed.unchanged == 0
    assert set(current(store)) == {(4.6,)}
