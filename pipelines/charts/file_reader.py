"""One file from its bytes to packed columns: read, parse, check, turn into rows, pack.

This half of a load touches no store, so that it can run in a process of its own. A file that
cannot be used comes back as one refusal, never as an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipelines.charts import files
from pipelines.charts.codebook import CodeBook
from pipelines.charts.columns import Columns, FileIn, Packed, pack
from pipelines.charts.files import Content, Source
from pipelines.charts.refusals import FileRefused
from pipelines.charts.resources import Sorted, Turned, sort_entries
from pipelines.charts.validation import Validator


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

    def read(self, source: Source, file_id: int) -> Packed:
        """One file's entries, checked and packed; a file that cannot be used is one refusal."""
        content: Content | None = None
        seen, checked = self.validator.seen.total(), self.validator.checked
        try:
            content = files.read(source, self.limits.max_file_mb)
            document = files.parse(content, self.limits.max_entries)
            found = sort_entries(document, self.codes, self.validator)
        except FileRefused as refused:
            digest = content.sha256 if content else f"name:{source.name}"
            size = len(content.data) if content else 0
            turned = [Turned(None, None, None, None, refused.reason, digest)]
            one = FileIn(file_id, source.name, digest, size, turned=turned)
            return pack(one, Sorted(), [], self.columns)
        one = FileIn(
            file_id,
            source.name,
            content.sha256,
            len(content.data),
            document.entry_count,
            document.is_bundle,
            self.validator.seen.total() - seen,
            self.validator.checked - checked,
            found.turned,
        )
        fresh, self.codes.fresh = self.codes.fresh, []
        samples, self.validator.collected = self.validator.collected, []
        return replace(pack(one, found, fresh, self.columns), samples=samples)
