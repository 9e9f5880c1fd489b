"""The files behind what was refused: where they lie now, and which refusals are settled.

A refusal names its file as it was read (`/in/x.json`, `/in/x.zip!a.json`, or the name alone for
an upload). After the file was read again, a refusal of it that did not come again is settled:
the entry is in, or the corrected file does not hold it any more. Nothing is deleted here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.records.chart import RowSource
from pipelines.records.loads import Refusal

if TYPE_CHECKING:
    from pipelines.charts.store import ChartStore

MEMBER = "!"
FILES = """
select distinct file from refused where not coalesce(resolved, false) order by file
"""
UNSETTLED = """
select rowid, file, entry, resource, reason from refused where not coalesce(resolved, false)
"""
SETTLE = """
update refused set resolved = true where rowid in (select unnest($rows))
"""
# A file by itself, the files of a folder, and the members of an archive.
MOVE = tuple(
    f"update {table} set {column} = $new || substr({column}, length($old) + 1) "  # noqa: S608
    f"where {column} = $old or starts_with({column}, $old || '/') "
    f"or starts_with({column}, $old || '!')"
    for table, column in (("refused", "file"), ("file", "name"))
)


def files_of_refusals(source: RowSource) -> tuple[str, ...]:
    """The name of every file that has an unresolved refusal."""
    return tuple(name for (name,) in source.rows(FILES, {}))


def where(name: str) -> Path | None:
    """The file on disk behind a refusal's file, None where it has no path or is gone."""
    path = Path(name)
    if not path.is_absolute():
        return None  # an upload is known by its name alone
    archive = name
    while not path.is_file() and MEMBER in archive:
        archive = archive.rpartition(MEMBER)[0]
        path = Path(archive)
    return path if path.is_file() else None


def moved(store: ChartStore, old: str, new: str) -> None:
    """Tell the store that a file or folder lies elsewhere now."""
    with store.writer() as cursor:
        for statement in MOVE:
            cursor.execute(statement, {"old": old, "new": new})


def settle(
    store: ChartStore,
    read_again: Collection[str],
    refused_again: Iterable[Refusal],
    whole_files_only: bool = False,
) -> int:
    """Resolve what did not come again of these files (or of their members); how many it was.

    `whole_files_only` settles refusals of whole files alone: two uploads of one name need not
    be two states of one file.
    """
    again = {(item.file, item.resource, item.reason) for item in refused_again}
    settled = [
        row
        for row, file, entry, resource, reason in store.rows(UNSETTLED, {})
        if _is_of(file, read_again)
        and (file, resource, reason) not in again
        and not (whole_files_only and entry is not None)
    ]
    if settled:
        with store.writer() as cursor:
            cursor.execute(SETTLE, {"rows": settled})
    return len(settled)


def _is_of(file: str, read_again: Collection[str]) -> bool:
    while file not in read_again and MEMBER in file:
        file = file.rpartition(MEMBER)[0]
    return file in read_again
