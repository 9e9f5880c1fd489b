"""The watched inbox: each test calls the watch's step itself; nobody waits."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import date
from pathlib import Path

import pytest

from pipelines.desk import load
from pipelines.desk.house import House
from pipelines.desk.inbox import Inbox, Watcher
from pipelines.errors import StoreInUse
from tests.charts.fhir_files import dump
from tests.contract.charts import bundle, patient, potassium, write
from tests.desk.conftest import READER

DAY = date(2026, 11, 25)
GOOD = bundle(patient("n1"))
HALF = bundle(
    patient("n2"), {**potassium("b", 4.0, "soon"), "subject": {"reference": "Patient/n2"}}
)


@pytest.fixture
def inbox(house: House) -> Inbox:
    """The inbox of the small house, on a fixed day."""
    return Inbox(house, READER, day=lambda: DAY)


def looked(inbox: Inbox, times: int = 2) -> list[int]:
    """How many resources each load of these looks brought."""
    return [report.resources for _ in range(times) for report in inbox.look()]


def tree(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_what_has_stopped_growing_is_loaded_logged_and_put_away(inbox: Inbox) -> None:
    write(inbox.folder / "a.json", GOOD)
    assert inbox.look() == (), "one look cannot tell whether it grows"
    assert [report.resources for report in inbox.look()] == [1]
    assert tree(inbox.folder) == ["done/2026-11-25/a.json"]
    assert inbox.house.ledger.entries(action="load")[-1].payload["resources"] == 1
    assert looked(inbox, 3) == [], "never loaded twice"


def test_what_grows_between_two_looks_waits(inbox: Inbox) -> None:
    path = write(inbox.folder / "a.ndjson", json.dumps(patient("n1")) + "\n")
    inbox.look()
    with path.open("a") as file:
        file.write(json.dumps(patient("n2")) + "\n")
    assert inbox.look() == ()
    assert [item.state for item in inbox.view(watched=True).waiting] == ["waiting"]
    assert [report.patients for report in inbox.look()] == [2]


@pytest.mark.parametrize("name", ["a.json.part", "a.json.tmp", ".a.json"])
def test_names_that_say_unfinished_are_left_alone(inbox: Inbox, name: str) -> None:
    write(inbox.folder / name, GOOD)
    assert looked(inbox, 3) == []
    assert tree(inbox.folder) == [name]


def test_a_folder_is_taken_whole_once_nothing_in_it_is_unfinished(inbox: Inbox) -> None:
    folder = inbox.folder / "export"
    (folder / "deep").mkdir(parents=True)
    assert looked(inbox) == [], "an empty folder is being filled"
    write(folder / "deep" / "a.json", GOOD)
    unfinished = write(folder / "b.json.part", patient("n3"))
    assert looked(inbox) == []
    unfinished.rename(folder / "b.json")
    assert looked(inbox) == [2]
    assert tree(inbox.folder) == [
        "done/2026-11-25/export/b.json", "done/2026-11-25/export/deep/a.json",
    ]  # fmt: skip


def test_links_are_left_alone_and_said_to_be(inbox: Inbox, tmp_path: Path) -> None:
    outside = write(tmp_path / "outside.json", GOOD)
    (inbox.folder / "link.json").symlink_to(outside)
    assert looked(inbox) == []
    [waiting] = inbox.view(watched=True).waiting
    assert "link" in waiting.state


@pytest.mark.parametrize(
    ("content", "resources"),
    [
        pytest.param(HALF, 1, id="refused in part"),
        pytest.param(b'{"resourceType": "Pat', 0, id="refused whole"),
        pytest.param(b"[]", 0, id="no FHIR at all"),
    ],
)
def test_what_was_refused_lies_apart_with_a_report_without_chart_text(
    inbox: Inbox, content: object, resources: int
) -> None:
    write(inbox.folder / "x.json", content)
    assert looked(inbox) == [resources]
    assert tree(inbox.folder) == [
        "refused/2026-11-25/x.json", "refused/2026-11-25/x.json.report.txt",
    ]  # fmt: skip
    report = inbox.folder / "refused" / "2026-11-25" / "x.json.report.txt"
    said = report.read_text()
    assert "x.json" in said
    assert not {"Marrow", "soon", "Observation/b"} & set(said.split())
    assert stat.S_IMODE(report.stat().st_mode) == 0o600


def test_a_refused_file_can_be_corrected_where_it_lies_and_tried_again(inbox: Inbox) -> None:
    write(inbox.folder / "x.json", HALF)
    looked(inbox)
    [refusal] = load.refused(inbox.house)
    there = inbox.folder / "refused" / "2026-11-25" / "x.json"
    assert refusal.file == str(there)
    write(there, bundle(patient("n2")))
    again = load.retry(inbox.house, READER)
    assert (again.report.refused, again.gone, load.refused(inbox.house)) == ((), (), ())


def test_one_name_twice_a_day_is_kept_twice(inbox: Inbox) -> None:
    for ident in ("n1", "n2"):
        write(inbox.folder / "a.json", patient(ident))
        looked(inbox)
    assert tree(inbox.folder) == ["done/2026-11-25/a-2.json", "done/2026-11-25/a.json"]


def test_what_lies_in_done_is_private(inbox: Inbox) -> None:
    path = write(inbox.folder / "a.json", GOOD)
    path.chmod(0o644)
    looked(inbox)
    for item in inbox.folder.rglob("*"):
        assert stat.S_IMODE(item.stat().st_mode) == (0o700 if item.is_dir() else 0o600)


@pytest.mark.parametrize("loaded", [False, True], ids=["before its load", "after its load"])
def test_a_kill_in_the_middle_leaves_what_the_next_start_goes_on_from(
    house: House, tmp_path: Path, loaded: bool
) -> None:
    inbox = Inbox(house, READER, day=lambda: DAY)
    path = inbox.folder / "loading" / "a.json"
    path.parent.mkdir()
    write(path, GOOD)
    if loaded:
        load.load(house, READER, [path])
    rows = dump(house.charts)["patient"]
    [report] = Inbox(house, READER, day=lambda: DAY).look()
    assert report.unchanged == (1 if loaded else 0)
    assert tree(inbox.folder) == ["done/2026-11-25/a.json"]
    assert not loaded or dump(house.charts)["patient"] == rows


class SetAfterTheFirst(threading.Event):
    """A stop that comes after it was asked for once."""

    asked = 0

    def is_set(self) -> bool:
        self.asked += 1
        return self.asked > 1


def test_a_stopped_load_stays_to_be_gone_on_with(inbox: Inbox) -> None:
    (inbox.folder / "many").mkdir()
    for number in range(3):
        write(inbox.folder / "many" / f"{number}.json", patient(f"s{number}"))
    inbox.look()
    inbox.stop = SetAfterTheFirst()
    assert inbox.look() == ()
    assert len(tree(inbox.folder / "loading")) == 3
    inbox.stop = threading.Event()
    assert [report.resources for report in inbox.look()] == [3]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_inbox_that_cannot_be_written_is_a_sentence(inbox: Inbox) -> None:
    write(inbox.folder / "a.json", GOOD)
    inbox.folder.chmod(0o500)
    try:
        assert looked(inbox) == []
        assert "rights" in str(inbox.view(watched=True).problem)
    finally:
        inbox.folder.chmod(0o700)


def test_an_inbox_that_is_gone_is_a_sentence_and_looked_at_less_and_less(inbox: Inbox) -> None:
    inbox.folder.rmdir()
    inbox.look()
    assert "inbox" in str(inbox.problem)
    inbox.folder.mkdir()
    write(inbox.folder / "a.json", GOOD)
    assert looked(inbox, 5) == [1], "some looks are skipped, then it goes on"
    assert inbox.problem is None


def test_the_watch_waits_for_a_store_in_use_and_then_looks_until_it_is_stopped(
    inbox: Inbox,
) -> None:
    write(inbox.folder / "a.json", GOOD)
    opened: list[int] = []

    def open_inbox() -> Inbox:
        opened.append(1)
        if len(opened) < 3:
            raise StoreInUse("The chart store is in use by another process.")
        return inbox

    class Looks(Watcher):
        """A watch that ends itself once the file is put away."""

        def run(self) -> None:
            self.stop = StopOnce(inbox.folder / "done" / "2026-11-25" / "a.json")
            super().run()

    watch = Looks(open_inbox, every_s=0)
    watch.start()
    watch.join(60)
    assert not watch.is_alive()
    assert len(opened) == 3
    assert inbox.house.ledger.entries(action="load")[-1].payload["resources"] == 1


class StopOnce(threading.Event):
    """Set as soon as a file is there."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def is_set(self) -> bool:
        return self.path.exists()
