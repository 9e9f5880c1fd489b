"""The folder of one fetch: what came, what is complete, and how to go on after a break.

While a fetch runs its folder is hidden (`inbox/.fetching-<time>`); complete, it is renamed to
`inbox/fetched-<time>` in one step, so that nobody takes half of it in. `state.json` is written
before anything is relied on: after kill -9 the same fetch finds its folder, cuts each file back to
what was complete, and goes on. The state may hold addresses with secrets: it is 0600, and gone
when the fetch is complete. Two processes never share a folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec

from pipelines.errors import ChartroomError
from pipelines.fetch.page import Resource, resource
from pipelines.fetch.plan import Plan

HIDDEN, COMPLETE = ".fetching-", "fetched-"
STATE, LOCK, MANIFEST = "state.json", "lock", "manifest.json"
# A server forgets jobs and pages within a day; what is older is begun anew.
OLDEST_HOURS = 24.0
PART_BYTES = 256_000_000
TWICE = "The same fetch is running in another process; wait for its end."
NO_ROOM = "The fetched files cannot be written; check the space and the rights of the home."


class FileOfJob(msgspec.Struct):
    """One file of a bulk export: where it comes from and whether all of it is here."""

    name: str
    url: str
    kind: str
    use: str
    complete: bool = False
    etag: str = ""


class State(msgspec.Struct):
    """What a fetch has done so far."""

    key: str
    started: str
    as_of: str = ""
    release: str = ""
    steps: list[str] = []
    sizes: dict[str, int] = {}
    patients: list[str] = []
    job: str = ""
    files: list[FileOfJob] = []
    problems: list[str] = []


class Folder:
    """An open fetch folder; use it in `with`, so that its lock is let go."""

    def __init__(self, path: Path, state: State, lock: IO[str]) -> None:
        self.path = path
        self.state = state
        self.by_type: Counter[str] = Counter()
        self.seen: set[tuple[str, str, str]] = set()
        self.wanted: set[tuple[str, str]] = set()
        self.size = 0
        self.deleted = 0
        self.most_bytes = PART_BYTES
        self._lock = lock
        self._open: dict[str, IO[bytes]] = {}

    @classmethod
    def of(cls, inbox: Path, plan: Plan, now: Callable[[], datetime] | None = None) -> Folder:
        """The unfinished folder of this plan, else a new one."""
        moment = now() if now else datetime.now(UTC)
        try:
            inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
            for path in sorted(inbox.glob(HIDDEN + "*")):
                found = cls._again(path, plan, moment)
                if found is not None:
                    return found
            return cls._new(inbox, plan, moment)
        except OSError as error:
            raise ChartroomError(NO_ROOM, type(error).__name__) from error

    @classmethod
    def _again(cls, path: Path, plan: Plan, now: datetime) -> Folder | None:
        lock = _locked(path)
        if lock is None:
            _refuse_twice(path, plan)
            return None
        try:
            state = msgspec.json.decode((path / STATE).read_bytes(), type=State)
            age_hours = (now - datetime.fromisoformat(state.started)).total_seconds() / 3600
        except (OSError, ValueError):
            state, age_hours = None, OLDEST_HOURS + 1
        if age_hours > OLDEST_HOURS or state is None:
            shutil.rmtree(path, ignore_errors=True)
        elif state.key == plan.key:
            folder = cls(path, state, lock)
            folder._restore(plan.base)
            return folder
        lock.close()
        return None

    @classmethod
    def _new(cls, inbox: Path, plan: Plan, now: datetime) -> Folder:
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        for number in range(1, 1000):
            name = stamp if number == 1 else f"{stamp}-{number}"
            path = inbox / (HIDDEN + name)
            if not (inbox / (COMPLETE + name)).exists():
                with suppress(FileExistsError):
                    path.mkdir(mode=0o700)
                    lock = _locked(path)
                    if lock is not None:
                        state = State(plan.key, now.isoformat(timespec="seconds"))
                        folder = cls(path, state, lock)
                        folder.save()
                        return folder
        raise ChartroomError(NO_ROOM)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        with suppress(OSError):
            # A fetch that got nowhere leaves nothing behind.
            state = self.state
            came = state.steps or state.job or self.by_type
            if self.path.name.startswith(HIDDEN) and not came:
                shutil.rmtree(self.path)
        self._lock.close()

    def add(self, one: Resource, base: str) -> bool:
        """Keep a resource once; False when this version of it is here already."""
        key = (one.kind, one.ident, one.version)
        if key in self.seen:
            return False
        self._remember(one, base)
        try:
            file = self._file(one.kind)
            file.write(one.line + b"\n")
        except OSError as error:
            raise ChartroomError(NO_ROOM, type(error).__name__) from error
        return True

    def done(self, step: str) -> bool:
        """Whether a step was complete before."""
        return step in self.state.steps

    def finish_step(self, step: str) -> None:
        """From here on the step need not be done again, whatever happens."""
        self.state.steps.append(step)
        self.save()

    def save(self) -> None:
        """Put files and state on the disk, files first."""
        try:
            for name, file in self._open.items():
                file.flush()
                os.fsync(file.fileno())
                self.state.sizes[name] = file.tell()
            write_whole(self.path / STATE, msgspec.json.encode(self.state))
        except OSError as error:
            raise ChartroomError(NO_ROOM, type(error).__name__) from error

    def missing(self, kinds: tuple[str, ...]) -> dict[str, list[str]]:
        """By type, the ids that are referred to and not here."""
        here = {(kind, ident) for kind, ident, _ in self.seen}
        found: dict[str, list[str]] = {}
        for kind, ident in sorted(self.wanted - here):
            if kind in kinds:
                found.setdefault(kind, []).append(ident)
        return found

    def problem(self, sentence: str) -> None:
        """Note what could not be fetched; the rest is still good."""
        if sentence not in self.state.problems:
            self.state.problems.append(sentence)

    def publish(self, manifest: bytes) -> Path:
        """The complete folder under its final name."""
        try:
            self.save()
            self._close()
            write_whole(self.path / MANIFEST, manifest)
            final = self.path.with_name(COMPLETE + self.path.name.removeprefix(HIDDEN))
            for name in (STATE, LOCK):
                (self.path / name).unlink(missing_ok=True)
            self.path.rename(final)
            _sync(final.parent)
        except OSError as error:
            raise ChartroomError(NO_ROOM, type(error).__name__) from error
        self.path = final
        return final

    def discard(self) -> None:
        """Remove a folder in which nothing came."""
        self._close()
        shutil.rmtree(self.path, ignore_errors=True)

    def begin_again(self) -> None:
        """Forget an export that the server no longer knows."""
        self.state.job, self.state.files = "", []
        for path in self.path.glob("*.ndjson*"):
            path.unlink()
        self.save()

    def _remember(self, one: Resource, base: str) -> None:
        self.seen.add((one.kind, one.ident, one.version))
        self.wanted.update(one.references(base))
        self.by_type[one.kind] += 1
        self.size += len(one.line) + 1

    def _file(self, kind: str) -> IO[bytes]:
        number = 1
        while (name := f"{kind}.{number:04}.ndjson") in self._open:
            if self._open[name].tell() < PART_BYTES:
                return self._open[name]
            number += 1
        self._open[name] = open_private(self.path / name, "ab")
        return self._open[name]

    def _restore(self, base: str) -> None:
        """Cut each file back to what was complete, and read what is there."""
        for path in self.path.glob("*.ndjson"):
            if path.name not in self.state.sizes:
                if not self.state.files:
                    path.unlink()
                continue
            os.truncate(path, self.state.sizes[path.name])
            for line in lines(path):
                self._remember(resource(line), base)
            self._open[path.name] = open_private(path, "ab")

    def _close(self) -> None:
        while self._open:
            with suppress(OSError):
                self._open.popitem()[1].close()


def lines(path: Path) -> Iterator[bytes]:
    """The lines of an NDJSON file that are not empty."""
    with path.open("rb") as file:
        yield from (line for line in file if line.strip())


def open_private(path: Path, mode: str) -> IO[bytes]:
    """A file that its owner alone may read; `mode` is "ab" or "wb"."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "ab" else os.O_TRUNC)
    return os.fdopen(os.open(path, flags, 0o600), mode)


def write_whole(path: Path, content: bytes) -> None:
    """A file that is the old one or the new one, never half of it."""
    beside = path.with_name(path.name + ".new")
    with open_private(beside, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    _sync(path.parent)


def _refuse_twice(path: Path, plan: Plan) -> None:
    """ChartroomError where another process is at this very fetch."""
    with suppress(OSError, ValueError):
        if msgspec.json.decode((path / STATE).read_bytes(), type=State).key == plan.key:
            raise ChartroomError(TWICE)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked(path: Path) -> IO[str] | None:
    """The folder's lock, or None while another process has it; the kernel frees it at kill -9."""
    try:
        lock = os.fdopen(os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o600), "w")
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock
