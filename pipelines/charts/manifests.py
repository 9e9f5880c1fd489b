"""The manifest of a bulk export, and which file of its folder is which of its lists.

A manifest (hl7.org/fhir/uv/bulkdata/export.html, "Response - Complete Status") lists output,
deleted and error files by URL. A listed file is found in the folder by the last part of its
URL, else by its resource type (`Patient.ndjson`, `Patient.000.ndjson`, `1.Patient.ndjson`),
packed (.gz) or not; each file once. What is listed and not there has no path, for the report to
say so. Nothing outside the folder is touched and nothing is fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import orjson

from pipelines.charts.references import Element, Json
from pipelines.charts.refusals import FileRefused

LARGEST = 16_000_000
MOST_FILES = 100_000
ENDINGS = r"\.(?:ndjson|jsonl|json)(?:\.gz)?"
LISTS = ("output", "deleted", "error")


@dataclass(frozen=True, slots=True)
class Listed:
    """One file of a manifest; `path` None where the folder does not hold it."""

    kind: str
    url: str
    count: int | None
    path: Path | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A bulk export: when it was taken, what was asked for, and its files."""

    transaction_time: str
    request: str | None
    output: tuple[Listed, ...]
    deleted: tuple[Listed, ...]
    error: tuple[Listed, ...]

    @property
    def missing(self) -> tuple[Listed, ...]:
        """Listed files that are not in the folder."""
        every = (*self.output, *self.deleted, *self.error)
        return tuple(item for item in every if item.path is None)

    @property
    def deleted_paths(self) -> frozenset[Path]:
        """Files whose lines ask for deletions, not to be read as resources."""
        return frozenset(item.path for item in self.deleted if item.path is not None)

    @property
    def error_paths(self) -> frozenset[Path]:
        """Files of messages of the server, no part of a chart."""
        return frozenset(item.path for item in self.error if item.path is not None)


def is_manifest(content: Element) -> bool:
    """Whether a JSON text is a manifest and not a resource."""
    return (
        isinstance(content, dict)
        and "resourceType" not in content
        and isinstance(content.get("output"), list)
        and isinstance(content.get("transactionTime"), str)
    )


def manifest(path: Path) -> Manifest:
    """Read a manifest and find its files beside it; FileRefused where it is none."""
    try:
        if path.stat().st_size > LARGEST:
            raise FileRefused("It is larger than a manifest can be.")
        content = orjson.loads(path.read_bytes())
        names = sorted(item.name for item in path.parent.iterdir() if _is_plain(item, path))
    except OSError as error:
        raise FileRefused("It cannot be read.") from error
    except ValueError as error:
        raise FileRefused("It is not JSON, or it is cut off.") from error
    if not is_manifest(content):
        raise FileRefused("It is not the manifest of a bulk export.")
    free = dict.fromkeys(names)
    found = {name: _listed(content.get(name) or [], path.parent, free) for name in LISTS}
    request = content.get("request")
    return Manifest(
        content["transactionTime"], request if isinstance(request, str) else None, **found
    )


def _is_plain(item: Path, path: Path) -> bool:
    return item.name != path.name and not item.is_symlink() and item.is_file()


def _listed(items: Element, folder: Path, free: dict[str, None]) -> tuple[Listed, ...]:
    """The files of one list; those named by their URL first, so that none is given away."""
    if not isinstance(items, list) or len(items) > MOST_FILES:
        raise FileRefused("It is not the manifest of a bulk export.")
    read = [_read(item) for item in items]
    by_url = [_take((name, name + ".gz"), free) if name else None for _, _, _, name in read]
    return tuple(
        Listed(kind, url, count, folder / taken if taken else None)
        for (kind, url, count, _), named in zip(read, by_url, strict=True)
        for taken in (named or _take(_named_by_type(kind, free), free),)
    )


def _read(item: Element) -> tuple[str, str, int | None, str | None]:
    if not isinstance(item, dict) or not isinstance(item.get("url"), str):
        raise FileRefused("The manifest lists a file without a url.")
    kind, count = item.get("type"), item.get("count")
    return (
        kind if isinstance(kind, str) else "",
        item["url"],
        count if isinstance(count, int) and not isinstance(count, bool) else None,
        _last_part(item),
    )


def _last_part(item: Json) -> str | None:
    """The file name that a URL ends in; None for one that is no plain name."""
    try:
        last = unquote(urlsplit(item["url"]).path.rpartition("/")[2])
    except ValueError:
        return None
    return last if last not in ("", ".", "..") and not re.search(r"[/\\\x00:]", last) else None


def _named_by_type(kind: str, free: dict[str, None]) -> tuple[str, ...]:
    if not re.fullmatch(r"[A-Za-z]{2,60}", kind):
        return ()
    form = re.compile(rf"(?:\d+[._-])?{kind}(?:[._-]\w+)*{ENDINGS}")
    return tuple(name for name in free if form.fullmatch(name))


def _take(names: tuple[str, ...], free: dict[str, None]) -> str | None:
    for name in names:
        if name in free:
            del free[name]
            return name
    return None
