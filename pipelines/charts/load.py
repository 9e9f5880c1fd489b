"""Files into the store: what `chartroom load` and an upload both do.

Every file goes wholly in or wholly stays out; a bad entry is refused by name and the rest of
its file goes in. A second load of the same files changes nothing. Counts are of resources that
are in the store from these files, each (type, id) once. The collector rests while a batch is
built, because it would walk millions of short-lived objects for nothing.
"""

from __future__ import annotations

import gc
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from pipelines.charts import extent, files, linking
from pipelines.charts.batches import Batch, store_columns, write, write_codes
from pipelines.charts.codebook import CodeBook
from pipelines.charts.columns import Packed, leave_out
from pipelines.charts.file_reader import FileReader, LoadLimits
from pipelines.charts.files import MEGABYTE, Source
from pipelines.charts.reader_pool import read_all
from pipelines.charts.resources import Turned
from pipelines.charts.store import ChartStore
from pipelines.charts.transaction import Transaction
from pipelines.errors import NothingLoaded
from pipelines.records.loads import LoadProgress, LoadReport, Refusal

# A batch is one transaction. It is handed to the writing thread in portions, for memory's sake.
BATCH_RESOURCES = 250_000
BATCH_BYTES = 128 * MEGABYTE
PORTION_RESOURCES = 30_000
PORTION_BYTES = 24 * MEGABYTE

__all__ = ["LoadLimits", "load_paths", "load_uploads", "refused"]

Progress = Callable[[LoadProgress], None]

NUMBERS = """
select coalesce((select max(load_id) from load), 0) + 1,
    coalesce((select max(file_id) from file), 0) + 1,
    exists (from resource)
"""
CODES = """
select code_key, system, code, display from code
"""
NOTE_LOAD = """
insert into load values ($load_id, $started_at, $files, $resources, $seconds)
"""
ORPHANS = """
select resource from resource r
where current and patient is not null
  and not exists (from patient p where p.patient = r.patient)
"""
REFUSED = """
select file, entry, resource, reason, patient from refused
where not resolved
order by load_id, file, entry nulls first
"""


@dataclass(slots=True)
class _Counts:
    """What a load has seen so far; `keys` says of each resource whether it was unchanged."""

    files: int = 0
    bundles: int = 0
    size: int = 0
    seen: int = 0
    validated: int = 0
    keys: dict[str, bool] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    wrote: bool = False


def load_paths(
    store: ChartStore,
    paths: Sequence[Path],
    limits: LoadLimits,
    on_progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> LoadReport:
    """Load files and folders; NothingLoaded, with the first reason, when nothing could be.

    `stop`, once set, ends the load after the file that is being read.
    """
    return _Load(store, limits, on_progress, stop).run(list(files.sources(paths)))


def load_uploads(
    store: ChartStore,
    uploads: Sequence[tuple[str, bytes]],
    limits: LoadLimits,
    on_progress: Progress | None = None,
) -> LoadReport:
    """Load uploaded files by name and content; every entry is validated in full."""
    strict = LoadLimits("full", limits.max_file_mb, limits.max_entries)
    given = [Source(name, content=content) for name, content in uploads]
    return _Load(store, strict, on_progress).run(given)


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
        stop: threading.Event | None = None,
    ) -> None:
        self.stop = stop or threading.Event()
        self.mb_total = 0.0
        self.store = store
        self.limits = limits
        self.on_progress = on_progress
        self.started = time.perf_counter()
        self.started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self.counts = _Counts()
        self.codes = CodeBook()
        with store.writer() as cursor:
            self.load_id, self.file_id, self.check = cursor.execute(NUMBERS).fetchall()[0]
            self.codes.written.update(cursor.execute(CODES).fetchall())
            self.reader = FileReader(limits, store_columns(cursor), self.codes)
        self.batch = Batch(self.load_id)
        self.writing: Future[None] | None = None
        self.transaction = Transaction(store, BATCH_RESOURCES, BATCH_BYTES)

    def run(self, sources: list[Source]) -> LoadReport:
        """Read, check and write every file."""
        self.mb_total = sum(map(_size, sources)) / MEGABYTE
        with (
            _collector_resting(),
            self.transaction,
            ThreadPoolExecutor(1, "chart-writer") as self.pool,
        ):
            for number, packed in enumerate(read_all(self.reader, sources, self.file_id), 1):
                self._add(packed)
                self._tell(number, len(sources))
                if self.stop.is_set():
                    break
            self._flush()
            self._wait()
        self._finish()
        report = self._report(len(sources))
        if not report.resources and not report.stopped:
            raise _nothing(report)
        return report

    def _add(self, packed: Packed) -> None:
        """Put a file into the batch; the batch is written first if the two differ."""
        packed = self._judged(packed)
        digests = self.batch.digests
        clash = {key for key in packed.digests if key in digests}
        if any(digests[key] != packed.digests[key] for key in clash):
            self._flush()
        elif clash:
            packed = leave_out(packed, clash)
        self.batch.add(packed)
        one = packed.file
        self.counts.size += one.size
        self.counts.bundles += one.is_bundle
        self.counts.seen += one.seen
        self.counts.validated += one.validated
        self.counts.refusals += [
            Refusal(one.name, item.number, item.resource, item.reason, item.patient)
            for item in one.turned
        ]
        most = min(BATCH_RESOURCES, PORTION_RESOURCES)
        if len(self.batch.digests) >= most or self.batch.size >= PORTION_BYTES:
            self._flush()

    def _judged(self, packed: Packed) -> Packed:
        """A file without those of its samples that the models refuse."""
        turned = []
        for sample in packed.samples:
            kind = sample.key.partition("/")[0]
            reason = self.reader.validator.explain(kind, orjson.loads(sample.raw))
            if reason is not None and sample.key in packed.digests:
                number, key, patient, digest, _ = sample
                turned.append(Turned(number, key, kind, patient, reason, digest))
                packed = leave_out(packed, {key})
        if not turned:
            return packed
        known = sorted([*packed.file.turned, *turned], key=lambda one: one.number or 0)
        return replace(packed, file=replace(packed.file, turned=known))

    def _flush(self) -> None:
        """Hand the batch to the writing thread: the disk is waited for while reading goes on."""
        batch, self.batch = self.batch, Batch(self.load_id)
        if batch.packed:
            self._wait()
            self.writing = self.pool.submit(self._write, batch)

    def _wait(self) -> None:
        if self.writing is not None:
            writing, self.writing = self.writing, None
            writing.result()

    def _write(self, batch: Batch) -> None:
        keys = self.counts.keys
        again = self.check or any(key in keys for key in batch.digests)
        size, digests = batch.size, batch.digests
        written = write(self.transaction.cursor(), batch, again)
        for key in digests:
            keys[key] = key in written.unchanged and keys.get(key, True)
        self.counts.wrote |= len(written.unchanged) < len(digests)
        self.transaction.wrote(written.patients, len(digests), size)

    def _finish(self) -> None:
        """Make the links that needed all files, and fold the log into the file."""
        if not self.counts.wrote:
            return
        with self.store.writer() as cursor:
            extent.renew(cursor, linking.link(cursor, self.codes))
            write_codes(cursor, self.codes.fresh)
            cursor.execute(
                NOTE_LOAD,
                {
                    "load_id": self.load_id,
                    "started_at": self.started_at,
                    "files": self.counts.files,
                    "resources": len(self.counts.keys),
                    "seconds": time.perf_counter() - self.started,
                },
            )
        self.store.checkpoint()

    def _report(self, total: int) -> LoadReport:
        keys = self.counts.keys
        by_type = Counter(key.partition("/")[0] for key in keys)
        orphans = {resource for (resource,) in self.store.rows(ORPHANS, {})}
        return LoadReport(
            files=total,
            bundles=self.counts.bundles,
            resources=len(keys),
            patients=by_type.get("Patient", 0),
            by_type=dict(sorted(by_type.items())),
            unchanged=sum(keys.values()),
            orphans=len(orphans & keys.keys()),
            refused=tuple(self.counts.refusals),
            validated=self.counts.validated / self.counts.seen if self.counts.seen else 0.0,
            seconds=time.perf_counter() - self.started,
            mb=self.counts.size / MEGABYTE,
            stopped=self.counts.files < total,
        )

    def _tell(self, done: int, total: int) -> None:
        self.counts.files = done
        if self.on_progress is not None:
            seconds = time.perf_counter() - self.started
            mb = self.counts.size / MEGABYTE
            resources = len(self.counts.keys) + len(self.batch.digests)
            left = seconds / done * (total - done) if done else None
            told = LoadProgress(done, total, resources, mb, seconds, self.mb_total, left)
            self.on_progress(told)


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


@contextmanager
def _collector_resting() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
