"""The worklist's values: where a patient lies, what came in, the scores, the last note."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.records.lists import OfferedRule, SavedList
from pipelines.records.moments import Moment
from pipelines.records.patients import WorklistRow
from pipelines.records.screening import Kdigo, News2


@dataclass(frozen=True, slots=True)
class Stay:
    """The hospital stay that covers the chart's as-of.

    `location` is None where the record names none; `day` counts from 1, by the days as written;
    `is_over` says that the stay ended at the as-of itself.
    """

    resource: str
    location: str | None
    start: Moment
    day: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class NoteMark:
    """The newest note of a chart: what kind, when, which record."""

    resource: str
    title: str
    when: Moment | None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What came into the store since a reader last opened a chart."""

    results: int = 0
    abnormal: int = 0
    notes: int = 0
    orders: int = 0

    @property
    def anything(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.results or self.notes or self.orders)


@dataclass(frozen=True, slots=True)
class WardRow:
    """One patient on the worklist.

    `last_looked` is the UTC text of the reader's last opening of the chart, None where there was
    none: then `arrived` is None too, because "never looked at" is not "nothing new".
    """

    base: WorklistRow
    stay: Stay | None
    news2: News2
    kdigo: Kdigo
    last_note: NoteMark | None
    last_looked: str | None = None
    arrived: Arrived | None = None

    @property
    def patient_id(self) -> str:
        """`Patient.id`."""
        return self.base.patient.patient_id


@dataclass(frozen=True, slots=True)
class Worklist:
    """The rows of a list (`chosen` None: all patients), by name, and all lists of the reader.

    `missing` counts patients of a list by hand who are not in the store. `everyone` is every
    patient's id and name, `locations` where patients lie now with their number.
    """

    rows: tuple[WardRow, ...]
    lists: tuple[SavedList, ...] = ()
    chosen: SavedList | None = None
    missing: int = 0
    everyone: tuple[tuple[str, str], ...] = ()
    locations: tuple[tuple[str, int], ...] = ()
    rules: tuple[OfferedRule, ...] = ()
