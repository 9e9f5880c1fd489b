"""The briefings of a whole list: each made, logged and handed on by itself.

A patient whose briefing cannot be made has a sentence in its place, and the list goes on. Which
patients a saved list holds is the matter of `desk.lists`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipelines.desk import contract, lists, look
from pipelines.desk.brief import BriefRequest, brief_as
from pipelines.errors import ChartroomError, StoreInUse
from pipelines.records.handover import ListItem

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader


def patients_of(house: House, reader: Reader, name: str | None = None) -> tuple[str, ...]:
    """The ids of the reader's list of this name, or of all patients, in the worklist's order.

    None in an empty home; NotFound, with the names that there are, for a list that is not there.
    """
    if name is not None:
        return lists.patients_of(house, reader, name)
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
