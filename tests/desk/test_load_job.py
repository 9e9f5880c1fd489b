"""Loads that pages begin: one at a time, private on disk, gone after, stopped when asked."""

from __future__ import annotations

import io
import json
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.charts import load as charts_load
from pipelines.desk import load, load_job
from pipelines.desk.house import House
from pipelines.desk.load_job import LoadJobs
from pipelines.errors import ChartroomError
from pipelines.records.loads import LoadProgress
from tests.contract.charts import bundle, patient, potassium
from tests.desk.conftest import READER

BAD = {**potassium("b", 4.0, "soon"), "subject": {"reference": "Patient/n1"}}
Uploads = list[tuple[str, io.BytesIO]]


@pytest.fixture
def jobs(house: House) -> Iterator[LoadJobs]:
    """The loads of the small house."""
    made = LoadJobs(house)
    yield made
    made.close(30)


def uploads(**contents: object) -> Uploads:
    return [
        (name.replace("_", "."), io.BytesIO(c if isinstance(c, bytes) else json.dumps(c).encode()))
        for name, c in contents.items()
    ]


class Held:
    """A load that waits at its first file until it is let go; what is on disk can be looked at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived, self.go = threading.Event(), threading.Event()
        real: Callable[..., object] = load_job._Job.note

        def note(job: load_job._Job, progress: LoadProgress) -> None:
            real(job, progress)
            self.arrived.set()
            assert self.go.wait(30)

        monkeypatch.setattr(load_job._Job, "note", note)


def test_an_upload_is_loaded_in_full_validation_under_its_own_name(
    house: House, jobs: LoadJobs
) -> None:
    jobs.start_uploads(READER, uploads(a_json=bundle(patient("n1"), BAD)))
    jobs.wait(30)
    view = jobs.view()
    assert view is not None
    assert view.report is not None
    assert (view.done, view.title, view.report.resources, view.report.validated) == (
        True, "a.json", 1, 1.0,
    )  # fmt: skip
    assert [item.file for item in view.report.refused] == ["a.json"]
    assert [item.file for item in load.refused(house)] == ["a.json"]
    assert house.ledger.entries(action="load")[-1].reader == READER.account


def test_uploaded_bytes_are_private_while_they_are_read_and_gone_after(
    house: House, jobs: LoadJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, root = Held(monkeypatch), house.settings.home / "uploads"
    (root / "left-by-a-kill").mkdir(parents=True)
    jobs.start_uploads(READER, [("../../évil name.ndjson", io.BytesIO(b"{}"))])
    assert held.arrived.wait(30)
    kept = list(root.rglob("*"))
    held.go.set()
    jobs.wait(30)
    assert [path.name for path in kept if path.is_file() or path.suffix] == ["0001.ndjson"]
    assert "left-by-a-kill" not in [path.name for path in kept]
    assert not root.exists()
    assert not list(house.settings.home.parent.glob("*vil*"))


def test_private_means_the_owner_alone(house: House, tmp_path: Path) -> None:
    folder, names = load_job._kept(house.settings.home / "uploads", uploads(a_json=patient("n1")))
    assert (
        stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    )
    assert [stat.S_IMODE(Path(path).stat().st_mode) for path in names] == [0o600]


def test_one_load_at_a_time(jobs: LoadJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    jobs.start_uploads(READER, uploads(a_json=patient("n1")))
    assert held.arrived.wait(30)
    view = jobs.view()
    assert view is not None
    assert (view.done, view.progress is not None) == (False, True)
    for begin in (lambda: jobs.start_uploads(READER, []), lambda: jobs.start_retry(READER)):
        with pytest.raises(ChartroomError, match="Another load"):
            begin()
    held.go.set()
    jobs.wait(30)


def test_a_stopped_load_keeps_what_is_in_and_says_so(
    house: House, jobs: LoadJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    for limit in ("reader_pool.TOGETHER", "writer.BATCH_RESOURCES", "writer.COMMIT_RESOURCES"):
        monkeypatch.setattr(f"pipelines.charts.{limit}", 1)  # each file is committed by itself
    jobs.start_uploads(READER, uploads(**{f"p{n}_json": patient(f"s{n}") for n in range(5)}))
    assert held.arrived.wait(30)
    jobs.stop()
    held.go.set()
    jobs.wait(30)
    view = jobs.view()
    assert view is not None
    assert view.report is not None
    assert (view.stopping, view.report.stopped) == (True, True)
    assert 0 < view.report.resources < 5
    rows = house.charts.rows("select count(*) from patient where starts_with(patient, 's')", {})
    assert rows == [(view.report.resources,)]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b'{"resourceType": "Pat', "bad.json: It is not JSON", id="no JSON"),
        pytest.param(bundle(BAD), "bad.json: ", id="all refused"),
    ],
)
def test_an_upload_of_which_nothing_came_in_has_a_sentence_and_its_refusals(
    jobs: LoadJobs, content: object, fault: str
) -> None:
    jobs.start_uploads(READER, uploads(bad_json=content))
    jobs.wait(30)
    view = jobs.view()
    assert view is not None
    assert fault in str(view.fault)
    assert view.report is not None
    assert [item.file for item in view.report.refused] == ["bad.json"]


def test_a_corrected_upload_settles_a_file_that_was_refused_whole(
    house: House, jobs: LoadJobs
) -> None:
    for content in (b"{", json.dumps(patient("n1")).encode()):
        jobs.start_uploads(READER, uploads(a_json=content))
        jobs.wait(30)
    assert load.refused(house) == ()


def test_a_retry_says_that_uploads_are_not_there(house: House, jobs: LoadJobs) -> None:
    jobs.start_uploads(READER, uploads(a_json=b"{"))
    jobs.wait(30)
    jobs.start_retry(READER)
    jobs.wait(30)
    view = jobs.view()
    assert view is not None
    assert view.gone == ("a.json",)
    assert len(load.refused(house)) == 1


def test_two_loads_at_once_number_their_files_apart(house: House, tmp_path: Path) -> None:
    def one(number: int) -> None:
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(patient(f"t{number}")))
        load.load(house, READER, [path])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    rows = house.charts.rows("select count(*), count(distinct file_id) from file", {})
    assert rows == [(7, 7)]
    assert charts_load.refused(house.charts) == ()
