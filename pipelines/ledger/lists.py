"""Each reader's saved lists of patients, and when a reader last opened each chart.

A list belongs to one reader and its name is unique there. By hand it holds patients; by location
or by rule it holds what to look for, and who fits is found anew each time. A change of a list and
its entry in the ledger are one transaction. When a patient is removed from the store, the same
transaction that logs it takes the patient out of every list. The entry names the list and the
patients by id, as other entries do; a list's name is the reader's own words.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, column, delete, func, insert, select, table, update
from sqlalchemy.exc import IntegrityError

from pipelines.errors import ChartroomError, NotFound
from pipelines.ledger.database import Ledger
from pipelines.ledger.visits import VISIT
from pipelines.records.chart import Reader
from pipelines.records.ledger import LogEntry
from pipelines.records.lists import ListRule, SavedList

LIST = table(
    "saved_list",
    *(column(n) for n in ("list_id", "reader", "name", "kind", "location", "rule", "made_at")),
)
LISTED = table("listed_patient", column("list_id"), column("patient"))
LONGEST_NAME = 60
NO_NAME = f"A list needs a name of 1 to {LONGEST_NAME} characters."
NAME_TAKEN = "You have a list of this name already; choose another name."
GONE = "This list is not there any more; reload the page."
BY_HAND_ONLY = "Patients are put on a list by hand only where the list is kept by hand."


def lists_of(ledger: Ledger, reader: Reader) -> tuple[SavedList, ...]:
    """The reader's lists by name; nobody else's."""

    def read(connection: Connection) -> tuple[SavedList, ...]:
        mine = LIST.c.reader == reader.account
        members: dict[str, list[str]] = {}
        found = connection.execute(
            select(LISTED.c.list_id, LISTED.c.patient)
            .join_from(LISTED, LIST, LISTED.c.list_id == LIST.c.list_id)
            .where(mine)
            .order_by(LISTED.c.patient)
        )
        for list_id, patient in found:
            members.setdefault(list_id, []).append(patient)
        rows = connection.execute(select(*LIST.c).where(mine).order_by(func.lower(LIST.c.name)))
        return tuple(_list(row, members.get(row.list_id, [])) for row in rows)

    return ledger.read(read)


def make_list(ledger: Ledger, reader: Reader, new: SavedList) -> SavedList:
    """Keep a new list (its id is made here); ChartroomError where the name is taken or empty."""
    name = _name(new.name)
    made = SavedList(
        uuid.uuid4().hex, name, new.kind, tuple(sorted(set(new.patients))), new.location, new.rule
    )

    def change(connection: Connection) -> None:
        _insert(connection, reader, made, ledger.clock().isoformat(timespec="seconds"))
        _put(connection, made.list_id, made.patients)

    _log(ledger, reader, "made", made, change)
    return made


def rename_list(ledger: Ledger, reader: Reader, list_id: str, name: str) -> None:
    """Give a list of this reader another name."""
    wanted = _name(name)

    def change(connection: Connection) -> None:
        statement = update(LIST).where(*_own(reader, list_id)).values(name=wanted)
        try:
            _one(connection.execute(statement).rowcount)
        except IntegrityError:
            raise ChartroomError(NAME_TAKEN) from None

    _log(ledger, reader, "renamed", SavedList(list_id, wanted, "hand"), change)


def delete_list(ledger: Ledger, reader: Reader, list_id: str) -> None:
    """Take a list of this reader away; the patients stay where they are."""

    def change(connection: Connection) -> None:
        _kind(connection, reader, list_id)
        connection.execute(delete(LISTED).where(LISTED.c.list_id == list_id))
        connection.execute(delete(LIST).where(*_own(reader, list_id)))

    _log(ledger, reader, "deleted", SavedList(list_id, "", "hand"), change)


def add_patients(ledger: Ledger, reader: Reader, list_id: str, patients: Collection[str]) -> None:
    """Put patients on a list that is kept by hand; who is on it already stays once."""

    def change(connection: Connection) -> None:
        if _kind(connection, reader, list_id) != "hand":
            raise ChartroomError(BY_HAND_ONLY)
        there = select(LISTED.c.patient).where(LISTED.c.list_id == list_id)
        known = {row[0] for row in connection.execute(there)}
        _put(connection, list_id, sorted(set(patients) - known))

    _log(ledger, reader, "added", SavedList(list_id, "", "hand", tuple(sorted(patients))), change)


def take_patients(ledger: Ledger, reader: Reader, list_id: str, patients: Collection[str]) -> None:
    """Take patients off a list that is kept by hand."""

    def change(connection: Connection) -> None:
        if _kind(connection, reader, list_id) != "hand":
            raise ChartroomError(BY_HAND_ONLY)
        connection.execute(
            delete(LISTED).where(LISTED.c.list_id == list_id, LISTED.c.patient.in_(patients))
        )

    _log(ledger, reader, "taken off", SavedList(list_id, "", "hand", tuple(patients)), change)


def log_removal(
    ledger: Ledger, reader: Reader, patient: str, payload: Mapping[str, object]
) -> LogEntry:
    """Log that a patient was removed and take the patient out of every list, in one transaction."""
    return ledger.append_with(
        lambda connection: connection.execute(delete(LISTED).where(LISTED.c.patient == patient)),
        reader=reader,
        patient=patient,
        action="remove",
        payload=payload,
    )


def last_looked(ledger: Ledger, reader: Reader) -> dict[str, datetime]:
    """When this reader last opened each chart in the app (UTC); who never did is not in it."""

    def read(connection: Connection) -> dict[str, datetime]:
        rows = connection.execute(
            select(VISIT.c.patient, func.max(VISIT.c.opened_at))
            .where(VISIT.c.reader == reader.account)
            .group_by(VISIT.c.patient)
        )
        return {patient: datetime.fromisoformat(at) for patient, at in rows}

    return ledger.read(read)


def _log(
    ledger: Ledger,
    reader: Reader,
    word: str,
    changed: SavedList,
    change: Callable[[Connection], None],
) -> None:
    told: dict[str, object] = {"change": word, "list": changed.list_id}
    if changed.name:
        told["name"] = changed.name
    if word == "made":
        told |= {"kind": changed.kind, "location": changed.location}
        told["rule"] = None if changed.rule is None else changed.rule.text
    if changed.patients:
        told["patients"] = list(changed.patients)
    ledger.append_with(change, reader=reader, patient=None, action="list", payload=told)


def _insert(connection: Connection, reader: Reader, made: SavedList, now: str) -> None:
    rule = None if made.rule is None else json.dumps(asdict(made.rule))
    values = {
        "list_id": made.list_id, "reader": reader.account, "name": made.name, "kind": made.kind,
        "location": made.location, "rule": rule, "made_at": now,
    }  # fmt: skip
    try:
        connection.execute(insert(LIST).values(values))
    except IntegrityError:
        raise ChartroomError(NAME_TAKEN) from None


def _put(connection: Connection, list_id: str, patients: Collection[str]) -> None:
    if patients:
        rows = [{"list_id": list_id, "patient": patient} for patient in patients]
        connection.execute(insert(LISTED), rows)


def _own(reader: Reader, list_id: str) -> tuple[Any, Any]:
    return LIST.c.list_id == list_id, LIST.c.reader == reader.account


def _kind(connection: Connection, reader: Reader, list_id: str) -> str:
    row = connection.execute(select(LIST.c.kind).where(*_own(reader, list_id))).first()
    if row is None:
        raise NotFound(GONE)
    return str(row[0])


def _one(count: int) -> None:
    if count != 1:
        raise NotFound(GONE)


def _name(written: str) -> str:
    name = " ".join(written.encode("utf-8", "replace").decode().replace("\0", "").split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise ChartroomError(NO_NAME)
    return name


def _list(row: Any, patients: Collection[str]) -> SavedList:  # noqa: ANN401 - a row of the database
    rule = None if row.rule is None else ListRule(**json.loads(row.rule))
    return SavedList(row.list_id, row.name, row.kind, tuple(patients), row.location, rule)
