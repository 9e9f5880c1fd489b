"""A file's JSON as entries: one a resource, in portions, however large the file is.

Three forms come in: a Bundle, one resource, or one resource a line (NDJSON). Each is first cut
into the texts of its entries, which are then parsed a portion at a time. A text that is too
large, or in which something is wrong, is cut by `bundle_stream` a chunk at a time. Either way
one bad entry costs itself only, and text that is no JSON costs the file.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, NamedTuple

import orjson

from pipelines.charts.bundle_stream import MEGABYTE, MOST_BYTES_OF_ONE, TOO_LARGE, EntryCutter
from pipelines.charts.json_entries import (
    COLON,
    NOT_AN_OBJECT,
    ZERO,
    Entry,
    Head,
    bare,
    count,
    head,
    members,
    read,
    texts_of,
    unwrapped,
)
from pipelines.charts.json_text import (
    BYTE_ORDER_MARK,
    EMPTY,
    NOT_FHIR,
    NOT_JSON,
    NotPlain,
    Raw,
    read_carefully,
)
from pipelines.charts.refusals import FileRefused

WHOLE = 48 * MEGABYTE
CHUNK = MEGABYTE
AT_ONCE = 8 * MEGABYTE
PORTION_BYTES = MEGABYTE
PORTION_ENTRIES = 10_000


class Document(NamedTuple):
    """A file's entries in portions, to be gone through once."""

    is_bundle: bool
    portions: Iterable[list[Entry]]
    frame: Raw = None
    """What stands in a Bundle beside its entries."""
    look_ahead: Callable[[], Iterator[Head]] | None = None
    """The heads of all entries, where they come in several portions but refer to each other."""


def document(data: bytes, max_entries: int) -> Document:
    """Cut a JSON text that is in memory; FileRefused where nothing of it can be used."""
    data = _checked(data)
    try:
        return _quick(data, max_entries)
    except NotPlain:
        return streamed(lambda: iter((data,)), max_entries)


def _checked(data: bytes) -> bytes:
    """The text without its byte order mark; FileRefused where it is empty or not UTF-8."""
    data = data.removeprefix(BYTE_ORDER_MARK)
    if not data.strip():
        raise FileRefused(EMPTY)
    if not data.isascii():
        _check_utf8(data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return data


def _check_utf8(chunks: Iterable[bytes]) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileRefused("It is not UTF-8 text.") from error


def _quick(data: bytes, max_entries: int) -> Document:
    if len(data) <= AT_ONCE:
        with suppress(NotPlain):
            return _at_once(data, max_entries)
    return _intexts_of(data, max_entries)


def _at_once(data: bytes, max_entries: int) -> Document:
    """A small document in which nothing is unusual, parsed in one go."""
    try:
        frame = orjson.loads(data)
        if type(frame) is not dict:
            raise NotPlain
        is_bundle = frame.get("resourceType") == "Bundle"
        if is_bundle:
            listed = frame.pop("entry", None)
            if listed is None:
                listed = []
            elif type(listed) is not list:
                raise NotPlain
            check_count(len(listed), max_entries)
            entries, around = unwrapped(range(1, len(listed) + 1), listed)
            around += orjson.dumps(frame) + b":"
        else:
            entries, around = bare([1], [frame])
    except (ValueError, TypeError, RecursionError) as error:
        raise NotPlain from error
    told = b"".join([entry[3] for entry in entries])
    for byte in (COLON, ZERO):
        if count(data, byte) != count(told, byte) + count(around, byte):
            raise NotPlain
    return Document(is_bundle, [entries] if entries else [], frame if is_bundle else None)


def _intexts_of(data: bytes, max_entries: int) -> Document:
    """Any document that is plain JSON, cut into the texts of its entries."""
    try:
        root = members(data)
        listed = root.pop("entry", None)
        frame = {name: orjson.loads(bytes(value)) for name, value in root.items()}
        if frame.get("resourceType") != "Bundle":
            return Document(False, [read([1], [data], is_wrapped=False)])
        texts = [] if listed is None else [bytes(text) for text in texts_of(listed)]
    except (ValueError, RecursionError) as error:
        raise NotPlain from error
    check_count(len(texts), max_entries)
    colons = len(root) + (listed is not None) + sum(count(bytes(v), COLON) for v in root.values())
    for start in range(0, len(texts), 1000):
        colons += count(b"".join(texts[start : start + 1000]), COLON)
    if count(data, COLON) != colons:
        raise NotPlain
    numbers = range(1, len(texts) + 1)
    is_large = len(data) > PORTION_BYTES or len(texts) > PORTION_ENTRIES
    look_ahead = (lambda: map(head, texts)) if is_large else None
    return Document(True, _read_all(numbers, texts), frame, look_ahead)


def _read_all(numbers: Sequence[int], texts: list[bytes]) -> Iterator[list[Entry]]:
    start = size = 0
    for index, text in enumerate(texts):
        size += len(text)
        if size >= PORTION_BYTES or index - start >= PORTION_ENTRIES:
            yield read(numbers[start : index + 1], texts[start : index + 1], is_wrapped=True)
            start, size = index + 1, 0
    if start < len(texts):
        yield read(numbers[start:], texts[start:], is_wrapped=True)


def check_count(count: int, max_entries: int) -> None:
    """Refuse a Bundle of too many entries, with the way out."""
    if count > max_entries:
        raise FileRefused(
            f"The Bundle holds more than {max_entries:,} entries; give it as NDJSON "
            "(one resource a line), which has no such limit."
        )


class Lines(NamedTuple):
    """A portion of NDJSON: its entries, and the bytes and lines it was read from."""

    entries: list[Entry]
    size: int
    line_count: int


def lines(stream: BinaryIO) -> Iterator[Lines]:
    """The lines of an NDJSON stream in portions; blank lines count in the numbers."""
    numbers: list[int] = []
    texts: list[bytes] = []
    size = before = number = 0
    for number, text in enumerate(_capped_lines(stream), 1):
        size += len(text)
        text = (text.removeprefix(BYTE_ORDER_MARK) if number == 1 else text).strip()  # noqa: PLW2901
        if text:
            numbers.append(number)
            texts.append(text)
        if size >= PORTION_BYTES or len(texts) >= PORTION_ENTRIES:
            yield Lines(_read_lines(numbers, texts), size, number - before)
            numbers, texts, size, before = [], [], 0, number
    if texts:
        yield Lines(_read_lines(numbers, texts), size, number - before)


def _read_lines(numbers: list[int], texts: list[bytes]) -> list[Entry]:
    """As `read`, but that a line which is no JSON costs itself only."""
    try:
        return read(numbers, texts, is_wrapped=False)
    except FileRefused as refused:
        if len(texts) == 1:
            return [Entry(numbers[0], raw=texts[0], fault=refused.reason)]
        half = len(texts) // 2
        return _read_lines(numbers[:half], texts[:half]) + _read_lines(numbers[half:], texts[half:])


def looks_like_lines(data: bytes) -> bool:
    """Whether a file that is no JSON is one resource a line all the same."""
    found = [part for part in data[: 4 * CHUNK].split(b"\n", 2) if part.strip()]
    if len(found) < 2 or found[0].lstrip()[:1] != b"{":
        return False
    return _read_lines([1], [found[0].strip()])[0].fault is None


def _capped_lines(stream: BinaryIO) -> Iterator[bytes]:
    while text := stream.readline(MOST_BYTES_OF_ONE + 1):
        if len(text) > MOST_BYTES_OF_ONE:
            raise FileRefused(TOO_LARGE)
        yield text


def streamed(chunks: Callable[[], Iterator[bytes]], max_entries: int) -> Document:
    """Cut a Bundle that is read a chunk at a time; it is gone through several times."""
    cutter = EntryCutter()
    number = 0
    for chunk in chunks():
        for _ in cutter.feed(chunk):
            number += 1
            check_count(number, max_entries)
    frame, fault = read_carefully(cutter.finish())
    if not isinstance(frame, dict):
        raise FileRefused(fault or NOT_FHIR)
    if frame.get("resourceType") != "Bundle":
        return Document(False, [read([1], [b"".join(chunks())], is_wrapped=False)])
    if fault is not None:
        raise FileRefused(fault)
    numbers, odd = _numbered(frame.pop("entry", []), max_entries)
    if len(numbers) != number:
        raise FileRefused(NOT_JSON)
    portions = _cut_and_read(chunks(), numbers, odd)
    return Document(True, portions, frame, lambda: map(head, _cut(chunks())))


def _numbered(listed: Raw, max_entries: int) -> tuple[list[int], list[Entry]]:
    """The numbers of the members that were cut out of a frame, and those that are no objects."""
    if not isinstance(listed, list):
        raise FileRefused("Bundle.entry is not a list.")
    check_count(len(listed), max_entries)
    is_cut = [type(one) is int and one == 0 for one in listed]
    return (
        [number for number, yes in enumerate(is_cut, 1) if yes],
        [Entry(number, fault=NOT_AN_OBJECT) for number, yes in enumerate(is_cut, 1) if not yes],
    )


def _cut_and_read(
    chunks: Iterator[bytes], numbers: list[int], odd: list[Entry]
) -> Iterator[list[Entry]]:
    texts: list[bytes] = []
    done = size = 0
    for text in _cut(chunks):
        texts.append(text)
        size += len(text)
        if size >= PORTION_BYTES or len(texts) >= PORTION_ENTRIES:
            yield read(numbers[done : done + len(texts)], texts, is_wrapped=True)
            done, size, texts = done + len(texts), 0, []
    rest = read(numbers[done:], texts, is_wrapped=True) if texts else []
    if rest or odd:
        yield rest + odd


def _cut(chunks: Iterator[bytes]) -> Iterator[bytes]:
    cutter = EntryCutter()
    for chunk in chunks:
        yield from cutter.feed(chunk)
