"""Where an R4 path of a mapped resource stands in the record as it came, for its citations.

A resource of STU3 or R5 is read in an R4 copy, and kept raw as it came. A citation points into
the raw record, so a path that was read in the copy (`medicationCodeableConcept.text`) is told in
the record's own terms (`medication.concept.text`). Where only some items of a list were moved
the path names the list without a number, which means all of them. Resources of R4 pass through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pipelines.charts.references import Json
from pipelines.charts.releases import Mapped
from pipelines.charts.row_parts import Row, Tables

STEP = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")
PATH = "path"


def own_rows(mapped: Json, rows: Tables, columns: Mapping[str, Sequence[str]]) -> Tables:
    """The rows made of a mapped copy, their `path` in the record's own terms.

    `columns` names the columns of each table in the rows' order; tables without a path pass.
    """
    return {table: [_own(mapped, row, columns[table]) for row in of] for table, of in rows.items()}


def _own(mapped: Json, row: Row, columns: Sequence[str]) -> Row:
    if PATH not in columns:
        return row
    place = list(columns).index(PATH)
    path = row[place]
    if not isinstance(path, str):
        return row
    return (*row[:place], own_path(mapped, path), *row[place + 1 :])


def own_path(mapped: Json, path: str) -> str:
    """Where an R4 path of a `Mapped` copy stands in the resource as it came."""
    if not isinstance(mapped, Mapped):
        return path
    steps = [(name, indexes) for name, indexes in STEP.findall(path)]
    names = [name for name, _ in steps]
    for new, old in sorted(mapped.moves, key=lambda move: -move[0].count(".")):
        parts = new.split(".")
        if names[: len(parts)] != parts:
            continue
        before, rest = steps[: len(parts)], steps[len(parts) :]
        return _joined(old, before, rest)
    return path


def _joined(old: str, before: list[tuple[str, str]], rest: list[tuple[str, str]]) -> str:
    parts = []
    for place, part in enumerate(old.split(".")):
        index = before[min(place, len(before) - 1)][1]
        parts.append(part.replace("[i]", index))
    return ".".join([*parts, *(name + indexes for name, indexes in rest)])
