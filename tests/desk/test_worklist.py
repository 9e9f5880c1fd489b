"""The worklist of one reader: lists, who is on them, and what is new since the reader looked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.desk import lists, load, remove, visits, worklist
from pipelines.desk.house import House, open_house
from pipelines.errors import ChartroomError, NotFound
from pipelines.records.chart import Reader
from pipelines.records.lists import ListEdit
from pipelines.settings import Settings
from tests.charts.ward_files import NOW, result, ward
from tests.contract.charts import bundle, write

ME, OTHER = Reader("resident"), Reader("attending")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The ward, loaded."""
    environment = {"CHARTROOM_OLLAMA_URL": "http://127.0.0.1:9"}
    opened = open_house(Settings.read(tmp_path / "home", environment), writing=True)
    load.load(opened, ME, [write(tmp_path / "ward.json", bundle(*ward()))])
    yield opened
    opened.close()


def test_an_empty_home_has_an_empty_worklist(tmp_path: Path) -> None:
    empty = open_house(Settings.read(tmp_path / "home", {}))
    found = worklist.worklist(empty, ME)
    assert (found.rows, found.lists, found.chosen) == ((), (), None)
    empty.close()


def test_lists_of_each_kind_find_their_patients(house: House) -> None:
    lists.make_by_hand(house, ME, "Mine", ["home", "septic"])
    lists.make_by_location(house, ME, "Ward", "ward 4")
    lists.make_by_rule(house, ME, "Kidneys", "creatinine_rise", 0.3, 48)
    lists.make_by_rule(house, ME, "Sick", "news2", 5, 0)
    assert lists.patients_of(house, ME, "Mine") == ("home", "septic")
    assert lists.patients_of(house, ME, "Ward") == ("moved", "septic")
    assert lists.patients_of(house, ME, "Kidneys") == ("septic",)
    assert lists.patients_of(house, ME, "Sick") == ("septic",)


def test_an_unknown_list_is_told_with_the_lists_there_are(house: House) -> None:
    with pytest.raises(NotFound, match="no list yet"):
        lists.patients_of(house, ME, "Mine")
    lists.make_by_hand(house, ME, "Mine")
    lists.make_by_hand(house, ME, "Night")
    with pytest.raises(NotFound, match="your lists are: Mine, Night"):
        lists.patients_of(house, ME, "mine")
    with pytest.raises(NotFound, match="no list yet"):
        lists.patients_of(house, OTHER, "Mine")


@pytest.mark.parametrize(
    ("key", "amount", "hours"),
    [("nonsense", 1.0, 1), ("creatinine_rise", 0.0, 48), ("creatinine_rise", 0.3, 9_999),
     ("news2", 21.0, 0)],
)  # fmt: skip
def test_a_rule_outside_the_table_is_refused(
    house: House, key: str, amount: float, hours: int
) -> None:
    with pytest.raises(ChartroomError, match="rule"):
        lists.make_by_rule(house, ME, "R", key, amount, hours)
    assert lists.lists(house, ME) == ()


def test_every_offered_rule_can_be_made_as_it_stands(house: House) -> None:
    for one in lists.rules():
        made = lists.make_by_rule(house, ME, one.key, one.key, one.rule.amount, one.rule.hours)
        assert made.rule == one.rule
        assert one.source
        assert worklist.worklist(house, ME, made.list_id).chosen == made


def test_only_patients_who_are_loaded_are_put_on_a_list(house: House) -> None:
    with pytest.raises(NotFound):
        lists.make_by_hand(house, ME, "Mine", ["nobody"])
    mine = lists.make_by_hand(house, ME, "Mine", ["home"])
    with pytest.raises(NotFound):
        lists.change_patients(house, ME, mine, ["home", "nobody"])
    assert lists.patients_of(house, ME, "Mine") == ("home",)


def test_the_form_of_a_page_does_each_change(house: House) -> None:
    made = lists.change(house, ME, ListEdit("hand", "Mine", ("home",)))
    (mine,) = lists.lists(house, ME)
    assert made == mine.list_id
    assert lists.change(house, ME, ListEdit("members", patients=("septic",)), mine) == made
    assert lists.change(house, ME, ListEdit("rename", "Ours"), mine) == made
    assert lists.patients_of(house, ME, "Ours") == ("septic",)
    (mine,) = lists.lists(house, ME)
    assert lists.change(house, ME, ListEdit("delete"), mine) is None
    assert lists.lists(house, ME) == ()
    with pytest.raises(ChartroomError, match="first"):
        lists.change(house, ME, ListEdit("delete"))


def test_a_removed_patient_leaves_every_list(house: House) -> None:
    lists.make_by_hand(house, ME, "Mine", ["home", "septic"])
    remove.remove(house, OTHER, "septic")
    assert [one.patients for one in lists.lists(house, ME)] == [("home",)]


def test_a_chart_never_opened_is_not_yet_looked_at_and_looking_at_the_list_opens_none(
    house: House,
) -> None:
    before = len(house.ledger.entries())
    for _ in range(2):
        rows = worklist.worklist(house, ME).rows
        assert all(row.arrived is None and row.last_looked is None for row in rows)
    assert len(house.ledger.entries()) == before


def test_what_comes_in_after_a_look_is_new_to_that_reader_until_the_next(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def news(reader: Reader) -> object:
        rows = {row.patient_id: row for row in worklist.worklist(house, reader).rows}
        return rows["septic"].arrived

    visits.open_visit(house, "tab", ME, "septic")
    look_at(house, "2100-01-01T08:00:00+00:00")
    assert (news(ME), news(OTHER)) == (worklist_nothing(), None)
    path = write(tmp_path / "more.json", bundle(result("septic", "potassium", 4.1, NOW)))
    load.load(house, ME, [path])
    with house.charts.writer() as cursor:
        cursor.execute("update load set started_at = '2100-01-01T09:00:00+00:00' "
                       "where load_id = (select max(load_id) from load)")  # fmt: skip
    first = news(ME)
    assert getattr(first, "results", None) == 1
    assert news(ME) == first, "drawing the page resets nothing"
    visits.open_visit(house, "tab", ME, "septic")
    look_at(house, "2100-01-01T10:00:00+00:00")
    assert news(ME) == worklist_nothing()


def worklist_nothing() -> object:
    """Looked at, and nothing new."""
    from pipelines.records.ward import Arrived

    return Arrived()


def look_at(house: House, when: str) -> None:
    """Every visit as if it had begun then."""
    with house.ledger.engine.begin() as connection:
        connection.exec_driver_sql("update visit set opened_at = ?", (when,))
