"""The store: one owner, a cursor a call, hardened settings, whole after a kill, plain sentences."""

from __future__ import annotations

import gc
import os
import signal
import stat
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.charts.columns import arrow, registered
from pipelines.charts.schema import MIGRATIONS
from pipelines.charts.store import ChartStore
from pipelines.errors import ChartroomError, NotFound, StoreInUse
from tests.charts.fhir_files import bundle, load, observation, patient, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "chart.duckdb"


@pytest.fixture
def store(path: Path) -> Iterator[ChartStore]:
    opened = ChartStore.open(path, read_only=False)
    yield opened
    opened.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_folder_and_files_are_for_their_owner_alone(store: ChartStore, path: Path) -> None:
    with store.writer() as cursor:
        cursor.execute("insert into load values (1, 'x', 1, 1, 1)")
    assert mode(path.parent) == 0o700
    assert {mode(one) for one in path.parent.iterdir()} == {0o600}


def test_reading_what_was_never_made_is_not_found(path: Path) -> None:
    with pytest.raises(NotFound):
        ChartStore.open(path, read_only=True)
    assert not path.exists()


def test_migrations_are_applied_once(path: Path) -> None:
    for _ in range(2):
        opened = ChartStore.open(path, read_only=False)
        names = opened.rows("select name from migration", {})
        opened.close()
    assert names == [(one.__name__,) for one in MIGRATIONS]


def test_a_store_that_another_process_owns_is_said_to_be_in_use(path: Path) -> None:
    script = (
        "import sys, pathlib; from pipelines.charts.store import ChartStore;"
        "store = ChartStore.open(pathlib.Path(sys.argv[1]), read_only=False);"
        "print('open', flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen([sys.executable, "-c", script, str(path)], cwd=ROOT,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    try:
        assert owner.stdout is not None
        owner.stdout.readline()
        for read_only in (True, False):
            with pytest.raises(StoreInUse, match="in use"):
                ChartStore.open(path, read_only=read_only)
    finally:
        owner.communicate()


def test_a_damaged_file_is_a_sentence(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(ChartroomError, match="cannot be read"):
        ChartStore.open(path, read_only=False)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('{home}/../outside.csv')",
        "select * from '{home}/inbox/link.csv'",
        "copy (select 1) to '{home}/out.csv'",
        "export database '{home}/dump'",
        "attach '{home}/other.duckdb'",
        "install httpfs",
        "select * from read_text('http://127.0.0.1:9/x')",
        "set memory_limit='9GB'",
        "reset max_execution_time",
        "select getenv('HOME')",
    ],
)
def test_nothing_outside_can_be_reached_through_sql(
    store: ChartStore, path: Path, sql: str
) -> None:
    (path.parent / "inbox").mkdir()
    (path.parent / ".." / "outside.csv").write_text("a\n1\n")
    (path.parent / "inbox" / "link.csv").symlink_to(path.parent.parent / "outside.csv")
    with pytest.raises((duckdb.Error, ChartroomError)):
        store.rows(sql.replace("{home}", str(path.parent)), {})


def test_a_statement_without_room_says_so_and_the_store_goes_on(store: ChartStore) -> None:
    with pytest.raises(ChartroomError, match="more working memory"):
        store.rows("select len(string_agg(repeat('x', 1000000), '')) from range(400)", {})
    assert store.rows("select 1", {}) == [(1,)]


def test_an_error_rolls_the_whole_transaction_back(store: ChartStore) -> None:
    def write_half() -> None:
        with store.writer() as cursor:
            cursor.execute("insert into load values (1, 'x', 1, 1, 1)")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert store.rows("select count(*) from load", {}) == [(0,)]


def test_a_connection_that_died_is_opened_again(store: ChartStore) -> None:
    with pytest.raises(ChartroomError, match="disk may be full"), store.writer():
        raise duckdb.FatalException("COMMIT succeeded, but autocheckpoint failed")
    assert store.rows("select 1", {}) == [(1,)]


def test_no_reader_ever_gets_another_patients_rows(store: ChartStore, tmp_path: Path) -> None:
    """Eight threads read by patient while one writes: every row carries its own marker."""
    for number in range(8):
        who = f"p{number}"
        results = [
            observation(f"{who}-{n}", f"Patient/{who}", valueQuantity={"value": float(number)})
            for n in range(40)
        ]
        load(store, write(tmp_path / f"{who}.json", bundle(patient(who), *results)))
    wrong: list[object] = []
    stop = threading.Event()

    def read(number: int) -> None:
        sql = "select patient, value_number from observation where patient = $patient"
        for _ in range(120):
            rows = store.rows(sql, {"patient": f"p{number}"})
            if len(rows) < 40 or set(rows) != {(f"p{number}", float(number))}:
                wrong.append((number, rows))

    def keep_writing() -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            with store.writer() as cursor:
                cursor.execute("insert into load values ($n, 'x', 1, 1, 1)", {"n": turn})

    readers = [threading.Thread(target=read, args=(number,)) for number in range(8)]
    writer = threading.Thread(target=keep_writing)
    for thread in (*readers, writer):
        thread.start()
    for thread in readers:
        thread.join()
    stop.set()
    writer.join()
    assert wrong == []


def test_a_load_that_is_killed_leaves_whole_files_only(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    for number in range(40):
        who = f"p{number}"
        results = [observation(f"{who}-{n}", f"Patient/{who}") for n in range(50)]
        write(folder / f"{number:02}.json", bundle(patient(who), *results))
    script = (
        "import sys, pathlib; import pipelines.charts.load as l, pipelines.charts.writer as w;"
        "from pipelines.charts.store import ChartStore;"
        "w.BATCH_RESOURCES = w.COMMIT_RESOURCES = 51;"
        "import pipelines.charts.reader_pool as r; r.TOGETHER = 1;"
        "store = ChartStore.open(pathlib.Path(sys.argv[1]), read_only=False);"
        "l.load_paths(store, [pathlib.Path(sys.argv[2])], l.LoadLimits('off'),"
        " lambda p: print(p.files_done, flush=True))"
    )
    for after in (1, 5, 12):
        loading = subprocess.Popen([sys.executable, "-c", script, str(path), str(folder)],
                                   cwd=ROOT, stdout=subprocess.PIPE)  # fmt: skip
        assert loading.stdout is not None
        for _ in range(after):
            loading.stdout.readline()
        os.kill(loading.pid, signal.SIGKILL)
        loading.communicate()
        started = time.monotonic()
        opened = ChartStore.open(path, read_only=False)
        assert time.monotonic() - started < 5
        counts = opened.rows(
            "select p.patient, count(o.resource), any_value(e.last_written) from patient p "
            "left join observation o using (patient) left join chart_extent e using (patient) "
            "group by p.patient", {},
        )  # fmt: skip
        opened.close()
        assert len(counts) >= after - 1
        assert {(count, last) for _, count, last in counts} <= {(50, "2020-03-04T05:06:07+01:00")}


def test_what_was_handed_to_the_store_is_let_go_of_before_the_transaction_ends(
    store: ChartStore,
) -> None:
    with store.writer() as cursor:
        table = arrow([("name", "VARCHAR")], [("one",), ("two",)])
        freed = weakref.ref(table)
        with registered(cursor, "batch", table):
            assert cursor.execute("select name from batch").fetchall() == [("one",), ("two",)]
        del table
        gc.collect()
        assert freed() is None
        with pytest.raises(duckdb.CatalogException):
            cursor.execute("select name from batch")


def test_the_fault_of_a_statement_is_told_not_that_of_tidying_up_after_it(
    store: ChartStore,
) -> None:
    table = arrow([("name", "VARCHAR")], [("one",)])

    def count_wrongly() -> None:
        with store.writer() as cursor, registered(cursor, "batch", table):
            cursor.execute("create temp table t (n integer)")
            cursor.execute("insert into t select name from batch")

    with pytest.raises(duckdb.ConversionException):
        count_wrongly()
