"""What a site changes of the vocabularies: its own files, laid over those of the package.

A file in the site's folder carries the name of the file that it changes and holds only what it
changes. In TOML an entry is laid over the package's entry of the same name: lists are added to,
single values replaced; an entry with `replace = true` stands alone. In CSV the first column names
the row: cells with several names are added to, new rows added. In a table of figures (`labs.csv`)
a cell with text replaces the package's, an empty one leaves it, and `none` empties it. An upgrade
of the package therefore keeps a site's own. A file that cannot be read ends in one sentence that
names it, never in a vocabulary that is half there.

One process has one site: `use` is called when a home is opened, and whatever was made of the
tables before (`remembered`) is forgotten when the files are others. Tables that no reader asks
for here cannot be changed by a site.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pipelines.errors import ChartroomError

# The files that a site may lay its own over; each is read through this module alone.
OPEN_TO_SITES = (
    "bedside.toml",
    "concepts.toml",
    "drug_classes.toml",
    "drugs.csv",
    "forms.toml",
    "labs.csv",
    "list_rules.toml",
    "lookalike_drugs.csv",
    "panels.toml",
    "problem_families.toml",
    "problems.csv",
    "procedures.csv",
    "question_names.toml",
    "rcv.toml",
    "result_weights.toml",
    "vaccines.csv",
    "vital_limits.toml",
)
OF_FIGURES = ("labs.csv",)
EMPTIED = "none"
BROKEN = "The site file {name} cannot be read: {why}; correct or remove it."

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class _Here:
    """The site of this process, and what was made of its tables."""

    folder: Path | None = None
    seen: tuple[tuple[str, int, int], ...] = ()
    forget: list[Callable[[], None]] = field(default_factory=list)


_here = _Here()


def use(folder: Path | None) -> bool:
    """Take a folder as this process's site; whether that changed anything."""
    seen = _seen(folder)
    changed = seen != _here.seen or (bool(seen) and folder != _here.folder)
    _here.folder, _here.seen = folder, seen
    if changed:
        for forget in _here.forget:
            forget()
    return changed


def files(folder: Path) -> tuple[tuple[str, bool], ...]:
    """Every table in a site's folder, and whether it changes anything."""
    return tuple((name, name in OPEN_TO_SITES) for name, _, _ in _seen(folder, every=True))


def remembered(size: int = 1) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`lru_cache` for what is made of the tables: forgotten when the site's files are others."""

    def keep(function: Callable[P, R]) -> Callable[P, R]:
        kept = lru_cache(maxsize=size)(function)
        _here.forget.append(kept.cache_clear)
        return kept  # type: ignore[return-value]  # lru_cache asks for hashable arguments only

    return keep


@contextmanager
def shaped(name: str) -> Iterator[None]:
    """Makes values of a table; what does not fit is told of the site's file where there is one."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if _own(name) is None:
            raise
        missing = isinstance(error, KeyError)
        why = f"{error} is missing or unknown" if missing else "a value has the wrong form"
        raise ChartroomError(BROKEN.format(name=name, why=why)) from error


def table(path: Path) -> dict[str, Any]:
    """A TOML table of the package with the site's laid over it."""
    whole = tomllib.loads(path.read_text(encoding="utf-8"))
    own = _own(path.name)
    if own is None:
        return whole
    try:
        told = tomllib.loads(own.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        why = "it is not in TOML's form"
        raise ChartroomError(BROKEN.format(name=path.name, why=why)) from error
    return _laid_over(whole, told, path.name)


def rows(path: Path) -> tuple[dict[str, str], ...]:
    """A CSV table of the package (`#` begins a comment) with the site's rows laid over it."""
    whole = {row[first]: row for row, first in _read(path)}
    listing = path.name.startswith("lookalike")
    if listing:
        return (*(row for row, _ in _read(path)), *(row for row, _ in _own_rows(path)))
    for row, first in _own_rows(path):
        before = whole.get(row[first])
        if path.name in OF_FIGURES:
            whole[row[first]] = _put_over(before or {}, row)
        else:
            whole[row[first]] = row if before is None else _joined(before, row, first)
    return tuple(whole.values())


def _seen(folder: Path | None, *, every: bool = False) -> tuple[tuple[str, int, int], ...]:
    if folder is None or not folder.is_dir():
        return ()
    found = (p for p in sorted(folder.iterdir()) if p.suffix in (".toml", ".csv"))
    told = ((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in found if p.is_file())
    return tuple(t for t in told if every or t[0] in OPEN_TO_SITES)


def _own(name: str) -> Path | None:
    if _here.folder is None or not any(name == seen for seen, _, _ in _here.seen):
        return None
    return _here.folder / name


def _laid_over(whole: dict[str, Any], told: Mapping[str, Any], name: str) -> dict[str, Any]:
    made = dict(whole)
    for key, value in told.items():
        before = made.get(key)
        if before is not None and not _alike(before, value):
            raise ChartroomError(BROKEN.format(name=name, why=f"{key} has the wrong form"))
        if isinstance(value, dict):
            alone = before is None or value.get("replace") is True
            rest = {k: v for k, v in value.items() if k != "replace"}
            made[key] = rest if alone else _laid_over(before or {}, rest, name)
        elif isinstance(value, list) and before:
            made[key] = [*before, *(item for item in value if item not in before)]
        else:
            made[key] = value
    return made


def _alike(before: object, value: object) -> bool:
    """Whether a value has the form of the package's; 2 and 2.0 are one form."""
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (before, value))
    return numbers or type(before) is type(value)


def _read(path: Path) -> Iterator[tuple[dict[str, str], str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(line for line in file if not line.startswith("#"))
        for row in reader:
            yield row, (reader.fieldnames or [""])[0]


def _own_rows(path: Path) -> tuple[tuple[dict[str, str], str], ...]:
    """The site's rows, whole: as many cells as the package's table has columns, none unnamed."""
    own = _own(path.name)
    if own is None:
        return ()
    why = "its columns are not those of the package's file"
    columns = list(next(_read(path))[0])
    try:
        found = tuple(_read(own))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ChartroomError(BROKEN.format(name=path.name, why=why)) from error
    if any(list(row) != columns or None in row.values() or not row[first] for row, first in found):
        raise ChartroomError(BROKEN.format(name=path.name, why=why))
    return found


def _joined(before: Mapping[str, str], row: Mapping[str, str], first: str) -> dict[str, str]:
    """A row with the site's names added to its own."""
    made = {first: row[first]}
    for column, own in row.items():
        if column != first:
            cells = [cell for cell in (before[column], own) if cell]
            made[column] = ";".join(cells)
    return made


def _put_over(before: Mapping[str, str], row: Mapping[str, str]) -> dict[str, str]:
    """A row of figures with the site's in their places."""
    told = {column: own or before.get(column, "") for column, own in row.items()}
    return {column: "" if own == EMPTIED else own for column, own in told.items()}
