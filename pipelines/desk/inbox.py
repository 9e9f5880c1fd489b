"""The watched folder: what is put into HOME/inbox is loaded, logged, and moved out of the way.

A file or folder is taken when it has stopped growing: two looks saw the same names, sizes and
times. Names that begin with "." or end in .part or .tmp are still being written and are left
alone, as are links. What is taken moves to `loading/` first, so that nobody changes it while it
is read, and then to `done/<date>/` or, if anything of it was refused, to `refused/<date>/` with
a report beside it that holds no chart text. A kill in between leaves it in `loading/`, where the
next start goes on: a file is wholly in or wholly out, so reading it again changes nothing.

The folder is looked at, not listened to: whether something still grows takes two looks anyway,
and the system's notices (inotify) do not come for the network shares that exports arrive on.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.desk import inbox_report, load, worklist
from pipelines.errors import ChartroomError, LoadStopped, NothingLoaded
from pipelines.records.loads import InboxView, LoadProgress, LoadReport, Waiting

if TYPE_CHECKING:
    from pipelines.desk.house import House
    from pipelines.records.chart import Reader
    from pipelines.settings import Settings

DONE, REFUSED, LOADING = "done", "refused", "loading"
OWN_FOLDERS = frozenset({DONE, REFUSED, LOADING})
UNFINISHED = (".part", ".tmp")
GROWING, READY, LINK, ODD = (
    "still growing", "waiting", "a link: put the file itself here", "neither a file nor a folder",
)  # fmt: skip
NOT_MOVED = "Something in the inbox cannot be moved; check the rights of the inbox folder."
NOT_READ = "The inbox folder cannot be read; check its rights."
LOOK_EVERY_S = 2.0
MOST_LOOKS_SKIPPED = 150
MEGABYTE = 1_000_000

Sight = tuple[tuple[str, int, int], ...]
"""Every file of an item with its size and time of change: equal sights, nothing grew."""


def today() -> date:
    """The day by which what is done is filed."""
    return datetime.now().astimezone().date()


@dataclass(slots=True)
class Inbox:
    """The inbox of one home and what the last look saw; `look` is one step of the watch."""

    house: House
    reader: Reader
    day: Callable[[], date] = today
    stop: threading.Event = field(default_factory=threading.Event)
    seen: dict[Path, Sight] = field(default_factory=dict)
    problem: str | None = None
    loading: str | None = None
    progress: LoadProgress | None = None
    _faults: int = 0
    _skip: int = 0

    @property
    def folder(self) -> Path:
        """Where people put files."""
        return inbox_folder(self.house.settings)

    def look(self) -> tuple[LoadReport, ...]:
        """Look once: go on with what a kill left, load what has stopped growing; the reports.

        After a fault that is not the files' own (a full disk), looks are skipped, more each time.
        """
        if self._skip:
            self._skip -= 1
            return ()
        self.problem, reports = None, []
        try:
            for path in self._ready():
                reports += self._taken(path)
        except (ChartroomError, OSError) as error:
            self.problem = error.user_message if isinstance(error, ChartroomError) else NOT_READ
        finally:
            self.loading = self.progress = None
        self._faults = min(self._faults + 1, 8) if self.problem else 0
        self._skip = min(2**self._faults, MOST_LOOKS_SKIPPED) if self.problem else 0
        return tuple(reports)

    def view(self, *, watched: bool) -> InboxView:
        """Where the inbox is and what waits in it, for a page."""
        try:
            waiting = tuple(_waiting(self.folder, self.seen))
        except OSError:
            return InboxView(str(self.folder), watched, (), NOT_READ)
        return InboxView(
            str(self.folder), watched, waiting, self.problem, self.loading, self.progress
        )

    def _ready(self) -> list[Path]:
        """What a kill left in `loading/`, then what looks as it did at the last look."""
        begun = self.folder / LOADING
        left = _items(begun) if begun.is_dir() else []
        now = {path: sight(path) for path in _items(self.folder) if state(path) is READY}
        settled = [path for path, seen in now.items() if seen and self.seen.get(path) == seen]
        self.seen = now
        return left + settled

    def _taken(self, path: Path) -> list[LoadReport]:
        """Take one item; one that cannot be moved is told of and does not hold up the others."""
        if self.stop.is_set():
            return []
        begun = self.folder / LOADING
        try:
            if path.parent != begun:
                path = _put(path, _free(begun, path.name))
            report = self._load(path)
        except OSError:
            self.problem = NOT_MOVED
            return []
        return [] if report is None else [report]

    def _load(self, path: Path) -> LoadReport | None:
        """Load one item of `loading/` and file it; None while it is not at its end."""
        self.loading, before = path.name, sight(path)
        options = load.LoadOptions(on_progress=self._note, stop=self.stop)
        try:
            report = load.load_with(self.house, self.reader, [path], options)
        except LoadStopped:
            return None
        except NothingLoaded as nothing:
            if not isinstance(nothing.report, LoadReport):
                raise
            report = nothing.report
        if report.stopped or sight(path) != before:
            return None  # the next look goes on with it; so it does where somebody still wrote
        # Without a single resource it was no FHIR: that is worth a look, too.
        is_good = not report.refused and report.resources > 0
        filed = self.folder / (DONE if is_good else REFUSED) / self.day().isoformat()
        there = _free(filed, path.name)
        # The store first: after a kill in between, the file is read again and put there.
        load.moved(self.house, path, there)
        _put(path, there)
        if not is_good:
            inbox_report.write(there, report)
        return report

    def _note(self, progress: LoadProgress) -> None:
        self.progress = progress


class Watcher(threading.Thread):
    """Looks at an inbox until it is stopped; waits for a store that another process owns."""

    def __init__(self, opened: Callable[[], Inbox], every_s: float = LOOK_EVERY_S) -> None:
        super().__init__(name="inbox", daemon=True)
        self.opened = opened
        self.every_s = every_s
        self.stop = threading.Event()
        self.inbox: Inbox | None = None

    def run(self) -> None:
        """Look, wait, look again."""
        while not self.stop.is_set():
            if self.inbox is None:
                with suppress(ChartroomError):
                    self.inbox = self.opened()
                    self.inbox.stop = self.stop
            if self.inbox is not None and self.inbox.look():
                worklist.warm(self.inbox.house)
            self.stop.wait(self.every_s)

    def end(self, timeout_s: float) -> None:
        """Ask for the end and wait for it; a load that is under way stops at its next file."""
        self.stop.set()
        self.join(timeout_s)


def inbox_folder(settings: Settings) -> Path:
    """The inbox of a home."""
    return settings.home / "inbox"


def state(path: Path) -> str:
    """Whether an item can be taken, by its kind alone."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return LINK
    return READY if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else ODD


def sight(path: Path) -> Sight:
    """What an item looks like now; empty while it has no file, or one that is unfinished."""
    if path.is_file():
        return (_seen(path, path.name),)
    found = []
    for folder, _, names in os.walk(path):
        for name in names:
            if name.endswith(UNFINISHED):
                return ()
            with suppress(FileNotFoundError):
                inside = Path(folder, name)
                found.append(_seen(inside, str(inside.relative_to(path))))
    return tuple(sorted(found))


def _seen(path: Path, name: str) -> tuple[str, int, int]:
    status = path.lstat()
    return name, status.st_size, status.st_mtime_ns


def _items(folder: Path) -> list[Path]:
    """What lies in a folder of the inbox, by name, without what is unfinished or our own."""
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.startswith(".")
        and not path.name.endswith(UNFINISHED)
        and path.name not in OWN_FOLDERS
    )


def _waiting(folder: Path, seen: dict[Path, Sight]) -> Iterator[Waiting]:
    for path in _items(folder) if folder.is_dir() else ():
        with suppress(FileNotFoundError):  # taken between the list and this look
            kind, now = state(path), sight(path) if state(path) is READY else ()
            grows = kind is READY and (not now or seen.get(path) != now)
            size = sum(file[1] for file in now)
            yield Waiting(path.name, size / MEGABYTE, GROWING if grows else kind)


def _free(folder: Path, name: str) -> Path:
    """A path in a folder of the inbox under which nothing lies yet; the folder is made."""
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    there, number = folder / name, 1
    while there.exists():
        number += 1
        base, dot, endings = name.partition(".")  # .json.gz stays what it is
        there = folder / f"{base}-{number}{dot}{endings}"
    return there


def _put(path: Path, there: Path) -> Path:
    """Move an item; it is private from then on."""
    path.rename(there)
    for one in (there, *there.rglob("*")) if there.is_dir() else (there,):
        with suppress(OSError):  # another account's file: its rights are its owner's
            if not one.is_symlink():
                one.chmod(0o700 if one.is_dir() else 0o600)
    return there
