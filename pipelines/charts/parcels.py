"""Objects through a pipe with their Arrow buffers beside them, so that no column is copied twice.

A parcel is its counts, the sizes of its buffers, the pickled rest, then the buffers themselves,
each begun at a multiple of 16 bytes. Only for a pipe between two processes of ours: what comes
from anywhere else must never be unpacked.
"""

from __future__ import annotations

import pickle
import struct
from contextlib import suppress
from typing import IO

ALIGNED = 16
HEAD = struct.Struct("<QQQ")
PIPE_BYTES = 1 << 20


def send(stream: IO[bytes], thing: object) -> None:
    """Write one object."""
    buffers: list[pickle.PickleBuffer] = []
    packed = pickle.dumps(thing, protocol=5, buffer_callback=buffers.append)
    parts = [buffer.raw() for buffer in buffers]
    sizes = [part.nbytes for part in parts]
    stream.write(HEAD.pack(len(packed), len(sizes), sum(map(_room, sizes))))
    stream.write(struct.pack(f"<{len(sizes)}Q", *sizes))
    stream.write(packed)
    for part, size in zip(parts, sizes, strict=True):
        stream.write(part)
        stream.write(bytes(_room(size) - size))
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """Read one object; EOFError where the pipe ended."""
    length, count, total = HEAD.unpack(_exactly(stream, HEAD.size))
    sizes = struct.unpack(f"<{count}Q", _exactly(stream, 8 * count))
    packed = _exactly(stream, length)
    everything = memoryview(_exactly(stream, total))
    parts, start = [], 0
    for size in sizes:
        parts.append(everything[start : start + size])
        start += _room(size)
    return pickle.loads(packed, buffers=parts)  # noqa: S301  # from our own reader, never a file


def widen(stream: IO[bytes]) -> None:
    """Let a pipe hold more, where the system can: fewer turns between writer and reader."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(stream.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def _room(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED


def _exactly(stream: IO[bytes], size: int) -> bytearray:
    found = bytearray(size)
    view, filled = memoryview(found), 0
    while filled < size:
        got = stream.readinto(view[filled:])  # type: ignore[attr-defined]  # a buffered pipe has it
        if not got:
            raise EOFError
        filled += got
    return found
