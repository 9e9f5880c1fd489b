"""One file from its bytes to packed columns: open, cut, check, turn into rows, pack.

A file comes back in portions, so that its size does not matter to the memory; most have one.
This half of a load touches no store, so that it can run in a process of its own. A file that
cannot be used comes back as one refusal, never as an exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import BinaryIO

from pipelines.charts import files
from pipelines.charts.codebook import CodeBook
from pipelines.charts.columns import FileIn, Packed, pack
from pipelines.charts.files import Source
from pipelines.charts.instants import stamp
from pipelines.charts.json_document import (
    CHUNK,
    WHOLE,
    Document,
    Entry,
    document,
    lines,
    looks_like_lines,
    streamed,
)
from pipelines.charts.json_text import EMPTY, NOT_JSON
from pipelines.charts.refusals import EntryRefused, FileRefused
from pipelines.charts.releases import check_stated
from pipelines.charts.resources import EntrySorter, Names, Scope, Sorted, Turned
from pipelines.charts.row_parts import Columns
from pipelines.charts.validation import Validator

BUNDLE_TYPES = (
    "document", "message", "transaction", "transaction-response", "batch", "batch-response",
    "searchset", "collection", "history", None,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """How strictly a load validates (full, sample, off), and how large its files may be."""

    validate: str = "sample"
    max_file_mb: int = 2048
    max_entries: int = 50_000


class FileReader:
    """Reads the files of one load, one after another."""

    def __init__(self, limits: LoadLimits, columns: Columns, codes: CodeBook) -> None:
        self.limits = limits
        self.columns = columns
        self.codes = codes
        self.validator = Validator(limits.validate)
        self.sorter = EntrySorter(codes, self.validator, columns)
        self.source = Source("")
        self.unpacked_bytes = self.line_count = 0

    def read(self, source: Source, file_id: int) -> Iterator[Packed]:
        """One file's entries, checked and packed, in portions of which one is the last.

        A file that cannot be used ends in a portion with one refusal of the whole file.
        """
        self.unpacked_bytes = self.line_count = told = 0
        self.source = source
        waiting: Packed | None = None
        try:
            with files.opened(source, self.limits.max_file_mb) as stream:
                found = self._document(source, stream)
                for packed in self._portions(found, FileIn(file_id, source.name)):
                    if waiting is not None:
                        told += waiting.file.size
                        yield waiting
                    waiting = packed
            if waiting is not None:
                # Portions count the text they carry; the last one tells the blanks around it too.
                size = max(self.unpacked_bytes - told, 0)
                whole = replace(waiting.file, size=size, lines=self.line_count)
                yield replace(waiting, file=whole, is_last=True)
        except FileRefused as refused:
            yield self._refused(source, file_id, refused.reason)

    def _refused(self, source: Source, file_id: int, reason: str) -> Packed:
        digest = sha256(f"name:{source.name}".encode("utf-8", "surrogatepass")).digest()
        turned = [Turned(None, None, None, None, reason, digest)]
        one = FileIn(file_id, source.name, self.unpacked_bytes, turned=turned)
        return replace(pack(one, Sorted(), [], self.columns), is_last=True, is_refused=True)

    def _document(self, source: Source, stream: BinaryIO) -> Document:
        if source.plain_name.lower().endswith(files.LINE_ENDINGS):
            return self._of_lines(stream)
        data = stream.read(WHOLE + 1)
        is_large = len(data) > WHOLE
        if is_large and not looks_like_lines(data):
            return streamed(lambda: self._chunks(source), self.limits.max_entries)
        if not is_large:
            self.unpacked_bytes = len(data)
            try:
                return document(data, self.limits.max_entries)
            except FileRefused:
                if not looks_like_lines(data):
                    raise
        return self._of_lines(files.rejoined(data, stream))

    def _of_lines(self, stream: BinaryIO) -> Document:
        return Document(False, self._lines(stream))

    def _lines(self, stream: BinaryIO) -> Iterator[list[Entry]]:
        self.unpacked_bytes = self.line_count = 0
        for portion in lines(stream):
            if not self.unpacked_bytes and all(
                one.fault == NOT_JSON for one in portion.entries[:3]
            ):
                raise FileRefused(NOT_JSON)
            self.unpacked_bytes += portion.size
            self.line_count += portion.line_count
            yield portion.entries
        if not self.unpacked_bytes:
            raise FileRefused(EMPTY)

    def _chunks(self, source: Source) -> Iterator[bytes]:
        self.unpacked_bytes = 0
        with files.opened(source, self.limits.max_file_mb) as stream:
            while chunk := stream.read(CHUNK):
                self.unpacked_bytes += len(chunk)
                yield chunk

    def _portions(self, found: Document, file: FileIn) -> Iterator[Packed]:
        scope = self._scope(found) if found.is_bundle else None
        file = replace(file, is_bundle=found.is_bundle)
        nothing_yet = True
        for entries in found.portions:
            yield self._packed(entries, scope or Scope(Names()), file)
            nothing_yet = False
        if nothing_yet:
            yield self._packed([], scope or Scope(Names()), file)

    def _scope(self, found: Document) -> Scope:
        """What a Bundle says of all its entries."""
        frame = found.frame
        if frame.get("type") not in BUNDLE_TYPES:
            raise FileRefused("Its Bundle.type is not one that holds current resources.")
        names = Names()
        if found.look_ahead is not None:
            for head in found.look_ahead():
                names.learn(head)
        meta = frame.get("meta")
        updated = meta.get("lastUpdated") if isinstance(meta, dict) else None
        return Scope(
            names,
            is_bundle=True,
            is_history=frame.get("type") == "history",
            release=check_stated(frame),
            written_us=_instant(frame.get("timestamp")) or _instant(updated),
        )

    def _packed(self, entries: list[Entry], scope: Scope, file: FileIn) -> Packed:
        seen, checked = self.validator.seen.total(), self.validator.checked
        if self.source.deleted_at is None:
            found = self.sorter.sort(entries, scope)
        else:
            since = _instant(self.source.deleted_at)
            found = self.sorter.deletions(entries, scope._replace(written_us=since))
        one = replace(
            file,
            size=sum(len(entry.raw) for entry in entries),
            entries=len(entries),
            seen=self.validator.seen.total() - seen,
            validated=self.validator.checked - checked,
            turned=found.turned,
        )
        fresh, self.codes.fresh = self.codes.fresh, []
        samples, self.validator.collected = self.validator.collected, []
        return replace(pack(one, found, fresh, self.columns), samples=samples)


def _instant(written: object) -> int | None:
    """A moment in microseconds; None where none is stated in a form that can be read."""
    try:
        return stamp(written, "timestamp")[0] if isinstance(written, str) and written else None
    except EntryRefused:
        return None
