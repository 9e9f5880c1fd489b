"""The hash chain: what an entry's hash covers, and the bytes it is taken over.

Each entry is sealed over its number, the hash before it and a digest of every other column, so
that no column, searched or not, changes unseen. Values are length-prefixed and carry their type:
`NULL`, empty text and a blob of the same bytes never look alike. A hash names its algorithm. The
digest of the columns is a step of its own, so that `diagnosis` can ask "was this row ever number
17?" without reading the row again.

A chain without a key shows tampering by someone who does not know the code, or who cannot write
`ledger.head`; it does not stop one who rewrites both. That is why exports carry the head too.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

ALGORITHM = "sha256"
GENESIS = f"{ALGORITHM}:{'0' * 64}"
BODY_COLUMNS = ("id", "time", "reader", "patient", "action", "thread", "payload")


@dataclass(frozen=True, slots=True)
class Link:
    """What verification keeps of one row: its place, its claims and the digest of its columns."""

    seq: int
    entry_id: str
    time: str
    previous_hash: str
    hash: str
    body: bytes

    @property
    def own_hash(self) -> str:
        """The hash this row should carry where it stands."""
        return seal(self.seq, self.previous_hash, self.body)


def canonical(payload: Mapping[str, object]) -> str:
    """Canonical JSON: sorted keys, no spaces, ASCII; refuses NaN and infinities."""
    return json.dumps(
        payload, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
    )


def body_digest(columns: Iterable[object]) -> bytes:
    """The digest of a row's columns in the order of `BODY_COLUMNS`."""
    return hashlib.sha256(b"".join(_framed(value) for value in columns)).digest()


def seal(seq: int, previous_hash: str, body: bytes) -> str:
    """The hash of the entry that stands at `seq` after `previous_hash`."""
    framed = _framed(seq) + _framed(previous_hash) + _framed(body)
    return f"{ALGORITHM}:{hashlib.sha256(framed).hexdigest()}"


def link(row: tuple[object, ...], place: int) -> Link:
    """The link of a raw row (seq, body columns, previous_hash, hash), whatever it holds.

    `place` stands in for a number that is none, so that a rebuilt table can still be named.
    """
    seq, body, previous_hash, stored = row[0], row[1:-2], row[-2], row[-1]
    return Link(
        seq=seq if isinstance(seq, int) else place,
        entry_id=shown(body[0]),
        time=shown(body[1]),
        previous_hash=shown(previous_hash),
        hash=shown(stored),
        body=body_digest(body),
    )


def shown(value: object) -> str:
    """A column's text even where a tamperer left something else in it."""
    if isinstance(value, bytes):
        return f"blob:{value.hex()}"
    return value if isinstance(value, str) else f"{type(value).__name__}:{value}"


def _framed(value: object) -> bytes:
    if value is None:
        return b"n;"
    if isinstance(value, bytes):
        return b"b%d:%b;" % (len(value), value)
    if isinstance(value, str):
        # A tampered file may hold bytes that are not UTF-8; they come as surrogates.
        raw = value.encode("utf-8", "surrogateescape")
        return b"t%d:%b;" % (len(raw), raw)
    raw = repr(value).encode()
    return b"v%d:%b;" % (len(raw), raw)


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} has no place in a ledger entry")
