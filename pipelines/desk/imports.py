"""All that the Imports page shows, in one reading: jobs, inbox, loads, what is not in a chart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.desk import load
from pipelines.records.ledger import LogEntry
from pipelines.records.loads import OrphanGroup, Refusal

if TYPE_CHECKING:
    from pipelines.desk.house import House

RECENT = 20


@dataclass(frozen=True, slots=True)
class Imports:
    """What came in lately, what was refused and not loaded since, what belongs to nobody."""

    loads: tuple[LogEntry, ...]
    refused: tuple[Refusal, ...]
    orphans: tuple[OrphanGroup, ...]


def overview(house: House) -> Imports:
    """What the page shows beside the running load and the inbox."""
    loads = house.ledger.entries(action="load", limit=RECENT) if house.has_ledger else ()
    return Imports(loads, load.refused(house), load.orphan_groups(house))
