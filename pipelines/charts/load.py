"""Files into the store: what `chartroom load`, an upload, the inbox and a fetch all do.

Every file goes wholly in or wholly stays out; a bad entry is refused by name and the rest of
its file goes in. A second load of the same files changes nothing and reads nothing. A load may
be stopped or killed at any moment: what was committed is whole, and the same load again does the
rest. Counts are of resources that are in the store from these files, each (type, id) once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

from pipelines.charts import file_records, files, finishing
from pipelines.charts.codebook import CodeBook
from pipelines.charts.collector import collector_paused
from pipelines.charts.file_reader import FileReader, LoadLimits
from pipelines.charts.file_records import Counted, KnownFile
from pipelines.charts.files import MEGABYTE, Source
from pipelines.charts.reader_pool import read_all
from pipelines.charts.store import ChartStore
from pipelines.charts.writer import Writer
from pipelines.errors import ChartroomError, NothingLoaded
from pipelines.records.loads import LoadProgress, LoadReport, Refusal

__all__ = ["LoadLimits", "load_paths", "load_uploads", "refused"]

Progress = Callable[[LoadProgress], None]

REFUSED = """
select file, entry, resource, reason, patient from refused
where not resolved
order by load_id, file, entry nulls first
"""


def load_paths(
    store: ChartStore,
    paths: Sequence[Path],
    limits: LoadLimits,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> LoadReport:
    """Load files and folders; NothingLoaded, with the first reason, when nothing could be.

    `stop`, once set, ends the load within a second, and the report says `stopped` and what is in.
    """
    return _Load(store, limits, on_progress, stop).run(files.sources(paths, limits.max_file_mb))


def load_uploads(
    store: ChartStore,
    uploads: Sequence[tuple[str, bytes]],
    limits: LoadLimits,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> LoadReport:
    """Load uploaded files by name and content; every entry is validated in full."""
    strict = LoadLimits("full", limits.max_file_mb, limits.max_entries)
    given = files.uploads(uploads, limits.max_file_mb)
    return _Load(store, strict, on_progress, stop).run(given)


def refused(store: ChartStore) -> tuple[Refusal, ...]:
    """Every entry that was refused and has not come in since."""
    return tuple(Refusal(*row) for row in store.rows(REFUSED, {}))


class _Load:
    """One load from its first file to its report."""

    def __init__(
        self,
        store: ChartStore,
        limits: LoadLimits,
        on_progress: Progress | None,
        stop: threading.Event | None,
    ) -> None:
        self.store = store
        self.limits = limits
        self.on_progress = on_progress
        self.stop = stop or threading.Event()
        self.started = time.perf_counter()
        self.started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self.digests: dict[Source, Future[bytes | None]] = {}

    def run(self, sources: list[Source]) -> LoadReport:
        """Read, check and write every file that is not in yet."""
        with ThreadPoolExecutor(2, "digest") as pool:
            most = self.limits.max_file_mb * MEGABYTE
            self.digests = {
                one: pool.submit(file_records.digest, one, most, self.stop) for one in sources
            }
            known = self._known(sources)
            unread = [source for source in sources if source not in known]
            writer = self._read_and_write(unread, len(known)) if unread else None
        if not self.stop.is_set():  # else the next load does it
            finishing.finish(self.store, writer.codes if writer else CodeBook())
        report = self._report(sources, known, writer)
        if writer is not None and writer.committed and not report.stopped:
            finishing.note_load(self.store, report.files, report.resources, report.seconds)
        if not report.resources and not report.stopped:
            raise _nothing(report)
        return report

    def _known(self, sources: list[Source]) -> dict[Source, KnownFile]:
        """Files of which the store already holds everything."""
        stored = file_records.known_files(self.store, self.limits.validate)
        if not stored:
            return {}
        digests = {source: self.digests[source].result() for source in sources}
        return {
            source: stored[found] for source, found in digests.items() if found and found in stored
        }

    def _read_and_write(self, sources: list[Source], skipped: int) -> Writer:
        def digest_of(file_id: int) -> bytes | None:
            return self.digests[sources[file_id - writer.first_file_id]].result()

        writer = Writer(self.store, self.limits, self.started_at, digest_of)
        writer.stop = self.stop
        reader = FileReader(self.limits, writer.columns, writer.codes)
        sizes = list(accumulate(map(_size, sources), initial=0))
        with writer, collector_paused():
            try:
                for parcel in read_all(reader, sources, writer.first_file_id, self.stop):
                    writer.take(parcel)
                    self._tell(writer, sizes, skipped)
                if not self.stop.is_set():
                    writer.finish()
            except ChartroomError:
                if not self.stop.is_set():  # a statement that was ended half-way says so too
                    raise
        return writer

    def _report(
        self, sources: list[Source], known: dict[Source, KnownFile], writer: Writer | None
    ) -> LoadReport:
        read = writer.committed if writer else []
        skipped = {one.file_id: source.name for source, one in known.items()}
        files_in: list[KnownFile | Counted] = [*known.values(), *read]
        file_ids = [*skipped, *(one.file_id for one in read)]
        counted = finishing.counts(self.store, file_ids, writer.first_file_id if writer else None)
        by_type = {kind: number for kind, (number, _) in counted.items()}
        seen = sum(one.seen for one in read)
        return LoadReport(
            files=len(sources),
            bundles=sum(one.is_bundle for one in files_in),
            resources=sum(by_type.values()),
            patients=by_type.get("Patient", 0),
            by_type=by_type,
            unchanged=sum(unchanged for _, unchanged in counted.values()),
            orphans=finishing.orphans(self.store, file_ids),
            refused=(
                *file_records.refusals_of(self.store, skipped),
                *(refusal for one in read for refusal in one.refusals),
            ),
            validated=sum(one.validated for one in read) / seen if seen else 0.0,
            seconds=time.perf_counter() - self.started,
            mb=sum(one.size for one in files_in) / MEGABYTE,
            stopped=writer is not None and not writer.is_whole,
            files_in=len(files_in),
        )

    def _tell(self, writer: Writer, sizes: list[int], skipped: int) -> None:
        """Say how far the load is; `sizes` are the bytes of the files before each."""
        if self.on_progress is None:
            return
        seconds = time.perf_counter() - self.started
        done, total = sizes[writer.ended_files], sizes[-1]
        self.on_progress(
            LoadProgress(
                files_done=writer.ended_files + skipped,
                files_total=len(sizes) - 1 + skipped,
                resources=writer.resources_seen,
                mb=writer.size_seen / MEGABYTE,
                seconds=seconds,
                mb_total=total / MEGABYTE,
                seconds_left=seconds * (total - done) / done if done else None,
            )
        )


def _size(source: Source) -> int:
    try:
        return source.size
    except OSError:
        return 0


def _nothing(report: LoadReport) -> NothingLoaded:
    said = "there are no FHIR files in what was named."
    if report.files:
        said = "what was named holds no entries."
    if report.refused:
        first = report.refused[0]
        said = f"{Path(first.file).name}: {first.reason}"
    nothing = NothingLoaded(f"Nothing could be loaded: {said}")
    nothing.report = report
    return nothing
