"""FHIR files in: one load at a time, logged, refusals kept by name.

Paths are kept whole, so that the files of refusals can be read again from anywhere. Names of
files and reasons are the operator's; the ledger keeps how many there were, not which.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.charts import allocator, refused_files, store_file
from pipelines.charts import load as charts_load
from pipelines.charts import orphans as charts_orphans
from pipelines.desk import contract, load_vectors
from pipelines.errors import LoadStopped, NothingLoaded
from pipelines.records.loads import (
    LoadProgress,
    LoadReport,
    Orphan,
    OrphanGroup,
    Refusal,
    Retry,
)

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.settings import Settings

Progress = Callable[[LoadProgress], None]
NO_FILES = LoadReport(0, 0, 0, 0, {}, 0, 0, (), 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How a load is done: how strictly, told to whom, stopped by what, under which names.

    `names` gives a file (an upload on its way) the name that it is known by afterwards.
    """

    validate: str | None = None
    on_progress: Progress | None = None
    stop: threading.Event | None = None
    names: Mapping[str, str] | None = None


def load(
    house: House,
    reader: Reader,
    paths: Sequence[Path],
    validate: str | None = None,
    on_progress: Progress | None = None,
) -> LoadReport:
    """Take files and folders in; NothingLoaded when not one resource could be."""
    return load_with(house, reader, paths, LoadOptions(validate, on_progress))


def load_with(
    house: House, reader: Reader, paths: Sequence[Path], options: LoadOptions
) -> LoadReport:
    """`load` with all its options; LoadStopped and NothingLoaded carry their report."""
    whole = [path.absolute() for path in paths]
    _ = house.ledger  # what could not be logged must not begin
    with house.one_load():
        try:
            report = charts_load.load_paths(
                house.charts, whole, _limits(house, options.validate), options.on_progress,
                stop=options.stop,
            )  # fmt: skip
            report = load_vectors.complete(house, report, options.on_progress, options.stop)
        except (NothingLoaded, LoadStopped) as ended:
            if isinstance(ended.report, LoadReport):
                ended.report = _renamed(house, ended.report, options.names)
                for path, name in (options.names or {}).items():
                    ended.user_message = ended.user_message.replace(Path(path).name, name)
                _log(house, reader, ended.report)
            raise
        return _log(house, reader, _renamed(house, report, options.names))


def keep_little_memory() -> None:
    """For a process that only loads: what is freed goes back to the machine at once."""
    allocator.keep_little()


def store_bytes(settings: Settings) -> int:
    """How large the store's file is; 0 where nothing was loaded."""
    return store_file.size_bytes(settings.store_path)


def pack_closely(
    settings: Settings, report: LoadReport, bytes_before: int, stop: threading.Event
) -> LoadReport:
    """Write the closed store anew in less room, where this load made most of it.

    `bytes_before` is the file's size before the load; the report comes back with the time it took.
    """
    started = time.perf_counter()
    if store_file.is_worth_it(settings.store_path, bytes_before):
        store_file.write_anew(settings.store_path, stop)
    return replace(report, seconds=report.seconds + time.perf_counter() - started)


def retry(house: House, reader: Reader, options: LoadOptions | None = None) -> Retry:
    """Read the files of the unresolved refusals again; says which are not there any more.

    What does not come again is settled. Uploads have no path: they count among the gone.
    """
    if house.store is None:
        return Retry(NO_FILES, ())
    found = {
        name: refused_files.where(name) for name in refused_files.files_of_refusals(house.store)
    }
    gone = tuple(name for name, path in found.items() if path is None)
    paths = sorted({path for path in found.values() if path is not None})
    if not paths:
        return Retry(NO_FILES, gone)
    try:
        report = load_with(house, reader, paths, options or LoadOptions())
    except NothingLoaded as nothing:
        # All of it is refused still: that is a result of trying again, not a fault.
        if not isinstance(nothing.report, LoadReport):
            raise
        report = nothing.report
    if not report.stopped:
        refused_files.settle(house.store, {str(path) for path in paths}, report.refused)
    return Retry(report, gone)


def refused(house: House) -> tuple[Refusal, ...]:
    """Every entry that was refused and has not come in since."""
    return () if house.store is None else charts_load.refused(house.store)


def orphans(house: House) -> tuple[Orphan, ...]:
    """Every resource whose patient is not here."""
    return () if house.store is None else charts_orphans.orphans(house.store)


def orphan_groups(house: House) -> tuple[OrphanGroup, ...]:
    """The orphans counted by what they name instead of a patient."""
    return () if house.store is None else charts_orphans.orphan_groups(house.store)


def moved(house: House, old: Path, new: Path) -> None:
    """Tell the store where a loaded file or folder lies now, so that a retry finds it."""
    refused_files.moved(house.charts, str(old), str(new))


def _renamed(house: House, report: LoadReport, names: Mapping[str, str] | None) -> LoadReport:
    """The report, and the store, under the names that the files are known by afterwards."""
    if not names:
        return report
    for old, new in names.items():
        refused_files.moved(house.charts, old, new)
    refused_now = tuple(replace(item, file=_known_as(item.file, names)) for item in report.refused)
    refused_files.settle(house.charts, set(names.values()), refused_now, whole_files_only=True)
    return replace(report, refused=refused_now)


def _known_as(file: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        if file == old or file.startswith((old + refused_files.MEMBER, old + "/")):
            return new + file[len(old) :]
    return file


def _limits(house: House, validate: str | None) -> charts_load.LoadLimits:
    settings = house.settings
    return charts_load.LoadLimits(
        validate=validate or settings.validate,
        max_file_mb=settings.max_file_mb,
        max_entries=settings.max_entries,
    )


def _log(house: House, reader: Reader, report: LoadReport) -> LoadReport:
    summary = contract.load_json(report)
    summary["refused"] = len(report.refused)
    house.ledger.append(reader=reader, patient=None, action="load", payload=summary)
    return report
