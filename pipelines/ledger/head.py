"""The chain's end, kept outside the database: `ledger.head`.

A chain alone cannot see that its tail was cut; the head can. It is written when the ledger is
made (number 0), so a missing head beside entries is never an accident of ours, and renewed after
every commit: never backwards, and never over a break. If the entry it names is gone or other,
it stays as it is, so that working on after a cut cannot hide the cut.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import ChartroomError
from pipelines.ledger.chain import GENESIS


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry that was vouched for: its number, hash and time."""

    seq: int
    hash: str
    time: str


BEGINNING = Head(0, GENESIS, "")


def read_head(path: Path) -> Head | None:
    """The head kept at `path`; None where there is none or it cannot be read as one."""
    try:
        stored = json.loads(path.read_bytes())
        head = Head(stored["seq"], stored["hash"], stored["time"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    whole = type(head.seq) is int and head.seq >= 0
    return head if whole and isinstance(head.hash, str) and isinstance(head.time, str) else None


def begin_head(path: Path) -> None:
    """Write the head of an empty ledger unless a head of whatever content is there."""
    with _locked(path.parent):
        if not path.exists():
            _write(path, BEGINNING)


def renew_head(path: Path, head: Head, hash_at: Callable[[int], str | None]) -> None:
    """Move the head to a committed entry; `hash_at` reads the chain's hash at a number.

    Several processes may come here in any order: an older head never replaces a newer one.
    """
    with _locked(path.parent):
        known = read_head(path)
        if known is None or known.seq >= head.seq:
            return
        if known.seq == 0 or hash_at(known.seq) == known.hash:
            _write(path, head)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    # The folder itself is locked: no lock file is left behind in a home that people copy.
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, head: Head) -> None:
    fresh = path.with_name(path.name + ".new")
    line = json.dumps({"seq": head.seq, "hash": head.hash, "time": head.time}) + "\n"
    try:
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as error:
        raise ChartroomError(
            "The log's head file could not be written; free disk space or check the home's rights."
        ) from error
