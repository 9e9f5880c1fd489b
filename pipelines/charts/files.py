"""Files and folders as JSON documents, one at a time, with the limits checked first.

A file is measured before it is read and unpacked as a stream, so that neither a giant nor a
packed bomb fills the memory. In a folder, what is by its name no JSON, NDJSON, gz or zip is
passed over; a file that is named is refused if it is none of them. Links out of a folder are not
followed. Nothing is written and nothing is fetched.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from pipelines.charts.archives import Member, members, open_member, reported
from pipelines.charts.manifests import Manifest, manifest
from pipelines.charts.refusals import FileRefused

ENDINGS = (".json", ".ndjson", ".jsonl", ".gz", ".zip")
LINE_ENDINGS = (".ndjson", ".jsonl")
MEGABYTE = 1_000_000
GZIP_BEGINS = b"\x1f\x8b"
ZIPS_BEGIN = (b"PK\x03\x04", b"PK\x05\x06")
DELETED = re.compile(r"\bdeleted\b|(?<![a-z])deleted(?![a-z])")
CHUNK = 1 << 20
PART_BYTES = 16 * MEGABYTE
# JSON packs 10 to 60 times; far beyond that it is a bomb, and unpacking stops early.
SUSPICIOUS_SIZE = 24 * MEGABYTE
SUSPICIOUS_RATIO = 200


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: the name it is reported by, and its path or its bytes.

    `member` is a file of a zip archive; `span` a part of a large NDJSON file, from a line's
    beginning to a line's end; `deleted_at` is there (and may be empty) for a bulk export's file
    of deletions; `fault` says why it cannot be read at all.
    """

    name: str
    path: Path | None = None
    content: bytes | None = None
    member: Member | None = None
    span: tuple[int, int] | None = None
    deleted_at: str | None = None
    fault: str | None = None

    @property
    def plain_name(self) -> str:
        """The name without the ending of its packing."""
        return self.name[:-3] if self.name.lower().endswith(".gz") else self.name

    @property
    def size(self) -> int:
        """Bytes as it lies there, packed or not; of the part, where it is one."""
        if self.member is not None:
            return self.member.packed
        if self.span is not None:
            return self.span[1] - self.span[0]
        if self.path is not None:
            return self.path.stat().st_size
        return len(self.content or b"")


def sources(paths: Sequence[Path], max_file_mb: int) -> list[Source]:
    """The files behind the given paths, folders in order of their names, each once.

    What a bulk export deleted comes first: the rest of it may hold what came back since.
    """
    seen: set[Path] = set()
    found: list[Source] = []
    for path in paths:
        for source in _in_folder(path) if path.is_dir() else _named(path):
            real = (source.path or path).resolve()
            if real not in seen:
                seen.add(real)
                found += _members(source, max_file_mb)
    return sorted(found, key=lambda one: one.deleted_at is None)


def uploads(given: Sequence[tuple[str, bytes]], max_file_mb: int) -> list[Source]:
    """Uploaded files by name and content."""
    return [
        member
        for name, content in given
        for member in _members(Source(name, content=content), max_file_mb)
    ]


def _named(path: Path) -> list[Source]:
    """A file that was named: itself, or what the manifest of a bulk export lists."""
    if path.name.lower().endswith("manifest.json") and (found := _manifest(path)) is not None:
        return list(_exported(found, [one.path for one in (*found.deleted, *found.output)]))
    return [Source(str(path), path, deleted_at="" if _is_deletions(path) else None)]


def _in_folder(folder: Path) -> Iterator[Source]:
    for where, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        paths = [Path(where) / name for name in sorted(names)]
        wanted = [path for path in paths if _is_wanted(path.name) and not path.is_symlink()]
        manifests = [path for path in wanted if path.name.lower().endswith("manifest.json")]
        found = next((one for path in manifests if (one := _manifest(path)) is not None), None)
        if found is None:
            for path in wanted:
                yield Source(str(path), path, deleted_at="" if _is_deletions(path) else None)
        else:
            yield from _exported(found, [path for path in wanted if path not in manifests])


def _exported(found: Manifest, paths: Sequence[Path | None]) -> Iterator[Source]:
    """Files of a bulk export; the server's messages are no part of a chart."""
    for path in paths:
        if path is not None and path not in found.error_paths:
            is_deletions = path in found.deleted_paths or _is_deletions(path)
            yield Source(
                str(path), path, deleted_at=found.transaction_time if is_deletions else None
            )


def _manifest(path: Path) -> Manifest | None:
    try:
        return manifest(path)
    except FileRefused:
        return None


def _is_deletions(path: Path) -> bool:
    """Whether a file's name, or its folder's, says that it lists deletions of a bulk export."""
    plain = path.name.lower().removesuffix(".gz")
    return plain.endswith(LINE_ENDINGS) and (
        DELETED.search(plain) is not None or path.parent.name.lower() == "deleted"
    )


def _members(source: Source, max_file_mb: int) -> list[Source]:
    """The files in a zip archive, named after it; any other file as it is."""
    try:
        with _packed(source) as stream:
            if stream.read(4) not in ZIPS_BEGIN:
                return [source]
            stream.seek(0)
            archive = source.path or stream
            return [
                replace(
                    source, name=reported(source.name, one), member=one,
                    deleted_at="" if _is_deletions(Path(one.name)) else None,
                )
                for one in members(archive, max_file_mb)
            ]  # fmt: skip
    except FileRefused as refused:
        return [replace(source, fault=refused.reason)]
    except OSError:
        return [source]


def _is_wanted(name: str) -> bool:
    lower = name.lower()
    if lower.startswith("."):
        return False
    if lower.endswith(".gz"):
        inner = Path(lower[:-3]).suffix
        return inner in ENDINGS or inner == ""
    return lower.endswith(ENDINGS)


def parts(source: Source) -> list[tuple[int, int, Source]]:
    """A large plain NDJSON file in parts from line to line, so that several readers can share it.

    Each with its number from 1 and their count; any other file is one part.
    """
    is_plain = source.path is not None and source.member is None
    if not is_plain or not source.name.lower().endswith(LINE_ENDINGS):
        return [(1, 1, source)]
    try:
        size = source.size
        if size < 2 * PART_BYTES:
            return [(1, 1, source)]
        with _packed(source) as stream:
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
        if source.fault is not None:
            raise FileRefused(source.fault)
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
    if source.member is not None:
        member = stack.enter_context(open_member(source.path or packed, source.member))
        begins = member.peek(4)[:4]  # type: ignore[attr-defined]  # a buffered stream
        packed = member
    else:
        begins = packed.read(4)
        packed.seek(source.span[0] if source.span else 0)
    if begins[:2] == GZIP_BEGINS:
        unzipped = stack.enter_context(gzip.GzipFile(fileobj=packed))
        consumed = (lambda: source.size) if source.member is not None else packed.tell
        return io.BufferedReader(_Unpacking(unzipped, consumed, most), CHUNK)
    if begins in ZIPS_BEGIN:
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

    def __init__(self, stream: gzip.GzipFile, consumed: Callable[[], int], most: int) -> None:
        self.stream, self.consumed, self.most, self.size = stream, consumed, most, 0

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
        if self.size > SUSPICIOUS_SIZE and self.size > SUSPICIOUS_RATIO * self.consumed():
            raise FileRefused("It unpacks to far more than its size; that is not JSON.")
        buffer[: len(found)] = found
        return len(found)
