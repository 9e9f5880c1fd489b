"""Saved lists: one reader's own, changed and logged together or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import ChartroomError, NotFound
from pipelines.ledger import lists
from pipelines.ledger.database import Ledger, open_ledger
from pipelines.records.chart import Reader
from pipelines.records.lists import ListRule, SavedList

ME, OTHER = Reader("resident"), Reader("attending")
RULE = ListRule("rise", 0.3, "creatinine", "mg/dL", 48, "Creatinine")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    opened = open_ledger(tmp_path / "ledger.sqlite", tmp_path / "ledger.head")
    yield opened
    opened.close()


def by_hand(ledger: Ledger, name: str = "Mine", *patients: str, reader: Reader = ME) -> SavedList:
    """A list by hand."""
    return lists.make_list(ledger, reader, SavedList("", name, "hand", patients))


def test_a_list_of_each_kind_comes_back_as_it_was_made(ledger: Ledger) -> None:
    by_hand(ledger, "b  hand", "p2", "p1", "p1")
    lists.make_list(ledger, ME, SavedList("", "A place", "location", location="Ward 4"))
    lists.make_list(ledger, ME, SavedList("", "c rule", "rule", rule=RULE))
    place, hand, rule = lists.lists_of(ledger, ME)
    assert (place.name, place.location) == ("A place", "Ward 4")
    assert (hand.name, hand.patients) == ("b hand", ("p1", "p2"))
    assert rule.rule == RULE


def test_a_list_belongs_to_its_reader_alone(ledger: Ledger) -> None:
    mine = by_hand(ledger, "Mine", "p1")
    by_hand(ledger, "Mine", "p9", reader=OTHER)
    assert [one.patients for one in lists.lists_of(ledger, OTHER)] == [("p9",)]
    calls: tuple[Callable[[], None], ...] = (
        lambda: lists.rename_list(ledger, OTHER, mine.list_id, "Taken"),
        lambda: lists.delete_list(ledger, OTHER, mine.list_id),
        lambda: lists.add_patients(ledger, OTHER, mine.list_id, ["p2"]),
        lambda: lists.take_patients(ledger, OTHER, mine.list_id, ["p1"]),
    )
    before = len(ledger.entries())
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert lists.lists_of(ledger, ME) == (mine,)
    assert len(ledger.entries()) == before, "what was refused is not logged as done"


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "\0"])
def test_a_name_is_needed(ledger: Ledger, name: str) -> None:
    with pytest.raises(ChartroomError, match="name"):
        by_hand(ledger, name)
    assert ledger.entries() == ()


def test_a_name_is_unique_for_a_reader(ledger: Ledger) -> None:
    by_hand(ledger, "Mine")
    second = by_hand(ledger, "Second")
    with pytest.raises(ChartroomError, match="already"):
        by_hand(ledger, "Mine")
    with pytest.raises(ChartroomError, match="already"):
        lists.rename_list(ledger, ME, second.list_id, "Mine")
    assert [one.name for one in lists.lists_of(ledger, ME)] == ["Mine", "Second"]
    assert len(ledger.entries()) == 2


def test_members_come_and_go_and_each_change_is_logged(ledger: Ledger) -> None:
    mine = by_hand(ledger, "Mine", "p1")
    lists.add_patients(ledger, ME, mine.list_id, ["p2", "p1", "p3"])
    lists.take_patients(ledger, ME, mine.list_id, ["p1", "nobody"])
    lists.rename_list(ledger, ME, mine.list_id, "Ours")
    (kept,) = lists.lists_of(ledger, ME)
    assert (kept.name, kept.patients) == ("Ours", ("p2", "p3"))
    lists.delete_list(ledger, ME, mine.list_id)
    assert lists.lists_of(ledger, ME) == ()
    changes = [entry.payload["change"] for entry in ledger.entries(action="list")]
    assert changes == ["made", "added", "taken off", "renamed", "deleted"]
    assert ledger.verify().whole


def test_patients_are_put_only_on_a_list_by_hand(ledger: Ledger) -> None:
    made = lists.make_list(ledger, ME, SavedList("", "R", "rule", rule=RULE))
    with pytest.raises(ChartroomError, match="by hand"):
        lists.add_patients(ledger, ME, made.list_id, ["p1"])


def test_a_removed_patient_is_on_nobodys_list(ledger: Ledger) -> None:
    by_hand(ledger, "Mine", "p1", "p2")
    by_hand(ledger, "Theirs", "p1", reader=OTHER)
    entry = lists.log_removal(ledger, ME, "p1", {"resources": 3})
    assert (entry.action, entry.patient) == ("remove", "p1")
    assert [one.patients for one in lists.lists_of(ledger, ME)] == [("p2",)]
    assert [one.patients for one in lists.lists_of(ledger, OTHER)] == [()]


def test_a_change_that_cannot_be_logged_is_not_made(ledger: Ledger) -> None:
    mine = by_hand(ledger, "Mine", "p1")
    path = str(ledger.engine.url.database)
    with sqlite3.connect(path) as tampered:
        tampered.execute(
            "create trigger full before insert on entry begin select raise(abort, 'no'); end"
        )
    with pytest.raises(ChartroomError):
        lists.add_patients(ledger, ME, mine.list_id, ["p2"])
    with pytest.raises(ChartroomError):
        lists.delete_list(ledger, ME, mine.list_id)
    assert lists.lists_of(ledger, ME) == (mine,)


def test_the_last_look_is_the_readers_newest_visit(tmp_path: Path) -> None:
    times = iter(datetime(2026, 11, 22, hour, tzinfo=UTC) for hour in range(1, 9))
    opened = open_ledger(tmp_path / "l.sqlite", tmp_path / "l.head")
    ledger = Ledger(opened.engine, opened.head_path, clock=lambda: next(times))
    ledger.open_visit("s", ME, "p1", "t1")
    ledger.open_visit("s", OTHER, "p1", "t2")
    ledger.open_visit("another tab", ME, "p1", "t3")
    ledger.open_visit("s", OTHER, "p2", "t4")
    assert lists.last_looked(ledger, ME) == {"p1": datetime(2026, 11, 22, 3, tzinfo=UTC)}
    ledger.close()


def test_a_ledger_of_an_older_version_gets_the_tables(tmp_path: Path) -> None:
    path, head = tmp_path / "ledger.sqlite", tmp_path / "ledger.head"
    opened = open_ledger(path, head)
    opened.append(reader=ME, patient=None, action="load", payload={})
    opened.close()
    with sqlite3.connect(path) as older:
        older.executescript(
            "drop table listed_patient; drop table saved_list;"
            "delete from migration where name = 'm002_saved_lists';"
        )
    again = open_ledger(path, head)
    by_hand(again, "Mine", "p1")
    assert again.verify().whole
    again.close()
