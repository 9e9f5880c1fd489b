"""A patient out of the store: named as for every verb, logged before it is final.

The ledger keeps that it was done, by whom and how many rows it was; what was asked and answered
of this patient before stays in it. A record that belongs to nobody can be removed by the
reference it carries (`Patient/9`, `urn:uuid:…`, `identifier:system|value`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.charts import orphans, removal, store_file
from pipelines.desk import look
from pipelines.errors import NotFound

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.records.loads import Removed
    from pipelines.settings import Settings


def remove(house: House, reader: Reader, text: str) -> Removed:
    """Take everything of one patient out of every table; NotFound where nobody fits."""
    from pipelines.ledger import lists

    patient_id = _named(house, text.strip())
    logged = []

    def log(removed: Removed) -> None:
        payload = {"rows": removed.rows, "resources": removed.resources,
                   "refused": removed.refused, "files": removed.files}  # fmt: skip
        entry = lists.log_removal(house.ledger, reader, patient_id, payload)
        logged.append(entry.entry_id)

    with house.one_load():
        removed = removal.remove(house.charts, patient_id, log)
    with house.lock:
        # Should the patient come back, the first opening is logged anew.
        house.opened -= {key for key in house.opened if key[1] == patient_id}
    return replace(removed, log_id=logged[0])


def give_space_back(settings: Settings) -> bool:
    """Write the closed store anew, so that nothing of the removed is left in its free blocks."""
    return store_file.write_anew(settings.store_path)


def _named(house: House, text: str) -> str:
    """The patient that fits; else an orphan's link as written; else what was said of neither."""
    try:
        return look.find_patient(house, text)
    except NotFound:
        written = orphans.of_link(text)
        if removal.is_orphaned(house.charts, written):
            return written
        raise
