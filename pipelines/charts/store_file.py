"""A closed store's file written anew: without what was deleted, and in the least room.

A delete leaves the old words in the file's free blocks, and a load leaves free blocks too. On any
fault, a full disk among them, the store stays as it is.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

import duckdb

from pipelines.charts.files import MEGABYTE
from pipelines.charts.store import BLOCK_BYTES

NEW_ENDING = ".new"
MEMORY = "300MB"
LOOKS_UP_S = 0.2
# A copy takes as long as the store is large, so only a load that made most of it pays for one.
WORTH_BYTES = 8 * MEGABYTE
WORTH_GROWTH = 2.0


def size_bytes(path: Path) -> int:
    """How large the store's file is; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def is_worth_it(path: Path, bytes_before: int) -> bool:
    """Whether a load, before which the file had so many bytes, made most of what it has now."""
    now = size_bytes(path)
    return now >= WORTH_BYTES and now >= WORTH_GROWTH * bytes_before


def write_anew(path: Path, stop: threading.Event | None = None) -> bool:
    """Copy a closed store into a fresh file and put that in its place; whether it was done.

    `stop`, once set, ends the copy within a second; the store is then as it was.
    """
    fresh = path.with_name(path.name + NEW_ENDING)
    log = path.with_name(path.name + ".wal")
    try:
        fresh.unlink(missing_ok=True)
        _copy(path, fresh, stop or threading.Event())
        fresh.chmod(0o600)
        if log.exists():  # it belongs to the old file and would be played into the new one
            fresh.unlink()
            return False
        os.replace(fresh, path)
    except (duckdb.Error, OSError):
        with suppress(OSError):
            fresh.unlink()
        return False
    return True


def _copy(path: Path, fresh: Path, stop: threading.Event) -> None:
    """Both files are held, and so closed to every other process, until the copy is whole."""
    statements = (
        f"set memory_limit='{MEMORY}'",
        f"set temp_directory={_quoted(fresh.with_name(fresh.name + '.tmp'))}",
        f"attach {_quoted(path)} as old",
        f"attach {_quoted(fresh)} as fresh (block_size {BLOCK_BYTES})",
        "copy from database old to fresh",
        "checkpoint fresh",
        "detach fresh",
        "checkpoint old",
        "detach old",
    )
    with duckdb.connect(":memory:") as connection, ThreadPoolExecutor(1, "store-copy") as pool:
        for statement in statements:
            if stop.is_set():
                raise duckdb.InterruptException("stopped between two statements")
            running = pool.submit(connection.execute, statement)
            while not wait([running], LOOKS_UP_S).done:
                if stop.is_set():
                    connection.interrupt()
            running.result()


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
