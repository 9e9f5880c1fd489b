"""A load that the app does for a page: it goes on when the page is left, and can be stopped.

One at a time. Uploaded bytes go into a private folder of the home, under numbers instead of the
names that a browser sent, and are removed when the load has ended, however it ended; a folder
that a kill left is removed before the next one. What became of the last load stays to be read
until the next begins or the process ends.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from pipelines.desk import load, worklist
from pipelines.errors import ChartroomError, LoadStopped, NothingLoaded
from pipelines.records.loads import JobView, LoadProgress, LoadReport, Retry

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader

Work = Callable[[load.LoadOptions], Retry]
BUSY = "Another load is running; wait for its end or stop it."
NO_SPACE = "The upload could not be kept; the disk may be full. Make room and try again."
BROKEN = "The load ended unexpectedly; what was loaded before is unchanged."
UPLOADS = "uploads"
# The ending says how a file is read; nothing else of a browser's name reaches the disk.
ENDINGS = (".ndjson.gz", ".jsonl.gz", ".json.gz", ".ndjson", ".jsonl", ".json", ".zip", ".gz")


@dataclass(slots=True)
class _Job:
    """One load from its start to its end."""

    title: str
    reader: Reader
    stop: threading.Event = field(default_factory=threading.Event)
    progress: LoadProgress | None = None
    future: Future[Retry] | None = None

    def note(self, progress: LoadProgress) -> None:
        self.progress = progress

    @property
    def is_running(self) -> bool:
        return self.future is not None and not self.future.done()


class LoadJobs:
    """The loads of one house's pages."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="load")
        self._lock = threading.Lock()
        self._job: _Job | None = None

    def start_uploads(self, reader: Reader, uploads: Iterable[tuple[str, IO[bytes]]]) -> None:
        """Begin to load uploaded files (name, stream); ChartroomError while another load runs."""
        with self._lock:
            self._check_free()
            folder, names = _kept(self.house.settings.home / UPLOADS, uploads)
            shown = list(names.values())
            title = shown[0] if len(shown) == 1 else f"{len(shown)} files"

            def work(options: load.LoadOptions) -> Retry:
                paths = [Path(path) for path in names]
                try:
                    return Retry(load.load_with(self.house, reader, paths, options), ())
                finally:
                    shutil.rmtree(folder.parent, ignore_errors=True)

            self._begin(title, reader, work, names)

    def start_retry(self, reader: Reader) -> None:
        """Begin to read the files of unresolved refusals again."""
        with self._lock:
            self._check_free()
            self._begin(
                "files of refused entries", reader,
                lambda options: load.retry(self.house, reader, options), None,
            )  # fmt: skip

    def stop(self) -> None:
        """Ask the running load to end; what is in stays in."""
        with self._lock:
            if self._job is not None:
                self._job.stop.set()

    def wait(self, timeout_s: float) -> None:
        """Wait this long for the end of the running load."""
        job = self._job
        if job is not None and job.future is not None:
            with suppress(TimeoutError, ChartroomError):
                job.future.result(timeout_s)

    def view(self) -> JobView | None:
        """Where the load is, or how the last one ended; None before the first."""
        job = self._job
        if job is None or job.future is None:
            return None
        running = JobView(
            title=job.title,
            reader=job.reader.account,
            done=job.future.done(),
            stopping=job.stop.is_set(),
            progress=job.progress,
        )
        return _ended(running, job.future) if running.done else running

    def close(self, timeout_s: float) -> None:
        """Stop what runs, wait a little, take no more."""
        self.stop()
        self.wait(timeout_s)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, work: Work, options: load.LoadOptions) -> Retry:
        """The load, and then the worklist, so that nobody waits for it on the next page."""
        ended = work(options)
        worklist.warm(self.house)
        return ended

    def _check_free(self) -> None:
        if self._job is not None and self._job.is_running:
            raise ChartroomError(BUSY)

    def _begin(self, title: str, reader: Reader, work: Work, names: dict[str, str] | None) -> None:
        job = _Job(title, reader)
        validate = None if names is None else "full"
        options = load.LoadOptions(validate, job.note, job.stop, names)
        job.future = self._pool.submit(self._done, work, options)
        self._job = job


def _ended(view: JobView, future: Future[Retry]) -> JobView:
    """The end of a load: its report, and the sentence of what went wrong."""
    error = future.exception()
    if error is None:
        ended = future.result()
        return replace(view, report=ended.report, gone=ended.gone)
    fault = error.user_message if isinstance(error, ChartroomError) else BROKEN
    report = error.report if isinstance(error, NothingLoaded | LoadStopped) else None
    return replace(view, fault=fault, report=report if isinstance(report, LoadReport) else None)


def _kept(root: Path, uploads: Iterable[tuple[str, IO[bytes]]]) -> tuple[Path, dict[str, str]]:
    """The uploads as private files in a folder of their own; the name shown for each path."""
    shutil.rmtree(root, ignore_errors=True)
    names = {}
    try:
        root.mkdir(mode=0o700)
        folder = Path(tempfile.mkdtemp(dir=root))
        for number, (name, stream) in enumerate(uploads, 1):
            path = folder / f"{number:04}{_ending(name)}"
            with path.open("xb") as file:
                path.chmod(0o600)
                shutil.copyfileobj(stream, file, 1 << 20)
            names[str(path)] = Path(name).name
    except OSError as error:
        shutil.rmtree(root, ignore_errors=True)
        raise ChartroomError(NO_SPACE, type(error).__name__) from error
    return folder, names


def _ending(name: str) -> str:
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")
