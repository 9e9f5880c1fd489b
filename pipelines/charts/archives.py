"""Zip archives: which members are read, under rules that are checked before any is unpacked.

Refused whole: more than 10,000 members, more unpacked bytes than a file may have, sizes that no
JSON packs to, overlapping members, names that lead elsewhere (absolute, drive, `..`, backslash),
links, encryption, an archive in the archive. Read are .json, .ndjson, .jsonl and .gz members,
others passed over. A member is unpacked as a stream that ends where its listing says, whatever
its data claim. Nothing is written to disk.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from pipelines.charts.refusals import FileRefused

MOST_MEMBERS = 10_000
LARGEST_LISTING = 16_000_000
LONGEST_NAME = 1_000
MEGABYTE = 1_000_000
CHUNK = 1 << 18
# As for .gz files: JSON packs 10 to 60 times, far beyond that it is a bomb.
SUSPICIOUS_SIZE = 64 * MEGABYTE
SUSPICIOUS_RATIO = 200
WANTED = re.compile(r"\.(?:json|ndjson|jsonl)(?:\.gz)?|\.gz")
ARCHIVES = frozenset({".zip"})
ENCRYPTED = 0x1
LOCAL_HEADER = struct.Struct("<4s5HL2L2H")
LOCAL_BEGINS = b"PK\x03\x04"
DAMAGED = "It is a damaged or cut off zip archive."
ELSEWHERE = "A file in it has a name that leads elsewhere (absolute, a drive, '..' or '\\')."


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its name, its unpacked and packed size, and where it lies."""

    name: str
    size: int
    packed: int
    method: int
    crc: int
    offset: int


def reported(archive: str, member: Member) -> str:
    """The name by which a member stands in reports: `x.zip!a.json`."""
    return f"{archive}!{member.name}"


def members(archive: Path | BinaryIO, max_file_mb: int) -> list[Member]:
    """The members to read, in the archive's order; FileRefused by the first rule broken."""
    with _opened(archive) as file:
        infos, begins = _listing(file)
    if len(infos) > MOST_MEMBERS:
        raise FileRefused(f"It holds more than {MOST_MEMBERS:,} files.")
    if len({info.filename for info in infos}) < len(infos):
        raise FileRefused("It holds two files of one name.")
    _check_overlap(infos, begins)
    for info in infos:
        _check_name(info.orig_filename)
        _check_kind(info)
    found = [_member(info) for info in infos if _is_wanted(info.filename)]
    _check_sizes(found, max_file_mb)
    if not found:
        raise FileRefused("It holds no JSON, NDJSON or gz file.")
    return found


@contextmanager
def _opened(archive: Path | BinaryIO) -> Iterator[BinaryIO]:
    """The archive's bytes; a path is opened and closed, a stream of someone else's only used."""
    if not isinstance(archive, Path):
        yield archive
        return
    try:
        file = archive.open("rb")
    except FileNotFoundError as error:
        raise FileRefused("There is no such file.") from error
    except OSError as error:
        raise FileRefused("It cannot be read.") from error
    with file:
        yield file


class _Measured(io.RawIOBase):
    """A file that gives no more at once than a listing may be long: zipfile reads it whole."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def read(self, size: int = -1) -> bytes:
        if size > LARGEST_LISTING:
            raise FileRefused(f"It holds more than {MOST_MEMBERS:,} files.")
        return self.file.read(size if size >= 0 else LARGEST_LISTING)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        return self.file.tell()

    def seekable(self) -> bool:
        return True


def _listing(file: BinaryIO) -> tuple[list[zipfile.ZipInfo], int]:
    """What the archive says it holds, and where that listing begins."""
    try:
        with zipfile.ZipFile(_Measured(file)) as listed:
            return listed.infolist(), listed.start_dir
    except (
        zipfile.BadZipFile, NotImplementedError, OSError, EOFError, ValueError, OverflowError,
        struct.error,
    ) as error:  # fmt: skip
        raise FileRefused(DAMAGED) from error


def _check_overlap(infos: list[zipfile.ZipInfo], listing_begins: int) -> None:
    """No byte may belong to two members: shared data is how small archives grow giant."""
    end = 0
    for info in sorted(infos, key=lambda one: one.header_offset):
        if info.header_offset < 0:
            raise FileRefused(DAMAGED)
        if info.header_offset < end:
            raise FileRefused("Files in it overlap one another; that is a zip bomb.")
        # A name has at least a byte a character, in whichever of zip's two encodings.
        end = info.header_offset + LOCAL_HEADER.size + len(info.orig_filename) + info.compress_size
    if end > listing_begins:
        raise FileRefused(DAMAGED)


def _check_name(name: str) -> None:
    if "\\" in name or name.startswith("/") or re.match(r"[A-Za-z]:", name):
        raise FileRefused(ELSEWHERE)
    if ".." in PurePosixPath(name).parts:
        raise FileRefused(ELSEWHERE)
    if not name or len(name) > LONGEST_NAME or re.search(r"[\x00-\x1f\x7f]", name):
        raise FileRefused("A file in it has a name that no file can have.")


def _check_kind(info: zipfile.ZipInfo) -> None:
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise FileRefused("It holds a link or another thing that is not a file.")
    if info.flag_bits & ENCRYPTED:
        raise FileRefused("It holds encrypted files; unpack it and load its files.")
    if PurePosixPath(info.filename.lower()).suffix in ARCHIVES and not info.is_dir():
        raise FileRefused("It holds an archive in the archive; unpack it and load its files.")
    known = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if _is_wanted(info.filename) and info.compress_type not in known:
        raise FileRefused("A file in it is packed in a way that is not read here.")


def _is_wanted(name: str) -> bool:
    """JSON by its name; hidden files and what macOS adds are passed over, as in a folder."""
    path = PurePosixPath(name)
    if name.endswith("/") or any(part.startswith((".", "__MACOSX")) for part in path.parts):
        return False
    ending = "".join(path.suffixes[-2:]).lower()
    return bool(WANTED.search(ending)) and ending.endswith((".json", ".ndjson", ".jsonl", ".gz"))


def _member(info: zipfile.ZipInfo) -> Member:
    return Member(
        info.filename, info.file_size, info.compress_size, info.compress_type, info.CRC,
        info.header_offset,
    )  # fmt: skip


def _check_sizes(found: list[Member], max_file_mb: int) -> None:
    total = sum(member.size for member in found)
    if total > max_file_mb * MEGABYTE:
        raise FileRefused(f"It unpacks to more than {max_file_mb:,} MB.")
    packed = sum(member.packed for member in found)
    for size, small in [(total, packed), *((one.size, one.packed) for one in found)]:
        if size > SUSPICIOUS_SIZE and size > SUSPICIOUS_RATIO * small:
            raise FileRefused("It unpacks to far more than its size; that is not JSON.")


def open_member(archive: Path | BinaryIO, member: Member) -> BinaryIO:
    """A stream of one member's unpacked bytes, checked against size and sum at its end.

    Raises FileRefused here or while it is read. A stream that was handed in stays open and is
    read in turn: one member at a time.
    """
    file = archive.open("rb") if isinstance(archive, Path) else archive
    try:
        file.seek(member.offset)
        header = LOCAL_HEADER.unpack(file.read(LOCAL_HEADER.size))
        name = file.read(header[9])
        file.seek(header[10], io.SEEK_CUR)
    except (OSError, struct.error) as error:
        raise FileRefused(DAMAGED) from error
    # The listing and the member itself must agree, or a checker and a reader see two archives.
    listed = {member.name.encode("utf-8", "surrogateescape"), member.name.encode("cp437", "ignore")}
    if header[0] != LOCAL_BEGINS or name not in listed or header[3] != member.method:
        raise FileRefused(DAMAGED)
    return io.BufferedReader(_Unpacking(file, member, owns=isinstance(archive, Path)), CHUNK)


class _Unpacking(io.RawIOBase):
    """The bytes of one member; never more than it lists, and at its end its sum is checked."""

    def __init__(self, file: BinaryIO, member: Member, *, owns: bool) -> None:
        self.file, self.member, self.owns = file, member, owns
        self.at = file.tell()
        self.packed_left, self.left, self.crc = member.packed, member.size, 0
        self.unpacker = zlib.decompressobj(-15) if member.method else None
        self.pending = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer with what comes next; 0 at the end of the member."""
        found = self._next(len(buffer))
        if len(found) > self.left:
            raise FileRefused("A file in it unpacks to more than it says; that is a zip bomb.")
        self.left -= len(found)
        self.crc = zlib.crc32(found, self.crc)
        if not found and (self.left or self.crc != self.member.crc):
            raise FileRefused(DAMAGED)
        buffer[: len(found)] = found
        return len(found)

    def _next(self, most: int) -> bytes:
        if self.unpacker is None:
            return self._packed(most)
        while True:
            if not self.pending and not self.unpacker.eof:
                self.pending = self._packed(CHUNK)
            was_dry = not self.pending
            try:
                found = self.unpacker.decompress(self.pending, most)
            except zlib.error as error:
                raise FileRefused(DAMAGED) from error
            self.pending = self.unpacker.unconsumed_tail
            if found or was_dry or self.unpacker.eof:
                return found

    def _packed(self, most: int) -> bytes:
        # Others may have moved a shared stream meanwhile.
        self.file.seek(self.at)
        found = self.file.read(min(most, self.packed_left))
        self.at += len(found)
        self.packed_left -= len(found)
        return found

    def close(self) -> None:
        if self.owns and not self.closed:
            self.file.close()
        super().close()
