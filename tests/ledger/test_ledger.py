"""Entries are added, read back and never changed; several processes and a kill lose none."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import ChartroomError, NotFound
from pipelines.ledger import head
from pipelines.ledger.chain import canonical
from pipelines.ledger.database import check_ledger, ledger_exists, open_ledger
from pipelines.records.chart import Reader
from tests.ledger.conftest import READER, Home

APPEND_FOR_EVER = """
import sys
from pathlib import Path
from pipelines.ledger.database import open_ledger
from pipelines.records.chart import Reader
home, count = Path(sys.argv[1]), int(sys.argv[2])
ledger = open_ledger(home / "ledger.sqlite", home / "ledger.head")
done = 0
while done != count:
    entry = ledger.append(reader=Reader("r"), patient="p", action="ask", payload={"n": done})
    print(entry.seq, entry.entry_id, flush=True)
    done += 1
"""


def _start(home: Home, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", APPEND_FOR_EVER, str(home.folder), str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_an_entry_comes_back_as_it_was_given(home: Home) -> None:
    ledger = home.open()
    payload = {"question": "Kalium? ü \ud800 \0", "values": [[5.9, "a"]], "nested": {"b": None}}
    added = ledger.append(reader=READER, patient="p1", action="ask", payload=payload, thread="t")
    assert ledger.entry(added.entry_id) == added
    assert (added.seq, added.reader, added.patient, added.thread) == (1, "resident", "p1", "t")
    assert added.payload == payload
    assert datetime.fromisoformat(added.time).tzinfo == UTC
    ledger.close()


def test_a_frozen_value_may_be_part_of_a_payload() -> None:
    @dataclass(frozen=True, slots=True)
    class Quote:
        text: str
        lines: tuple[int, ...]

    assert canonical({"q": (Quote("a", (1, 2)),)}) == '{"q":[{"lines":[1,2],"text":"a"}]}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object()])
def test_what_json_cannot_say_is_refused_before_anything_is_written(
    home: Home, value: object
) -> None:
    ledger = home.open()
    with pytest.raises((ValueError, TypeError)):
        ledger.append(reader=READER, patient=None, action="ask", payload={"v": value})
    assert ledger.entries() == ()
    ledger.close()


def test_text_that_no_database_takes_is_kept_readable(home: Home) -> None:
    ledger = home.open()
    entry = ledger.append(reader=Reader("a\0b\ud800"), patient=None, action="ask", payload={})
    assert entry.reader == "a\ufffdb?"
    assert ledger.verify().whole
    ledger.close()


def test_entries_are_filtered_and_stay_oldest_first(grown: Home) -> None:
    ledger = grown.open()
    assert [entry.seq for entry in ledger.entries()] == list(range(1, 13))
    assert [entry.seq for entry in ledger.entries(limit=3)] == [10, 11, 12]
    assert {entry.patient for entry in ledger.entries(patient="p1")} == {"p1"}
    assert {entry.action for entry in ledger.entries(action="export")} == {"export"}
    assert {entry.thread for entry in ledger.entries(thread="t1")} == {"t1"}
    assert ledger.entries(patient="nobody") == ()
    with pytest.raises(NotFound):
        ledger.entry("nothing")
    ledger.close()


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set reader = 'x' where seq = 3",
        "delete from entry where seq = 3",
        "insert or replace into entry select * from entry where seq = 3",
        "insert or replace into entry select 13, id, time, reader, patient, action, thread,"
        " payload, previous_hash, hash from entry where seq = 3",
        "insert into entry select 20, 'x', time, reader, patient, action, thread,"
        " payload, previous_hash, hash from entry where seq = 3",
    ],
)
def test_triggers_refuse_every_change(grown: Home, statement: str) -> None:
    connection = sqlite3.connect(grown.ledger_path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    assert grown.names() == []


def test_files_are_private_and_the_head_names_the_last_entry(grown: Home) -> None:
    assert stat.S_IMODE(grown.folder.stat().st_mode) == 0o700
    for path in (grown.ledger_path, grown.head_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    check = check_ledger(grown.ledger_path, grown.head_path)
    kept = json.loads(grown.head_path.read_text())
    assert (kept["seq"], kept["hash"]) == (12, check.head)
    assert (check.entries, check.whole) == (12, True)


def test_a_ledger_that_others_could_read_is_made_private_again(grown: Home) -> None:
    grown.ledger_path.chmod(0o644)
    grown.open().close()
    assert stat.S_IMODE(grown.ledger_path.stat().st_mode) == 0o600


def test_a_home_may_be_moved(grown: Home, tmp_path: Path) -> None:
    grown.folder.rename(tmp_path / "elsewhere")
    moved = Home(tmp_path / "elsewhere")
    assert moved.names() == []
    moved.grow(1)
    assert len(moved.rows()) == 13


@pytest.mark.parametrize("content", [None, b""])
def test_a_home_without_a_ledger_is_whole_and_stays_as_it_is(
    home: Home, content: bytes | None
) -> None:
    home.folder.mkdir()
    if content is not None:
        home.ledger_path.write_bytes(content)
    check = check_ledger(home.ledger_path, home.head_path)
    assert (check.entries, check.head, check.whole) == (0, None, True)
    assert not ledger_exists(home.ledger_path)
    assert home.ledger_path.exists() == (content is not None)


def test_a_new_ledger_is_whole_and_finds_nothing(home: Home) -> None:
    home.open().close()
    assert home.broken() == []
    assert ledger_exists(home.ledger_path)


def test_a_file_that_is_no_database_is_one_plain_sentence(home: Home) -> None:
    home.folder.mkdir()
    home.ledger_path.write_bytes(b"not a database " * 1000)
    with pytest.raises(ChartroomError, match="damaged"):
        home.open()


def test_damaged_pages_are_one_plain_sentence(grown: Home) -> None:
    grown.grow(60)
    raw = bytearray(grown.ledger_path.read_bytes())
    raw[4096 * 3 :] = b"\xa5" * len(raw[4096 * 3 :])
    grown.ledger_path.write_bytes(raw)
    with pytest.raises(ChartroomError, match="damaged"):
        grown.names()


def test_a_table_with_other_columns_is_one_plain_sentence(grown: Home) -> None:
    grown.tamper("alter table entry rename column payload to cargo")
    with pytest.raises(ChartroomError, match="restore"):
        grown.names()


def test_a_home_that_cannot_be_made_is_one_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ChartroomError, match="home"):
        open_ledger(tmp_path / "file" / "ledger.sqlite", tmp_path / "file" / "ledger.head")


def test_a_head_that_cannot_be_written_is_told_and_the_entry_stands(home: Home) -> None:
    ledger = home.open()
    (home.folder / "ledger.head.new").mkdir()
    with pytest.raises(ChartroomError, match="head"):
        ledger.append(reader=READER, patient=None, action="ask", payload={})
    assert ledger.verify().whole
    assert len(ledger.entries()) == 1
    ledger.close()


def test_an_older_head_never_replaces_a_newer_one(grown: Home) -> None:
    head.renew_head(grown.head_path, head.Head(3, "sha256:3", "t"), lambda _seq: "sha256:3")
    assert json.loads(grown.head_path.read_text())["seq"] == 12


def test_threads_share_a_ledger_without_gaps(home: Home) -> None:
    ledger = home.open()
    with ThreadPoolExecutor(8) as pool:
        entries = pool.map(
            lambda n: ledger.append(reader=READER, patient=None, action="ask", payload={"n": n}),
            range(80),
        )
        assert sorted(entry.seq for entry in entries) == list(range(1, 81))
    assert ledger.verify().whole
    ledger.close()


def test_several_processes_add_at_once_without_gaps(home: Home) -> None:
    children = [_start(home, 25) for _ in range(4)]
    written = [
        line.split() for child in children for line in child.communicate(timeout=60)[0].splitlines()
    ]
    assert sorted(int(seq) for seq, _id in written) == list(range(1, 101))
    assert home.names() == []
    assert json.loads(home.head_path.read_text())["seq"] == 100


@pytest.mark.sweep
def test_a_kill_loses_no_acknowledged_entry(home: Home, kill_count: int) -> None:
    acknowledged: dict[int, str] = {}
    for round_number in range(kill_count):
        child = _start(home, -1)
        assert child.stdout is not None
        lines = [child.stdout.readline() for _ in range(1 + round_number % 7)]
        os.kill(child.pid, signal.SIGKILL)
        lines += child.stdout.read().splitlines()  # what it said before it died
        child.wait(timeout=60)
        acknowledged |= {int(s): i for s, i in (line.split() for line in lines if line.count(" "))}
        check = check_ledger(home.ledger_path, home.head_path)
        assert check.whole
        assert json.loads(home.head_path.read_text())["seq"] <= check.entries
        kept = {row[0]: row[1] for row in home.rows()}
        assert acknowledged.items() <= kept.items()
        assert len(kept) - len(acknowledged) <= round_number + 1


def test_a_visit_belongs_to_its_session(home: Home) -> None:
    ledger = home.open()
    visit = ledger.open_visit("hash-a", READER, "p1", "thread-1")
    assert ledger.visit("hash-a", visit.visit_id) == visit
    assert ledger.visit("hash-b", visit.visit_id) is None
    assert ledger.visit("hash-a", "other") is None
    assert (visit.reader, visit.patient, visit.thread) == ("resident", "p1", "thread-1")
    other = ledger.open_visit("hash-a", READER, "p2", "thread-2")
    assert ledger.visit("hash-a", visit.visit_id) == visit
    assert ledger.visit("hash-a", other.visit_id) == other
    ledger.close()


def test_an_exception_does_not_carry_what_was_to_be_written(home: Home) -> None:
    ledger = home.open()
    connection = sqlite3.connect(home.ledger_path)
    connection.execute("drop table visit")
    connection.close()
    with pytest.raises(ChartroomError) as caught:
        ledger.open_visit("hash", READER, "MARKER-PHI", "t")
    assert "MARKER-PHI" not in f"{caught.value} {caught.value.detail} {caught.value.__context__}"
    ledger.close()
