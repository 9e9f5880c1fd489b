"""Files and folders as JSON documents, one at a time, with the limits checked first.

A file is measured before it is read and unpacked as a stream, so that neither a giant nor a
packed bomb fills the memory. In a folder, what is by its name no JSON, NDJSON or gz is passed
over; a file that is named is refused if it is none of them. Links out of a folder are not
followed. Nothing is written and nothing is fetched.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from pipelines.charts.refusals import FileRefused

ENDINGS = (".json", ".ndjson", ".jsonl", ".gz")
LINE_ENDINGS = (".ndjson", ".jsonl")
MEGABYTE = 1_000_000
GZIP_BEGINS = b"\x1f\x8b"
ZIP_BEGINS = b"PK\x03\x04"
CHUNK = 1 << 20
PART_BYTES = 16 * MEGABYTE
# JSON packs 10 to 60 times; far beyond that it is a bomb, and unpacking stops early.
SUSPICIOUS_SIZE = 24 * MEGABYTE
SUSPICIOUS_RATIO = 200


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: the name it is reported by, and its path or its bytes.

    `span` is the part of a large NDJSON file, from a line's beginning to a line's end.
    """

    name: str
    path: Path | None = None
    content: bytes | None = None
    span: tuple[int, int] | None = None

    @property
    def plain_name(self) -> str:
        """The name without the ending of its packing."""
        return self.name[:-3] if self.name.lower().endswith(".gz") else self.name

    @property
    def size(self) -> int:
        """Bytes as it lies there, packed or not; of the part, where it is one."""
        if self.span is not None:
            return self.span[1] - self.span[0]
        if self.path is not None:
            return self.path.stat().st_size
        return len(self.content or b"")


def sources(paths: Sequence[Path]) -> Iterator[Source]:
    """The files behind the given paths, folders in order of their names, each once."""
    seen: set[Path] = set()
    for path in paths:
        for found in _in_folder(path) if path.is_dir() else (path,):
            real = found.resolve()
            if real not in seen:
                seen.add(real)
                yield Source(str(found), found)


def _in_folder(folder: Path) -> Iterator[Path]:
    for where, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            path = Path(where) / name
            if not name.startswith(".") and _is_wanted(name) and not path.is_symlink():
                yield path


def _is_wanted(name: str) -> bool:
    lower = name.lower()
    if lower.endswith(".gz"):
        inner = Path(lower[:-3]).suffix
        return inner in ENDINGS or inner == ""
    return lower.endswith(ENDINGS)


def parts(source: Source) -> list[tuple[int, int, Source]]:
    """A large plain NDJSON file in parts from line to line, so that several readers can share it.

    Each with its number from 1 and their count; any other file is one part.
    """
    if source.path is None or not source.name.lower().endswith(LINE_ENDINGS):
        return [(1, 1, source)]
    try:
        size = source.path.stat().st_size
        if size < 2 * PART_BYTES:
            return [(1, 1, source)]
        with source.path.open("rb") as stream:
            cuts = sorted({_next_line(stream, at) for at in range(PART_BYTES, size, PART_BYTES)})
    except OSError:
        return [(1, 1, source)]
    edges = [0, *(cut for cut in cuts if cut < size), size]
    spans = list(pairwise(edges))
    return [
        (number, len(spans), replace(source, span=span)) for number, span in enumerate(spans, 1)
    ]


def _next_line(stream: BinaryIO, at: int) -> int:
    stream.seek(at)
    stream.readline()
    return stream.tell()


@contextmanager
def opened(source: Source, max_file_mb: int) -> Iterator[BinaryIO]:
    """A file's unpacked bytes as a stream; FileRefused where it cannot or must not be read."""
    most = max_file_mb * MEGABYTE
    try:
        if source.size > most:
            raise FileRefused(f"It is larger than {max_file_mb:,} MB.")
        with ExitStack() as stack:
            yield stack.enter_context(_unpacked(source, most, stack))
    except FileNotFoundError as error:
        raise FileRefused("There is no such file.") from error
    except OSError as error:
        raise FileRefused("It cannot be read.") from error


def _unpacked(source: Source, most: int, stack: ExitStack) -> BinaryIO:
    packed = stack.enter_context(_packed(source))
    begins = packed.read(4)
    packed.seek(source.span[0] if source.span else 0)
    if begins[:2] == GZIP_BEGINS:
        unzipped = stack.enter_context(gzip.GzipFile(fileobj=packed))
        return io.BufferedReader(_Unpacking(unzipped, packed, most), CHUNK)
    if begins == ZIP_BEGINS:
        raise FileRefused("It is a zip archive inside another; unpack it and load its files.")
    if source.name.lower().endswith(".gz") and begins:
        raise FileRefused("It is named .gz, but it is not packed that way.")
    if source.span:
        return io.BufferedReader(_Part(packed, source.span[1] - source.span[0]), CHUNK)
    return packed


def _packed(source: Source) -> BinaryIO:
    if source.path is None:
        return io.BytesIO(source.content or b"")
    if not source.path.is_file():
        if not source.path.exists():
            raise FileNotFoundError
        raise FileRefused("It is not a file.")
    return source.path.open("rb")


def rejoined(begun: bytes, stream: BinaryIO) -> BinaryIO:
    """A stream from its beginning again, of which `begun` was read already."""
    return io.BufferedReader(_Rejoined(begun, stream), CHUNK)


class _Rejoined(io.RawIOBase):
    """What was read already, then the rest."""

    def __init__(self, begun: bytes, stream: BinaryIO) -> None:
        self.parts = [io.BytesIO(begun), stream]

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io gives
        """Fill the buffer."""
        while self.parts:
            if found := self.parts[0].read(len(buffer)):
                buffer[: len(found)] = found
                return len(found)
            del self.parts[0]
        return 0


class _Part(io.RawIOBase):
    """The next so many bytes of a stream, and no more."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self.stream, self.left = stream, size

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io gives
        """Fill the buffer."""
        found = self.stream.read(min(len(buffer), self.left))
        buffer[: len(found)] = found
        self.left -= len(found)
        return len(found)


class _Unpacking(io.RawIOBase):
    """Unpacks as it is read, and stops where it becomes too much or turns out to be damaged."""

    def __init__(self, stream: gzip.GzipFile, packed: BinaryIO, most: int) -> None:
        self.stream, self.packed, self.most, self.size = stream, packed, most, 0

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what io gives
        """Fill the buffer; FileRefused instead of more than is allowed."""
        try:
            found = self.stream.read(len(buffer))
        except (OSError, EOFError, zlib.error) as error:
            raise FileRefused("It is a damaged or cut off gz file.") from error
        self.size += len(found)
        if self.size > self.most:
            raise FileRefused(f"It unpacks to more than {self.most // MEGABYTE:,} MB.")
        if self.size > SUSPICIOUS_SIZE and self.size > SUSPICIOUS_RATIO * self.packed.tell():
            raise FileRefused("It unpacks to far more than its size; that is not JSON.")
        buffer[: len(found)] = found
        return len(found)
