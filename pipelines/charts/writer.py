"""What readers hand over goes into the store: in order, by one thread, a file whole or not at all.

Files are gathered into batches and written while the next are read. A file that comes in several
portions has a transaction of its own, so that it can be taken back when its end turns out to be
unusable. Only what was committed is counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import TracebackType

import duckdb
import orjson

from pipelines.charts import file_records
from pipelines.charts.batches import Batch, Shelf, delete, store_columns, write
from pipelines.charts.codebook import CodeBook
from pipelines.charts.columns import Parcel, Portion, leave_out
from pipelines.charts.file_reader import LoadLimits
from pipelines.charts.file_records import Counted
from pipelines.charts.files import MEGABYTE
from pipelines.charts.resources import Turned
from pipelines.charts.store import ChartStore, plain_faults
from pipelines.charts.stored_keys import StoredKeys
from pipelines.charts.transaction import Transaction
from pipelines.charts.validation import Validator
from pipelines.errors import ChartroomError

# What is committed together at the least, and what is handed to the writing thread at once.
COMMIT_RESOURCES = 60_000
COMMIT_BYTES = 40 * MEGABYTE
BATCH_RESOURCES = 5_000
BATCH_BYTES = 3 * MEGABYTE

STOP_WITHIN_S = 0.2

NUMBERS = """
select coalesce((select max(load_id) from load), 0) + 1,
    coalesce((select max(file_id) from file), 0) + 1
"""
CODES = """
select code_key, system, code, display from code
"""
DELETED = """
select resource, max(epoch_us(deleted_at)) from deleted group by resource
"""
BEGIN_LOAD = """
insert into load
select $load_id, $started_at, 0, 0, 0 where not exists (from load where load_id = $load_id)
"""
BEGIN_FINISHING = """
insert into pending select 'finish' where not exists (from pending)
"""


@dataclass(slots=True)
class _Work:
    """A batch on its way to the writing thread, and the files that end in it."""

    batch: Batch = field(default_factory=Batch)
    ended: list[Counted] = field(default_factory=list)
    repeated: list[tuple[int, set[str]]] = field(default_factory=list)
    first_lines: list[int] = field(default_factory=list)


class Writer:
    """Takes the portions of one load; `committed` are the files that are in whole."""

    def __init__(
        self,
        store: ChartStore,
        limits: LoadLimits,
        started_at: str,
        digest_of: Callable[[int], bytes | None],
    ) -> None:
        import pyarrow as pa

        # The pool that Arrow comes with keeps what was freed: a hundred megabytes of this process.
        pa.set_memory_pool(pa.system_memory_pool())
        self.limits = limits
        self.started_at = started_at
        self.digest_of = digest_of
        self.codes = CodeBook()
        self.validator = Validator(limits.validate)
        with store.writer() as cursor:
            self.load_id, self.first_file_id = cursor.execute(NUMBERS).fetchall()[0]
            self.codes.written.update(cursor.execute(CODES).fetchall())
            self.columns = store_columns(cursor)
            deleted = dict(cursor.execute(DELETED).fetchall())
            self.shelf = Shelf(StoredKeys(cursor), self.columns, deleted)
        self.transaction = Transaction(store)
        self.work = _Work()
        self.open_file: Counted | None = None
        self.writing: Future[None] | None = None
        self.uncommitted: list[Counted] = []
        self.committed: list[Counted] = []
        self.ended_files = self.resources_seen = self.size_seen = 0
        self.is_whole = False
        self.stop = threading.Event()

    def __enter__(self) -> Writer:
        self.pool = ThreadPoolExecutor(1, "chart-writer")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take back what is not committed."""
        if self.writing is not None and not self.is_whole:
            wait([self.writing], STOP_WITHIN_S)  # what is nearly written may go in
        if not self.is_whole:
            self.transaction.interrupt()
        self.pool.shutdown(wait=True)
        with suppress(ChartroomError, duckdb.Error):
            self.transaction.take_back()

    def take(self, parcel: Parcel) -> None:
        """Take the next files of the load, or the next portion of one, in their order."""
        parcel = self._judged(parcel)
        first = parcel.portions[0]
        if self.open_file is None and not first.is_last:
            self._hand_on(commit=True)  # from here on the transaction is this file's own
        elif self.open_file is not None and first.is_refused:
            self._take_back_open_file()
        parcel = self._without_repeated(parcel)
        self.work.batch.add(parcel)
        for portion in parcel.portions:
            self._count(portion)
        batch = self.work.batch
        if len(batch.digests) >= BATCH_RESOURCES or batch.size >= BATCH_BYTES:
            self._hand_on()

    def _count(self, portion: Portion) -> None:
        file = self.open_file
        if file is None:
            file = self.open_file = Counted(portion.file.name, portion.file.file_id)
        if portion.repeated:
            self.work.repeated.append((file.file_id, portion.repeated))
        self.work.first_lines.append(file.lines)
        file.add(portion.file)
        self.resources_seen += len(portion.digests)
        self.size_seen += portion.file.size
        if portion.is_last:
            self.work.ended.append(file)
            self.open_file = None
            self.ended_files += 1

    def finish(self) -> None:
        """Write and commit what is left."""
        self._hand_on(commit=True)
        self._wait()
        self.is_whole = True

    def _judged(self, parcel: Parcel) -> Parcel:
        """A parcel without those of its samples that the models refuse."""
        for index, portion in enumerate(parcel.portions):
            turned = []
            for number, key, patient, digest, raw in portion.samples:
                kind = key.partition("/")[0]
                reason = self.validator.explain(kind, orjson.loads(raw))
                if reason is not None and key in portion.digests:
                    turned.append(Turned(number, key, kind, patient, reason, digest, raw))
            if turned:
                parcel = leave_out(parcel, {str(one.resource) for one in turned})
                known = sorted([*portion.file.turned, *turned], key=lambda one: one.number or 0)
                file = replace(portion.file, turned=known)
                parcel.portions[index] = replace(parcel.portions[index], file=file)
        return parcel

    def _without_repeated(self, parcel: Parcel) -> Parcel:
        """What stands in the batch already is left out; other content under a key waits for it."""
        digests = self.work.batch.digests
        clash = {key for one in parcel.portions for key in one.digests.keys() & digests.keys()}
        if not clash:
            return parcel
        if any(digests[key] != one.digests.get(key, digests[key]) for one in parcel.portions
               for key in clash):  # fmt: skip
            self._hand_on()
            return parcel
        for one in parcel.portions:
            if again := one.digests.keys() & clash:
                self.work.repeated.append((one.file.file_id, again))
        return leave_out(parcel, clash)

    def _take_back_open_file(self) -> None:
        """Forget all portions of the file that is being read: it is the only one in the
        transaction."""
        with suppress(IndexError):
            self._wait()
        self.work = _Work()
        self.open_file = None
        self.transaction.take_back()
        with self.transaction.store.writer() as cursor:
            self.shelf = self.shelf._replace(keys=StoredKeys(cursor))

    def _hand_on(self, *, commit: bool = False) -> None:
        """Give the batch to the writing thread: the disk is waited for while reading goes on."""
        work, self.work = self.work, _Work()
        self._wait()
        is_between = self.open_file is None or commit
        self.writing = self.pool.submit(self._write, work, is_between, commit)

    def _wait(self) -> None:
        if self.writing is not None:
            writing, self.writing = self.writing, None
            while not wait([writing], STOP_WITHIN_S).done:
                if self.stop.is_set():
                    self.transaction.interrupt()
            writing.result()

    def _write(self, work: _Work, is_between: bool, commit: bool) -> None:
        with plain_faults(self.transaction.store):  # the store sees none of the writing thread's
            self._write_and_commit(work, is_between, commit)

    def _write_and_commit(self, work: _Work, is_between: bool, commit: bool) -> None:
        if work.batch.parcels:
            self._write_batch(work)
        enough = (
            self.transaction.resources >= COMMIT_RESOURCES or self.transaction.size >= COMMIT_BYTES
        )
        if commit or (enough and is_between):
            self.transaction.commit()
            self.committed += self.uncommitted
            self.uncommitted = []

    def _write_batch(self, work: _Work) -> None:
        batch = work.batch
        cursor = self.transaction.cursor()
        cursor.execute(BEGIN_LOAD, {"load_id": self.load_id, "started_at": self.started_at})
        deleted = [(one.file.file_id, item) for one in batch.portions for item in one.deleted]
        gone = delete(cursor, deleted, self.columns)
        self.shelf.keys.forget(gone)
        self.shelf.deleted.update(
            {item.key: item.since_us for _, item in deleted if item.key in gone}
        )
        written = write(cursor, batch, self.shelf)
        opened = zip((one.file for one in batch.portions), work.first_lines, strict=True)
        file_records.note_refusals(cursor, self.load_id, opened)
        same = written.unchanged
        again = [(one.file.file_id, one.digests.keys() & same) for one in batch.portions if same]
        file_records.note_members(cursor, [*again, *work.repeated])
        ended = [(one, self.digest_of(one.file_id)) for one in work.ended]
        file_records.note_files(cursor, self.load_id, self.limits.validate, ended)
        fresh = [key for key in batch.digests if key not in written.unchanged]
        read = [one.name for one in work.ended if all(item.entry for item in one.refusals)]
        file_records.resolve(cursor, fresh, read)
        if fresh or gone:
            cursor.execute(BEGIN_FINISHING)
        self.uncommitted += work.ended
        self.transaction.wrote(written.patients, len(batch.digests), batch.size)
