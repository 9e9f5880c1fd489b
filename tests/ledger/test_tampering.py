"""What a tamperer does with raw SQLite, and the entry that `verify` names for it."""

# ruff: noqa: S608  # a tamperer writes SQL as he likes

from __future__ import annotations

import random
import shutil
import sqlite3

import pytest

from pipelines.ledger.chain import body_digest, seal
from tests.ledger.conftest import Home

COLUMNS = (
    "id",
    "time",
    "reader",
    "patient",
    "action",
    "thread",
    "payload",
    "previous_hash",
    "hash",
)


def _swap(a: int, b: int) -> list[str]:
    return [
        f"update entry set seq = -1 where seq = {a}",
        f"update entry set seq = {a} where seq = {b}",
        f"update entry set seq = {b} where seq = -1",
    ]


def _shift(start: int, step: int) -> list[str]:
    return [
        f"update entry set seq = -seq where seq >= {start}",
        f"update entry set seq = -seq + {step} where seq < 0",
    ]


def _forge(seq: int, entry_id: str = "forged") -> str:
    return (
        "insert into entry select "
        f"{seq}, '{entry_id}', time, reader, patient, action, thread, payload, previous_hash, hash "
        "from entry where seq = 3"
    )


def _reseal(home: Home, seq: int, **changes: object) -> list[tuple[str, tuple[object, ...]]]:
    row = next(row for row in home.rows() if row[0] == seq)
    names = ("seq", *COLUMNS)
    new = dict(zip(names, row, strict=True)) | changes
    body = body_digest([new[name] for name in names[1:8]])
    new["hash"] = seal(seq, str(new["previous_hash"]), body)
    return [(f"update entry set {name} = ? where seq = {seq}", (new[name],)) for name in names[1:]]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("seq", [1, 6, 12])
@pytest.mark.parametrize("value", ["changed", "", None, b"blob", 7, b"\xff\xfe"])
def test_one_edited_column_names_that_entry_alone(
    grown: Home, column: str, seq: int, value: object
) -> None:
    before = grown.rows()[seq - 1]
    nullable = column in {"patient", "thread"}
    new = "nothing" if value is None and not nullable else value
    grown.tamper((f"update entry set {column} = ? where seq = ?", (new, seq)))
    after = grown.rows()[seq - 1]
    assert grown.names() == ([] if before == after else [(seq, "edited")])


def test_text_cast_to_bytes_is_an_edit(grown: Home) -> None:
    grown.tamper("update entry set payload = cast(payload as blob) where seq = 4")
    assert grown.names() == [(4, "edited")]


def test_a_text_that_is_not_utf8_is_named_and_still_listed(grown: Home) -> None:
    grown.tamper("update entry set reader = cast(x'ff41' as text), payload = '{' where seq = 4")
    assert grown.names() == [(4, "edited")]
    ledger = grown.open()
    assert ledger.entries()[3].payload == {"unreadable": True}
    assert ledger.entries()[3].reader.encode()
    ledger.close()


@pytest.mark.parametrize(
    ("statements", "named"),
    [
        pytest.param(["delete from entry where seq = 6"], [(6, "missing")], id="a row taken out"),
        pytest.param(["delete from entry where seq = 1"], [(1, "missing")], id="the first row"),
        pytest.param(
            ["delete from entry where seq in (3, 4, 8)"],
            [(3, "missing"), (4, "missing"), (8, "missing")],
            id="several rows",
        ),
        pytest.param(
            ["delete from entry where seq = 6", *_shift(7, -1)],
            [(6, "missing")],
            id="a row taken out and the gap closed",
        ),
        pytest.param(
            ["delete from entry where seq in (5, 6)", *_shift(7, -2)],
            [(5, "missing"), (6, "missing")],
            id="two rows taken out and the gap closed",
        ),
        pytest.param(["delete from entry where seq = 12"], [(12, "cut off")], id="the last row"),
        pytest.param(
            ["delete from entry where seq > 9"],
            [(10, "cut off"), (11, "cut off"), (12, "cut off")],
            id="the tail",
        ),
        pytest.param(
            ["delete from entry"], [(seq, "cut off") for seq in range(1, 13)], id="all rows"
        ),
        pytest.param(
            ["drop table entry"], [(seq, "cut off") for seq in range(1, 13)], id="the table"
        ),
        pytest.param([*_shift(6, 1), _forge(6)], [(6, "inserted")], id="a row put in, renumbered"),
        pytest.param(
            [*_shift(6, 2), _forge(6), _forge(7, "forged too")],
            [(6, "inserted"), (7, "inserted")],
            id="two rows put in",
        ),
        pytest.param([*_shift(1, 1), _forge(1)], [(1, "inserted")], id="a row put in first"),
        pytest.param([_forge(13)], [(13, "inserted")], id="a row put in at the end"),
        pytest.param([_forge(0)], [(0, "inserted")], id="a row before the first"),
        pytest.param([_forge(10**9)], [(10**9, "inserted")], id="a row far away"),
        pytest.param(_swap(4, 9), [(4, "reordered"), (9, "reordered")], id="two rows swapped"),
        pytest.param(
            _swap(5, 6), [(5, "reordered"), (6, "reordered")], id="two neighbours swapped"
        ),
        pytest.param(_swap(1, 12), [(1, "reordered"), (12, "reordered")], id="first and last"),
        pytest.param(
            ["update entry set seq = 90 where seq = 5"], [(5, "reordered")], id="one renumbered"
        ),
        pytest.param(
            ["update entry set seq = 19 where seq = 12"], [(12, "reordered")], id="last renumbered"
        ),
        pytest.param(
            ["update entry set seq = -3 where seq = 5"], [(5, "reordered")], id="negative number"
        ),
        pytest.param(
            [
                "update entry set seq = -1 where seq = 3",
                *[f"update entry set seq = {n - 1} where seq = {n}" for n in range(4, 11)],
                "update entry set seq = 10 where seq = -1",
            ],
            [(3, "reordered")],
            id="one row moved behind others",
        ),
        pytest.param(
            ["update entry set payload = '{}' where seq = 3", "delete from entry where seq = 8"],
            [(3, "edited"), (8, "missing")],
            id="an edit and a row taken out",
        ),
        pytest.param(
            ["update entry set payload = '{}' where seq in (5, 6)"],
            [(5, "edited"), (6, "edited")],
            id="two edited neighbours",
        ),
    ],
)
def test_tampering_is_named(grown: Home, statements: list[str], named: list[object]) -> None:
    grown.tamper(*statements)
    assert grown.names() == named


def test_a_found_entry_is_named_with_its_id(grown: Home) -> None:
    rows = grown.rows()
    grown.tamper("update entry set payload = '{}' where seq = 6", *_swap(2, 9))
    assert grown.broken() == [
        (2, rows[1][1], "reordered"),
        (6, rows[5][1], "edited"),
        (9, rows[8][1], "reordered"),
    ]


@pytest.mark.parametrize("seq", [1, 6, 12])
def test_an_edit_with_a_recomputed_hash_names_the_edited_entry(grown: Home, seq: int) -> None:
    grown.tamper(*_reseal(grown, seq, payload="{}"))
    assert grown.names() == [(seq, "edited")]


def test_a_forged_entry_with_a_right_hash_is_named_not_the_one_it_pushed_on(grown: Home) -> None:
    grown.tamper(*_shift(6, 1), _forge(6))
    previous = grown.rows()[4][-1]
    grown.tamper(*_reseal(grown, 6, previous_hash=previous))
    assert grown.broken() == [(6, "forged", "inserted")]


def test_a_chain_rewritten_to_its_end_does_not_fit_the_head(grown: Home) -> None:
    grown.tamper(*_reseal(grown, 5, payload="{}"))
    for seq in range(6, 13):
        grown.tamper(*_reseal(grown, seq, previous_hash=grown.rows()[seq - 2][-1]))
    assert grown.names() == [(12, "edited")]


def test_a_copied_row_is_put_in(grown: Home) -> None:
    grown.tamper("create table copy as select * from entry", "drop table entry")
    grown.tamper(
        "alter table copy rename to entry",
        "insert into entry select * from entry where seq = 5",
    )
    assert grown.names() == [(5, "inserted")]


def test_working_on_after_a_cut_does_not_hide_it(grown: Home) -> None:
    grown.tamper("delete from entry where seq > 9")
    grown.grow(1)
    assert grown.names() == [(10, "cut off"), (11, "cut off"), (12, "cut off")]
    grown.grow(7)
    assert grown.names() == [(10, "cut off"), (11, "cut off"), (12, "cut off")]


def test_starting_anew_after_all_was_deleted_does_not_hide_it(grown: Home) -> None:
    grown.ledger_path.unlink()
    assert {what for _seq, what in grown.names()} == {"cut off"}
    grown.grow(14)
    assert grown.names() == [(seq, "cut off") for seq in range(1, 13)]


@pytest.mark.parametrize(
    "content", [None, b"", b"{", b"[]", b'{"seq": -4, "hash": "", "time": ""}']
)
def test_a_head_that_is_gone_or_unreadable_counts_as_a_cut(
    grown: Home, content: bytes | None
) -> None:
    grown.head_path.unlink()
    if content is not None:
        grown.head_path.write_bytes(content)
    assert grown.names() == [(13, "cut off")]
    grown.grow(1)
    assert grown.names() == [(14, "cut off")]


def test_a_forged_head_far_beyond_the_chain_ends_in_time(grown: Home) -> None:
    grown.head_path.write_text('{"seq": 1000000000000, "hash": "sha256:00", "time": "9999"}')
    named = grown.names()
    assert named[0] == (13, "cut off")
    assert {what for _seq, what in named} == {"cut off"}


def test_a_chain_ahead_of_the_head_is_whole(grown: Home) -> None:
    older = grown.head_path.read_bytes()
    grown.grow(3)
    grown.head_path.write_bytes(older)
    assert grown.names() == []
    grown.tamper("update entry set reader = 'x' where seq = 4")
    assert grown.names() == [(4, "edited")]


def test_dropped_triggers_are_no_change_of_an_entry_and_come_back(grown: Home) -> None:
    grown.tamper()
    assert grown.names() == []
    connection = sqlite3.connect(grown.ledger_path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("update entry set reader = 'x'")
    connection.close()


def _random_tampering(
    pick: random.Random, count: int
) -> list[str | tuple[str, tuple[object, ...]]]:
    seq, other = pick.sample(range(1, count + 1), 2)
    column = pick.choice(COLUMNS)
    value = pick.choice([f"x{pick.random()}", "", pick.random(), b"\x00\xff"])
    return pick.choice(
        [
            [(f"update entry set {column} = ? where seq = ?", (value, seq))],
            [f"update entry set {column} = {column} || 'x' where seq = {seq}"],
            [f"delete from entry where seq = {seq}"],
            [f"delete from entry where seq >= {seq}"],
            [f"delete from entry where seq = {seq}", *_shift(seq + 1, -1)],
            _swap(seq, other),
            [f"update entry set seq = {count + other} where seq = {seq}"],
            [*_shift(seq, 1), _forge(seq)],
            [_forge(count + other)],
            [("update entry set time = ?, reader = 'y' where seq in (?, ?)", (value, seq, other))],
        ]
    )


def _found(home: Home, seed: int) -> bool:
    before = home.rows()
    home.tamper(*_random_tampering(random.Random(seed), len(before)))
    return bool(home.names()) or home.rows() == before


@pytest.mark.sweep
def test_every_random_tampering_is_found(home: Home, sweep_size: int) -> None:
    home.grow(40)
    kept = home.folder.with_name("kept")
    shutil.copytree(home.folder, kept)
    missed = []
    for seed in range(sweep_size):
        shutil.rmtree(home.folder)
        shutil.copytree(kept, home.folder)
        if not _found(home, seed):
            missed.append(seed)
    assert missed == []


def _named_tampering(pick: random.Random, count: int) -> tuple[list[str], list[tuple[int, str]]]:
    """One tampering of one kind, and exactly what must be named."""
    seq, other = sorted(pick.sample(range(2, count), 2))
    column = pick.choice(COLUMNS)
    deleted = f"delete from entry where seq = {seq}"
    return pick.choice(
        [
            (
                [f"update entry set {column} = coalesce({column}, '') || 'x' where seq = {seq}"],
                [(seq, "edited")],
            ),
            ([deleted], [(seq, "missing")]),
            ([deleted, *_shift(seq + 1, -1)], [(seq, "missing")]),
            (
                [f"delete from entry where seq >= {seq}"],
                [(number, "cut off") for number in range(seq, count + 1)],
            ),
            (_swap(seq, other), [(seq, "reordered"), (other, "reordered")]),
            ([*_shift(seq, 1), _forge(seq).replace("= 3", "= 1")], [(seq, "inserted")]),
        ]
    )


@pytest.mark.sweep
def test_a_random_tampering_of_one_kind_is_named_and_nothing_else(
    home: Home, sweep_size: int
) -> None:
    home.grow(30)
    kept = home.folder.with_name("kept")
    shutil.copytree(home.folder, kept)
    for seed in range(sweep_size):
        shutil.rmtree(home.folder)
        shutil.copytree(kept, home.folder)
        statements, named = _named_tampering(random.Random(seed), 30)
        home.tamper(*statements)
        assert home.names() == named, statements
