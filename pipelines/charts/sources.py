"""The record behind a citation: its raw JSON, and the values that stand at a path.

Paths are FHIR elements in dotted form with indexes (`component[0].valueQuantity`); a list
without an index means all of its items; the resource's own type may stand first. A leaf is
given as the text of its JSON value, nothing rounded. A resource of another patient is not
found, whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import orjson

from pipelines.errors import NotFound
from pipelines.records.chart import Chart

RAW = """
select raw, version
from resource
where resource = $resource and current
  and (patient = $patient or resource = 'Patient/' || $patient)
"""

EARLIER = """
select raw, version
from resource
where resource = $resource and not current
  and (patient = $patient or resource = 'Patient/' || $patient)
order by version desc
"""

STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)((?:\[[0-9]+\])*)")
UNREADABLE = frozenset({"data", "div"})
"""Base64 attachments and narrative markup: in the raw JSON, not in a list of fields."""


def raw(chart: Chart, resource: str) -> str:
    """The resource's current version as it was loaded."""
    return raw_version(chart, resource)[0]


def raw_version(chart: Chart, resource: str) -> tuple[str, int]:
    """The resource's current version as it was loaded, and the number of that version."""
    found = chart.rows(RAW, resource=resource)
    if not found:
        raise NotFound("That record is not in this chart; reload the page and choose it again.")
    text, version = found[0]
    return text, version


def earlier_versions(chart: Chart, resource: str) -> tuple[tuple[int, str], ...]:
    """Number and raw JSON of the versions before the current one, the newest first."""
    return tuple((version, text) for text, version in chart.rows(EARLIER, resource=resource))


def leaves(raw: str, path: str) -> tuple[str, ...]:
    """The leaf values at a path in the resource's order; none where the path leads nowhere."""
    return tuple(value for _, value in leaves_with_paths(raw, path))


def leaves_with_paths(raw: str, path: str) -> tuple[tuple[str, str], ...]:
    """The leaves at a path, each with its own full path."""
    resource = _parsed(raw)
    found: list[tuple[str, object]] = [("", resource)]
    for name, indexes in _steps(path, resource):
        found = [child for at, node in found for child in _children(at, node, name, indexes)]
    return tuple(leaf for at, node in found for leaf in _walk(node, at))


def all_leaves(raw: str) -> tuple[tuple[str, str], ...]:
    """Every readable field of the resource as (path, value), without attachments and markup."""
    return tuple(
        (path, value)
        for path, value in _walk(_parsed(raw), "")
        if path.rpartition(".")[2] not in UNREADABLE
    )


def _steps(path: str, resource: object) -> list[tuple[str, tuple[int, ...]]]:
    parts = path.split(".") if path else []
    if parts and isinstance(resource, dict) and parts[0] == resource.get("resourceType"):
        parts = parts[1:]
    steps = []
    for part in parts:
        read = STEP.fullmatch(part)
        if read is None:
            return [("", ())]  # no element has this name: nothing is found
        steps.append((read[1], tuple(int(n) for n in re.findall(r"[0-9]+", read[2]))))
    return steps


def _children(
    at: str, node: object, name: str, indexes: tuple[int, ...]
) -> list[tuple[str, object]]:
    """The element of this name below a node, or below each item of a list."""
    items = list(enumerate(node)) if isinstance(node, list) else [(None, node)]
    found: list[tuple[str, object]] = []
    for index, item in items:
        if isinstance(item, dict) and name in item:
            before = at if index is None else f"{at}[{index}]"
            found.append((f"{before}.{name}" if before else name, item[name]))
    for index in indexes:
        found = [
            (f"{path}[{index}]", item[index])
            for path, item in found
            if isinstance(item, list) and index < len(item)
        ]
    return found


def _walk(node: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _walk(value, f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _walk(value, f"{path}[{index}]")
    elif isinstance(node, bool):
        yield path, "true" if node else "false"
    elif node is not None:
        yield path, str(node)


@lru_cache(maxsize=64)
def _parsed(raw: str) -> object:
    parsed: object = orjson.loads(raw)
    return parsed
