"""A reader's lists of patients: made, changed, and who is on them now.

Every change is logged with the list. Who fits a list by location or by rule is found anew from
the charts each time, at each chart's own as-of. `patients_of` is for whoever works through a list
by its name (a briefing of all, a question asked of many).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from pipelines.errors import ChartroomError, NotFound
from pipelines.records.lists import ListEdit, ListRule, OfferedRule, SavedList
from pipelines.terms import list_rules

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.records.ward import WardRow

NOT_LOADED = "One of these patients is not in this home; reload the page and choose again."
NO_LIST = "Choose one of your lists first."
NO_SUCH_PLACE = "No patient lies at this location now; choose one of the locations on the page."


def lists(house: House, reader: Reader) -> tuple[SavedList, ...]:
    """The reader's own lists by name; none where nothing was ever logged."""
    from pipelines.ledger import lists as kept

    return kept.lists_of(house.ledger, reader) if house.has_ledger else ()


def rules() -> tuple[OfferedRule, ...]:
    """The rules that a list may be made by."""
    return list_rules.offered()


def locations(rows: Sequence[WardRow]) -> tuple[tuple[str, int], ...]:
    """Where patients lie now, each location with their number, by name."""
    counted: dict[str, int] = {}
    for row in rows:
        if row.stay is not None and row.stay.location is not None:
            counted[row.stay.location] = counted.get(row.stay.location, 0) + 1
    return tuple(sorted(counted.items()))


def make_by_hand(
    house: House, reader: Reader, name: str, patients: Collection[str] = ()
) -> SavedList:
    """A list that holds these patients; it may begin empty."""
    _check_loaded(house, patients)
    return _make(house, reader, SavedList("", name, "hand", tuple(patients)))


def make_by_location(house: House, reader: Reader, name: str, location: str) -> SavedList:
    """A list of whoever lies where this text says, in the record's own words or a part of them."""
    wanted = " ".join(location.split())
    if not wanted:
        raise ChartroomError(NO_SUCH_PLACE)
    return _make(house, reader, SavedList("", name, "location", location=wanted))


def make_by_rule(  # noqa: PLR0913, PLR0917 - a rule has a key, an amount and hours
    house: House, reader: Reader, name: str, key: str, amount: float, hours: int
) -> SavedList:
    """A list of whoever fits an offered rule with this amount (its unit) and these hours."""
    rule: ListRule = list_rules.checked(key, amount, hours)
    return _make(house, reader, SavedList("", name, "rule", rule=rule))


def rename(house: House, reader: Reader, list_id: str, name: str) -> None:
    """Another name for a list of this reader."""
    from pipelines.ledger import lists as kept

    kept.rename_list(house.ledger, reader, list_id, name)


def delete(house: House, reader: Reader, list_id: str) -> None:
    """Take a list away; no chart changes."""
    from pipelines.ledger import lists as kept

    kept.delete_list(house.ledger, reader, list_id)


def change_patients(
    house: House, reader: Reader, chosen: SavedList, patients: Collection[str]
) -> None:
    """Make `patients` the members of a list by hand; logged as what was added and taken off."""
    from pipelines.ledger import lists as kept

    wanted, before = set(patients), set(chosen.patients)
    if wanted - before:
        _check_loaded(house, wanted - before)
        kept.add_patients(house.ledger, reader, chosen.list_id, wanted - before)
    if before - wanted:
        kept.take_patients(house.ledger, reader, chosen.list_id, before - wanted)


def change(
    house: House, reader: Reader, edit: ListEdit, chosen: SavedList | None = None
) -> str | None:
    """Do what a page's form asks; the id of the list to show afterwards, None for all patients.

    `chosen` is the list that a change of name, of members or a deletion is about.
    """
    if edit.kind == "hand":
        return make_by_hand(house, reader, edit.name, edit.patients).list_id
    if edit.kind == "location":
        return make_by_location(house, reader, edit.name, edit.location).list_id
    if edit.kind == "rule":
        wanted = (edit.rule_key, edit.amount, edit.hours)
        return make_by_rule(house, reader, edit.name, *wanted).list_id
    if chosen is None:
        raise ChartroomError(NO_LIST)
    if edit.kind == "delete":
        delete(house, reader, chosen.list_id)
        return None
    if edit.kind == "rename":
        rename(house, reader, chosen.list_id, edit.name)
    else:
        change_patients(house, reader, chosen, edit.patients)
    return chosen.list_id


def patients_of(house: House, reader: Reader, name: str) -> tuple[str, ...]:
    """The `Patient.id`s on the reader's list of this name, in the worklist's order.

    NotFound, with the names that there are, where the reader has no such list.
    """
    found = lists(house, reader)
    chosen = next((one for one in found if one.name == name), None)
    if chosen is None:
        listed = ", ".join(one.name for one in found)
        known = f"your lists are: {listed}" if listed else "you have no list yet"
        raise NotFound(f"There is no list of that name; {known}.")
    return tuple(row.patient_id for row in members(house, chosen, all_rows(house)))


def all_rows(house: House) -> tuple[WardRow, ...]:
    """Every patient of the store, by name; none where nothing is loaded."""
    from pipelines.charts.ward.rows import ward_rows

    return () if house.store is None else ward_rows(house.store)


def members(house: House, chosen: SavedList, rows: Sequence[WardRow]) -> tuple[WardRow, ...]:
    """The rows that are on a list now."""
    from pipelines.charts.ward.list_rules import fitting

    if chosen.kind == "rule" and chosen.rule is not None:
        on_it = fitting(house.charts, rows, chosen.rule) if rows else frozenset()
        return tuple(row for row in rows if row.patient_id in on_it)
    if chosen.kind == "location":
        return tuple(row for row in rows if _lies_at(row, chosen.location or ""))
    by_hand = frozenset(chosen.patients)
    return tuple(row for row in rows if row.patient_id in by_hand)


def _lies_at(row: WardRow, wanted: str) -> bool:
    where = row.stay.location if row.stay is not None else None
    return where is not None and wanted.casefold() in where.casefold()


def _make(house: House, reader: Reader, new: SavedList) -> SavedList:
    from pipelines.ledger import lists as kept

    return kept.make_list(house.ledger, reader, new)


def _check_loaded(house: House, patients: Collection[str]) -> None:
    from pipelines.charts import patients as people

    if patients:
        known = {one.patient_id for one in people.all_patients(house.charts)}
        if not set(patients) <= known:
            raise NotFound(NOT_LOADED)
