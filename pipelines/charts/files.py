"""Files and folders as JSON documents, one at a time, with the limits checked first.

A file is measured before it is read and unpacked as a stream, so that neither a giant nor a
packed bomb fills the memory. In a folder, what is by its name no JSON, NDJSON or gz is passed
over; a file that is named is refused if it is none of them. Links out of a folder are not
followed. Nothing is written and nothing is fetched.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.charts.json_text import BYTE_ORDER_MARK, NOT_JSON, Document, document, line
from pipelines.charts.refusals import FileRefused

ENDINGS = (".json", ".ndjson", ".jsonl", ".gz")
LINE_ENDINGS = (".ndjson", ".jsonl")
MEGABYTE = 1_000_000
ZIP_BEGINS = b"PK\x03\x04"
CHUNK = 1 << 20
# JSON packs 10 to 60 times; far beyond that it is a bomb, and unpacking stops early.
SUSPICIOUS_SIZE = 64 * MEGABYTE
SUSPICIOUS_RATIO = 200


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: the name it is reported by, and its path or its bytes."""

    name: str
    path: Path | None = None
    content: bytes | None = None

    @property
    def size(self) -> int:
        """Bytes as it lies there, packed or not."""
        if self.path is not None:
            return self.path.stat().st_size
        return len(self.content or b"")


@dataclass(frozen=True, slots=True)
class Content:
    """A file's bytes, unpacked."""

    data: bytes
    sha256: str
    plain_name: str


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


def read(source: Source, max_file_mb: int) -> Content:
    """The unpacked bytes of a file; FileRefused where it cannot or must not be read."""
    most = max_file_mb * MEGABYTE
    try:
        if source.size > most:
            raise FileRefused(f"It is larger than {max_file_mb:,} MB.")
        packed = _bytes(source)
    except FileNotFoundError as error:
        raise FileRefused("There is no such file.") from error
    except OSError as error:
        raise FileRefused("It cannot be read.") from error
    plain_name, data = source.name, packed
    if packed[:2] == b"\x1f\x8b":
        data = _unpack(packed, most, max_file_mb)
        plain_name = source.name[:-3] if source.name.lower().endswith(".gz") else source.name
    elif packed[:4] == ZIP_BEGINS:
        raise FileRefused("It is a zip archive; unpack it and load its files.")
    elif source.name.lower().endswith(".gz") and packed:
        raise FileRefused("It is named .gz, but it is not packed that way.")
    return Content(data, hashlib.sha256(data).hexdigest(), plain_name)


def _bytes(source: Source) -> bytes:
    if source.path is None:
        return source.content or b""
    if not source.path.is_file():
        if not source.path.exists():
            raise FileNotFoundError
        raise FileRefused("It is not a file.")
    return source.path.read_bytes()


def _unpack(packed: bytes, most: int, max_file_mb: int) -> bytes:
    parts, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as stream:
            while part := stream.read(CHUNK):
                parts.append(part)
                size += len(part)
                if size > most:
                    raise FileRefused(f"It unpacks to more than {max_file_mb:,} MB.")
                if size > SUSPICIOUS_SIZE and size > SUSPICIOUS_RATIO * len(packed):
                    raise FileRefused("It unpacks to far more than its size; that is not JSON.")
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefused("It is a damaged or cut off gz file.") from error
    return b"".join(parts)


def parse(content: Content, max_entries: int) -> Document:
    """The entries of a file: a Bundle, one resource, or one resource a line (NDJSON)."""
    data = content.data.removeprefix(BYTE_ORDER_MARK)
    if not data.strip():
        raise FileRefused("It is empty.")
    if content.plain_name.lower().endswith(LINE_ENDINGS):
        return _lines(data)
    try:
        return document(data, max_entries)
    except FileRefused:
        if _looks_like_lines(data):
            return _lines(data)
        raise


def _looks_like_lines(data: bytes) -> bool:
    """Whether a file that is no JSON is one resource a line all the same."""
    lines = [part for part in data[: 4 * CHUNK].split(b"\n", 2) if part.strip()]
    if len(lines) < 2:
        return False
    return lines[0].lstrip()[:1] == b"{" and line(1, lines[0]).fault is None


def _lines(data: bytes) -> Document:
    parts = [(number, part) for number, part in enumerate(data.split(b"\n"), 1) if part.strip()]
    if all(line(number, part).fault == NOT_JSON for number, part in parts[:3]):
        raise FileRefused(NOT_JSON)
    return Document(False, None, len(parts), [], (line(number, part) for number, part in parts))
