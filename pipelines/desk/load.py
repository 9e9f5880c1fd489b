"""FHIR files in: one owner writes, the load is logged, refusals are kept by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.charts import load as charts_load
from pipelines.desk import contract
from pipelines.records.loads import LoadProgress, LoadReport, Refusal

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader

Progress = Callable[[LoadProgress], None]


def load(
    house: House,
    reader: Reader,
    paths: Sequence[Path],
    validate: str | None = None,
    on_progress: Progress | None = None,
) -> LoadReport:
    """Take files and folders in; NothingLoaded when not one resource could be."""
    limits = _limits(house, validate)
    return _logged(house, reader, charts_load.load_paths(house.charts, paths, limits, on_progress))


def load_uploads(
    house: House,
    reader: Reader,
    uploads: Sequence[tuple[str, bytes]],
    on_progress: Progress | None = None,
) -> LoadReport:
    """Take uploaded files in, each entry fully validated."""
    limits = _limits(house, "full")
    report = charts_load.load_uploads(house.charts, uploads, limits, on_progress)
    return _logged(house, reader, report)


def refused(house: House) -> tuple[Refusal, ...]:
    """Every entry that was refused and has not come in since."""
    return () if house.store is None else charts_load.refused(house.store)


def _limits(house: House, validate: str | None) -> charts_load.LoadLimits:
    settings = house.settings
    return charts_load.LoadLimits(
        validate=validate or settings.validate,
        max_file_mb=settings.max_file_mb,
        max_entries=settings.max_entries,
    )


def _logged(house: House, reader: Reader, report: LoadReport) -> LoadReport:
    summary = contract.load_json(report)
    # Reasons and file names are the operator's; the ledger keeps how many, not which.
    summary["refused"] = len(report.refused)
    house.ledger.append(reader=reader, patient=None, action="load", payload=summary)
    return report
