"""A home, opened: its settings, its chart store and its ledger.

One process that writes (the app, a load) owns the store; reading verbs open it read-only, and
several may run at once. A home that is empty or half made opens too: it has no store and no
ledger yet, and finds nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.desk.ask_queue import Conversations
from pipelines.errors import ChartroomError, NotFound
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.charts.store import ChartStore
    from pipelines.ledger.database import Ledger

KEPT_FOLDERS = ("inbox", "exports", "keys", "site")
UNUSED = "changes nothing: no table of this name can be changed by a site"
WAITING = "not in force: another table cannot be read"
NOTHING_LOADED = "Nothing is loaded in this home yet; load FHIR files first."


@dataclass(slots=True)
class House:
    """The open resources of one process; store and ledger open when first needed."""

    settings: Settings
    writing: bool
    opened: set[tuple[str, str, str]] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)
    loading: threading.Lock = field(default_factory=threading.Lock)
    workers: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="answer")
    )
    asking: Conversations = field(init=False)
    # Of their own: answers never wait for narratives that nobody may be looking at any more.
    narrators: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="narrative")
    )
    narrating: Conversations = field(init=False)
    _store: ChartStore | None = None
    _ledger: Ledger | None = None

    def __post_init__(self) -> None:
        self.asking = Conversations(self.workers)
        self.narrating = Conversations(self.narrators)

    @property
    def store(self) -> ChartStore | None:
        """The chart store, or None while nothing was ever loaded; StoreInUse if another owns it."""
        from pipelines.charts.store import ChartStore

        with self.lock:
            if self._store is None:
                with suppress(NotFound):
                    path = self.settings.store_path
                    self._store = ChartStore.open(path, read_only=not self.writing)
            return self._store

    @property
    def charts(self) -> ChartStore:
        """The store; NotFound in one sentence where nothing was loaded yet."""
        store = self.store
        if store is None:
            raise NotFound(NOTHING_LOADED)
        return store

    @property
    def ledger(self) -> Ledger:
        """The ledger, made on first use; opening it migrates it."""
        from pipelines.ledger.database import open_ledger

        with self.lock:
            if self._ledger is None:
                make_home(self.settings.home)
                self._ledger = open_ledger(
                    self.settings.ledger_path, self.settings.ledger_head_path
                )
            return self._ledger

    @property
    def has_ledger(self) -> bool:
        """Whether anything was ever logged here."""
        from pipelines.ledger.database import ledger_exists

        return ledger_exists(self.settings.ledger_path)

    @contextmanager
    def one_load(self) -> Iterator[None]:
        """Wait for a turn to change the charts: loads number their files, so one goes at a time."""
        with self.loading:
            yield

    def close(self) -> None:
        """Let go of the store, so that another process may own it; no model is waited for."""
        self.asking.stop()
        self.narrating.stop()
        self.workers.shutdown(wait=True)
        self.narrators.shutdown(wait=True)
        if self._store is not None:
            self._store.close()
        if self._ledger is not None:
            self._ledger.close()


def open_house(settings: Settings, *, writing: bool = False) -> House:
    """The house of `settings.home`; a writing one makes the home and owns its store at once."""
    use_site(settings)
    house = House(settings, writing=writing)
    if writing:
        make_home(settings.home)
        _ = house.store
    return house


def use_site(settings: Settings) -> None:
    """Lay the site's tables over the package's; a broken one ends in a sentence that names it."""
    from pipelines.terms import site

    if not site.use(settings.site_path):
        return
    try:
        _read_all()
    except ChartroomError:
        site.use(None)
        raise


def site_tables(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Each table in the site's folder: in force, changing nothing, or why it cannot be read."""
    from pipelines.terms import site

    found = site.files(settings.site_path)
    try:
        use_site(settings)
    except ChartroomError as error:
        return tuple((name, _told(name, error) if open_ else UNUSED) for name, open_ in found)
    return tuple((name, "in force" if open_ else UNUSED) for name, open_ in found)


def _told(name: str, error: ChartroomError) -> str:
    return error.user_message if f" {name} " in error.user_message else WAITING


def _read_all() -> None:
    """Every table that a site may change, so that a fault is told now and not in an answer."""
    from pipelines.terms import concepts, drug_classes, list_rules, panels, spelling, vocabulary

    tables = (concepts.load, vocabulary.load, drug_classes.load, spelling.lookalikes)
    for read in (*tables, list_rules.offered, panels.panels):
        read()


def make_home(home: Path) -> None:
    """The folders that a home holds, readable by their owner alone."""
    try:
        for folder in (home, *(home / name for name in KEPT_FOLDERS)):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(PermissionError):
            home.chmod(0o700)
    except OSError as error:
        raise ChartroomError(
            "The home folder cannot be made or written; choose another with --home.",
            type(error).__name__,
        ) from error
