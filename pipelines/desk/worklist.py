"""The worklist as one reader sees it: a list's rows, with what is new since that reader looked.

The rows of all patients are kept until the store changes; laid over them is what differs between
readers. "Looked" is the last time this reader opened the chart in the app, so that coming back
from a chart shows what came in after it was opened. A chart that the reader never opened has no
count at all. Looking at the worklist opens no chart and changes nothing.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.desk import lists
from pipelines.errors import ChartroomError
from pipelines.records.ward import Worklist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.records.ward import WardRow


def worklist(house: House, reader: Reader, list_id: str | None = None) -> Worklist:
    """The rows of one of the reader's lists, or of all patients; an unknown list is all."""
    rows = lists.all_rows(house)
    mine = lists.lists(house, reader)
    chosen = next((one for one in mine if one.list_id == list_id), None)
    shown = rows if chosen is None else lists.members(house, chosen, rows)
    missing = len(chosen.patients) - len(shown) if chosen and chosen.kind == "hand" else 0
    return Worklist(
        rows=_with_news(house, reader, shown),
        lists=mine,
        chosen=chosen,
        missing=missing,
        everyone=tuple((row.patient_id, row.base.patient.name) for row in rows),
        locations=lists.locations(rows),
        rules=lists.rules(),
    )


def warm(house: House) -> None:
    """Make the rows of all patients before somebody waits for them; a fault waits for them too."""
    with suppress(ChartroomError):
        lists.all_rows(house)


def _with_news(house: House, reader: Reader, rows: Sequence[WardRow]) -> tuple[WardRow, ...]:
    from pipelines.charts.ward.arrivals import arrived
    from pipelines.ledger.lists import last_looked

    if not rows or not house.has_ledger:
        return tuple(rows)
    on_list = {row.patient_id for row in rows}
    looked = {
        patient: at
        for patient, at in last_looked(house.ledger, reader).items()
        if patient in on_list
    }
    came = arrived(house.charts, looked)
    return tuple(
        replace(
            row,
            last_looked=looked[row.patient_id].isoformat(timespec="minutes"),
            arrived=came[row.patient_id],
        )
        if row.patient_id in looked
        else row
        for row in rows
    )
