"""A file's JSON as entries: one a resource, in portions, however large the file is.

Three forms come in: a Bundle, one resource, or one resource a line (NDJSON). Each is first cut
into the texts of its entries, which are then parsed a portion at a time. A text that is too
large, or in which something is wrong, is cut by `bundle_stream` a chunk at a time. Either way
one bad entry costs itself only, and text that is no JSON costs the file.

No object may hold a key twice. A parser keeps one of the two, so its text then has fewer keys
than it was read from: the keys are counted on both sides.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import BinaryIO, NamedTuple

import msgspec
import orjson

from pipelines.charts.bundle_stream import MEGABYTE, MOST_BYTES_OF_ONE, TOO_LARGE, EntryCutter
from pipelines.charts.json_text import (
    BYTE_ORDER_MARK,
    DEEPEST,
    EMPTY,
    KEY_ENDS,
    NOT_JSON,
    TOO_DEEP,
    NotPlain,
    Raw,
    as_json,
    compact,
    is_deep,
    read_carefully,
)
from pipelines.charts.refusals import FileRefused

WHOLE = 48 * MEGABYTE
CHUNK = MEGABYTE
PORTION_BYTES = 3 * MEGABYTE
PORTION_ENTRIES = 10_000
SHALLOW = 5 * DEEPEST  # `{"a":` a level: shorter text cannot be nested too deep
NOT_FHIR = "It is JSON, but not a FHIR resource or Bundle."
NO_RESOURCE = "The entry holds no resource."
NOT_AN_OBJECT = "The entry is not an object."
Members = dict[str, msgspec.Raw]
_members = msgspec.json.Decoder(Members).decode
_texts = msgspec.json.Decoder(list[msgspec.Raw]).decode


class _ResourceHead(msgspec.Struct):
    resourceType: str
    id: str | None = None


class _EntryHead(msgspec.Struct):
    resource: _ResourceHead
    fullUrl: str | None = None


_head_of = msgspec.json.Decoder(_EntryHead).decode


class Entry(NamedTuple):
    """One entry: its number from 1, its resource parsed and as compact text, and what is wrong.

    `around` is what stands beside the resource in a Bundle's entry (`fullUrl`, `request` …).
    """

    number: int
    around: Raw = None
    resource: Raw = None
    raw: bytes = b""
    fault: str | None = None


class Head(NamedTuple):
    """What names an entry: its `fullUrl`, its resource's type and id."""

    full_url: Raw
    kind: Raw
    own_id: Raw


def head_of(entry: Entry) -> Head:
    """The head of a parsed entry."""
    resource, around = entry.resource, entry.around
    full_url = around.get("fullUrl") if around else None
    if not isinstance(resource, dict):
        return Head(full_url, None, None)
    return tuple.__new__(  # for speed
        Head, (full_url, resource.get("resourceType"), resource.get("id"))
    )


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
    try:
        root = _members(data)
        listed = root.pop("entry", None)
        frame = {name: orjson.loads(bytes(value)) for name, value in root.items()}
        if frame.get("resourceType") != "Bundle":
            return Document(False, [read([1], [data], is_wrapped=False)])
        texts = [] if listed is None else [bytes(text) for text in _texts(listed)]
    except (ValueError, RecursionError) as error:
        raise NotPlain from error
    check_count(len(texts), max_entries)
    around = len(root) + (listed is not None) + sum(bytes(v).count(KEY_ENDS) for v in root.values())
    if data.count(KEY_ENDS) != around + sum(text.count(KEY_ENDS) for text in texts):
        raise NotPlain
    numbers = range(1, len(texts) + 1)
    is_large = len(data) > PORTION_BYTES or len(texts) > PORTION_ENTRIES
    look_ahead = (lambda: map(_head, texts)) if is_large else None
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


def _head(text: bytes) -> Head:
    try:
        found = _head_of(text)
    except (ValueError, RecursionError):
        return head_of(_careful(0, text, is_wrapped=True))
    return Head(found.fullUrl, found.resource.resourceType, found.resource.id)


def check_count(count: int, max_entries: int) -> None:
    """Refuse a Bundle of too many entries, with the way out."""
    if count > max_entries:
        raise FileRefused(
            f"The Bundle holds more than {max_entries:,} entries; give it as NDJSON "
            "(one resource a line), which has no such limit."
        )


def read(numbers: Sequence[int], texts: Sequence[bytes], *, is_wrapped: bool) -> list[Entry]:
    """Parse the texts of entries: Bundle entries where they are wrapped, else resources."""
    whole = b"[" + b",".join(texts) + b"]"
    try:
        values = orjson.loads(whole)
        if len(values) != len(texts):
            raise NotPlain
        entries, around = (_unwrapped if is_wrapped else _bare)(numbers, values)
        if not _plain(entries, around, whole):
            raise NotPlain
    except (ValueError, TypeError, RecursionError):
        if len(texts) == 1:
            return [_careful(numbers[0], texts[0], is_wrapped=is_wrapped)]
        half = len(texts) // 2
        return read(numbers[:half], texts[:half], is_wrapped=is_wrapped) + read(
            numbers[half:], texts[half:], is_wrapped=is_wrapped
        )
    told = sum(entry.raw.count(b"0") for entry in entries) + around.count(b"0")
    if told != whole.count(b"0"):  # `4.50` was read as 4.5
        entries = list(map(partial(_exact, is_wrapped=is_wrapped), entries, texts))
    return entries


def _plain(entries: list[Entry], around: bytes, whole: bytes) -> bool:
    """Whether nothing can be wrong with entries that were parsed from this text."""
    raws = [entry[3] for entry in entries]
    told = b"".join(raws)
    if told.count(KEY_ENDS) + around.count(KEY_ENDS) != whole.count(KEY_ENDS):
        return False  # a key stood twice
    if b"[[" not in told and max(map(len, raws), default=0) <= SHALLOW:
        return True
    return not any(is_deep(entry.resource, entry.raw) for entry in entries)


def _exact(entry: Entry, text: bytes, *, is_wrapped: bool) -> Entry:
    """An entry whose raw text keeps every digit, where a float would lose some."""
    around = b"" if entry.around is None else orjson.dumps(entry.around)
    if text.count(b"0") == entry.raw.count(b"0") + around.count(b"0"):
        return entry
    return entry._replace(raw=_resource_text(text, is_wrapped=is_wrapped) or entry.raw)


def _unwrapped(numbers: Sequence[int], values: list[Raw]) -> tuple[list[Entry], bytes]:
    """The resources of Bundle entries, and the JSON of what stands around them."""
    entries, around = [], []
    make, new, dumps = tuple.__new__, Entry, orjson.dumps
    for number, value in zip(numbers, values, strict=True):
        resource = value.pop("resource", None) if type(value) is dict else None
        if type(resource) is not dict:
            raise NotPlain
        around.append(value)
        entries.append(make(new, (number, value, resource, dumps(resource), None)))
    return entries, dumps(around) + KEY_ENDS * len(entries)


def _bare(numbers: Sequence[int], values: list[Raw]) -> tuple[list[Entry], bytes]:
    """Resources that stand alone; nothing is around them."""
    if any(type(value) is not dict for value in values):
        raise NotPlain
    return [
        Entry(number, None, value, orjson.dumps(value))
        for number, value in zip(numbers, values, strict=True)
    ], b""


def _careful(number: int, text: bytes, *, is_wrapped: bool) -> Entry:
    """An entry of which the quick way could not say what it is."""
    value, fault = read_carefully(text)
    if not isinstance(value, dict):
        return Entry(number, fault=fault or (NOT_AN_OBJECT if is_wrapped else NOT_FHIR))
    around: Raw = None
    resource: Raw = value
    if is_wrapped:
        resource = value.get("resource")
        around = {name: part for name, part in value.items() if name != "resource"}
        if not isinstance(resource, dict):
            return Entry(number, around, fault=fault or NO_RESOURCE)
    raw = _resource_text(text, is_wrapped=is_wrapped) or as_json(resource)
    if fault is None and is_deep(resource, raw):
        fault = TOO_DEEP
    return Entry(number, around, resource, raw, fault)


def _resource_text(text: bytes, *, is_wrapped: bool) -> bytes:
    """The compact text of an entry's resource as it was written; empty where it is not plain."""
    try:
        plain = compact(text)
        return bytes(_members(plain)["resource"]) if is_wrapped else plain
    except (NotPlain, ValueError, KeyError):
        return b""


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
    cutter, count = EntryCutter(), 0
    for chunk in chunks():
        for _ in cutter.feed(chunk):
            count += 1
            check_count(count, max_entries)
    frame, fault = read_carefully(cutter.finish())
    if not isinstance(frame, dict):
        raise FileRefused(NOT_FHIR)
    if frame.get("resourceType") != "Bundle":
        return Document(False, [read([1], [b"".join(chunks())], is_wrapped=False)])
    if fault is not None:
        raise FileRefused(fault)
    listed = frame.pop("entry", [])
    if not isinstance(listed, list):
        raise FileRefused("Bundle.entry is not a list.")
    check_count(len(listed), max_entries)
    numbers = [number for number, one in enumerate(listed, 1) if type(one) is int and one == 0]
    if len(numbers) != count:
        raise FileRefused(NOT_JSON)
    odd = [Entry(n, fault=NOT_AN_OBJECT) for n in range(1, len(listed) + 1) if n not in set(numbers)]

    def portions() -> Iterator[list[Entry]]:
        texts: list[bytes] = []
        done = size = 0
        for text in _cut(chunks()):
            texts.append(text)
            size += len(text)
            if size >= PORTION_BYTES or len(texts) >= PORTION_ENTRIES:
                yield read(numbers[done : done + len(texts)], texts, is_wrapped=True)
                done, size, texts = done + len(texts), 0, []
        rest = read(numbers[done:], texts, is_wrapped=True) if texts else []
        if rest or odd:
            yield rest + odd

    return Document(True, portions(), frame, lambda: map(_head, _cut(chunks())))


def _cut(chunks: Iterator[bytes]) -> Iterator[bytes]:
    cutter = EntryCutter()
    for chunk in chunks:
        yield from cutter.feed(chunk)
