"""Reads FHIR files again without the pipelines, to check what an answer quotes.

It shares no code with `pipelines.charts`: gzip, json and base64 of the standard library alone.
Numbers stay as they are written. It reads Bundles, NDJSON and plain-text notes; the text of
HTML notes is not rebuilt here, so such a quote is only looked for in the decoded attachment.
"""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.records.answers import Citation

Raw = dict[str, Any]
STEP = re.compile(r"([A-Za-z_]+)((?:\[\d+\])*)")


def read(folder: Path) -> dict[str, Raw]:
    """Every resource below a folder, by `Type/id`."""
    found: dict[str, Raw] = {}
    for path in sorted(folder.rglob("*.gz")):
        for resource in _resources(path):
            found[f"{resource['resourceType']}/{resource['id']}"] = resource
    return found


def _resources(path: Path) -> Iterator[Raw]:
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    if ".ndjson" in path.name:
        yield from (_parse(line) for line in text.splitlines() if line.strip())
        return
    for entry in _parse(text)["entry"]:
        resource = entry["resource"]
        resource.setdefault("id", re.split("[:/]", entry.get("fullUrl", ""))[-1])
        yield resource


def _parse(text: str) -> Raw:
    parsed: Raw = json.loads(text, parse_float=str, parse_int=str)
    return parsed


def citation_faults(citation: Citation, resources: dict[str, Raw]) -> list[str]:
    """What is wrong with a citation; empty when its resource holds its quote where it says."""
    resource = resources.get(citation.resource)
    if resource is None:
        return [f"[{citation.n}] cites {citation.resource}, which the files do not have"]
    if not citation.quote:
        return [f"[{citation.n}] has an empty quote"]
    found = _at(resource, citation.path)
    if found is None:
        return [f"[{citation.n}] {citation.resource} has nothing at {citation.path}"]
    if citation.start is not None:
        return _note_faults(citation, resource, found)
    leaves = list(_leaves(found))
    if citation.quote in (*leaves, " ".join(leaves)):
        return []
    return [f"[{citation.n}] {citation.quote!r} is not at {citation.resource} {citation.path}"]


def _note_faults(citation: Citation, resource: Raw, found: object) -> list[str]:
    text = base64.b64decode(found).decode("utf-8") if isinstance(found, str) else ""
    if citation.start is None or text[citation.start : citation.end] == citation.quote:
        return []
    if _is_html(resource) and citation.quote in text:
        return []
    return [f"[{citation.n}] {citation.resource} does not read so at {citation.start}"]


def _is_html(resource: Raw) -> bool:
    return "text/html" in json.dumps(resource.get("content", resource.get("presentedForm")))


def _at(resource: Raw, path: str) -> object:
    here: Any = resource
    for name, indexes in STEP.findall(path):
        here = here.get(name) if isinstance(here, dict) else None
        for index in re.findall(r"\d+", indexes):
            here = here[int(index)] if isinstance(here, list) and int(index) < len(here) else None
    return here


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
    elif isinstance(value, bool):
        yield str(value).lower()
    elif value is not None:
        yield str(value)
