"""One file from its bytes to packed columns: open, cut, check, turn into rows, pack.

A file comes back in portions, so that its size does not matter to the memory; most have one.
This half of a load touches no store, so that it can run in a process of its own. A file that
cannot be used comes back as one refusal, never as an exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import BinaryIO, NamedTuple

from pipelines.charts import files
from pipelines.charts.codebook import CodeBook
from pipelines.charts.columns import FileIn, Parcel, Portion, pack, portion_of
from pipelines.charts.files import Source
from pipelines.charts.instants import stamp
from pipelines.charts.json_document import (
    CHUNK,
    WHOLE,
    Document,
    document,
    lines,
    looks_like_lines,
    streamed,
)
from pipelines.charts.json_entries import Entry
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


class Work(NamedTuple):
    """Small files in a row, or one file, or one part of a large one, for a reader."""

    files: list[tuple[int, Source]]
    is_last_part: bool = True


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

    def read(self, work: Work) -> Iterator[Parcel]:
        """The entries of files, checked and packed; small files share a parcel.

        A file that cannot be used is a portion with one refusal of the whole file.
        """
        together: list[tuple[Portion, Sorted]] = []
        there: dict[str, bytes] = {}
        for file_id, source in work.files:
            is_begun = False
            for portion, found in self._portions_of(source, file_id, there):
                if not portion.is_last or is_begun or found.is_clash:
                    if together:
                        yield self._parcel(together)
                    together, there = [], {}
                if portion.is_last and not work.is_last_part and not portion.is_refused:
                    portion = replace(portion, is_last=False)  # noqa: PLW2901  # of the part alone
                is_begun = True
                together.append((portion, found))
                if portion.is_last:
                    there.update(portion.digests)
        yield replace(self._parcel(together), ends_work=True)

    def _parcel(self, together: list[tuple[Portion, Sorted]]) -> Parcel:
        fresh, self.codes.fresh = self.codes.fresh, []
        return pack(together, fresh, self.columns)

    def _portions_of(
        self, source: Source, file_id: int, there: dict[str, bytes]
    ) -> Iterator[tuple[Portion, Sorted]]:
        self.unpacked_bytes = self.line_count = told = 0
        self.source = source
        waiting: tuple[Portion, Sorted] | None = None
        try:
            with files.opened(source, self.limits.max_file_mb) as stream:
                document = self._document(source, stream)
                for one in self._sorted(document, FileIn(file_id, source.name), there):
                    if waiting is not None:
                        told += waiting[0].file.size
                        yield waiting
                    waiting = one
            if waiting is not None:
                # Portions count the text they carry; the last one tells the blanks around it too.
                portion, found = waiting
                size = max(self.unpacked_bytes - told, 0)
                whole = replace(portion.file, size=size, lines=self.line_count)
                yield replace(portion, file=whole, is_last=True), found
        except FileRefused as refused:
            yield self._refused(source, file_id, refused.reason)

    def _refused(self, source: Source, file_id: int, reason: str) -> tuple[Portion, Sorted]:
        digest = sha256(f"name:{source.name}".encode("utf-8", "surrogatepass")).digest()
        turned = [Turned(None, None, None, None, reason, digest)]
        one = FileIn(file_id, source.name, self.unpacked_bytes, turned=turned)
        self.validator.collected = []
        return replace(portion_of(one, Sorted()), is_last=True, is_refused=True), Sorted()

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

    def _sorted(
        self, document: Document, file: FileIn, there: dict[str, bytes]
    ) -> Iterator[tuple[Portion, Sorted]]:
        scope = self._scope(document) if document.is_bundle else None
        file = replace(file, is_bundle=document.is_bundle)
        nothing_yet = True
        for entries in document.portions:
            yield self._portion(entries, scope or Scope(Names()), (file, there))
            nothing_yet = False
        if nothing_yet:
            yield self._portion([], scope or Scope(Names()), (file, there))

    def _scope(self, found: Document) -> Scope:
        """What a Bundle says of all its entries."""
        frame = found.frame
        if frame.get("type") not in BUNDLE_TYPES:
            raise FileRefused("Its Bundle.type is not one that holds current resources.")
        names = Names()
        if found.look_ahead is not None:
            for head in found.look_ahead():
                names.learn(*head)
        meta = frame.get("meta")
        updated = meta.get("lastUpdated") if isinstance(meta, dict) else None
        return Scope(
            names,
            is_bundle=True,
            is_history=frame.get("type") == "history",
            release=check_stated(frame),
            written_us=_instant(frame.get("timestamp")) or _instant(updated),
        )

    def _portion(
        self, entries: list[Entry], scope: Scope, about: tuple[FileIn, dict[str, bytes]]
    ) -> tuple[Portion, Sorted]:
        file, there = about
        seen, checked = self.validator.seen.total(), self.validator.checked
        if self.source.deleted_at is None:
            found = self.sorter.sort(entries, scope, there)
        else:
            since = _instant(self.source.deleted_at)
            found = self.sorter.deletions(entries, scope._replace(written_us=since))
        one = replace(
            file,
            size=sum([len(entry[3]) for entry in entries]),
            entries=len(entries),
            seen=self.validator.seen.total() - seen,
            validated=self.validator.checked - checked,
            turned=found.turned,
        )
        samples, self.validator.collected = self.validator.collected, []
        return replace(portion_of(one, found), samples=samples), found


def _instant(written: object) -> int | None:
    """A moment in microseconds; None where none is stated in a form that can be read."""
    try:
        return stamp(written, "timestamp")[0] if isinstance(written, str) and written else None
    except EntryRefused:
        return None
