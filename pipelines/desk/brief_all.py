"""The briefings of a whole list: each made, logged and handed on by itself.

A patient whose briefing cannot be made has a sentence in its place, and the list goes on. Which
patients a list holds is not this file's matter: `patients_of` gives all of them, and a saved list
is its ids, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines.desk import contract, look
from pipelines.desk.brief import BriefRequest, brief_as
from pipelines.errors import ChartroomError, StoreInUse
from pipelines.records.handover import ListItem

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader


def patients_of(house: House, reader: Reader) -> tuple[str, ...]:
    """The ids of all patients of this home, in the worklist's order; none in an empty home."""
    return tuple(row.patient.patient_id for row in look.patients(house, reader))


def briefings(
    house: House, reader: Reader, patient_ids: Sequence[str], request: BriefRequest
) -> Iterator[ListItem]:
    """One item a patient, in order, each after its entry is committed.

    A store that another process owns ends the list, not each of its patients.
    """
    for patient_id in patient_ids:
        try:
            made = brief_as(house, reader, patient_id, request)
        except StoreInUse:
            raise
        except ChartroomError as error:
            yield ListItem(patient_id, None, error.user_message)
        else:
            yield ListItem(patient_id, made)


def item_json(item: ListItem) -> contract.Json:
    """The object of one patient: that of `brief --json`, or who it is and why there is none."""
    if item.briefing is None:
        return {"patient": item.patient_id, "failed": item.failed}
    return contract.briefing_json(item.briefing)
