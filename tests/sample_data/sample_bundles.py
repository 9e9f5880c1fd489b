"""The sample bundles as committed, and small readers of them for the tests of this folder."""

from __future__ import annotations

import base64
import gzip
import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[2] / "sample_data"
Json = dict[str, Any]


def stories() -> list[str]:
    """The names of the stories, which are the names of the bundles."""
    return sorted(path.parent.name for path in SAMPLES.glob("*/story.toml"))


def synthea_patients() -> list[Json]:
    """The chosen patients of Synthea, as patients.toml names them."""
    plan = tomllib.loads((SAMPLES / "synthea" / "patients.toml").read_text(encoding="utf-8"))
    chosen: list[Json] = plan["patient"]
    return chosen


@lru_cache(maxsize=32)
def bundle(name: str) -> Json:
    """One bundle, parsed."""
    content = gzip.decompress((SAMPLES / "bundles" / f"{name}.json.gz").read_bytes())
    parsed: Json = json.loads(content)
    return parsed


def resources(name: str, *types: str) -> list[Json]:
    """The resources of one bundle, of the given types or all."""
    found = [entry["resource"] for entry in bundle(name)["entry"]]
    return [entry for entry in found if not types or entry["resourceType"] in types]


def by_reference(name: str) -> dict[str, Json]:
    """Every resource under each way the bundle refers to it."""
    known = {}
    for entry in bundle(name)["entry"]:
        resource = entry["resource"]
        known[entry["fullUrl"]] = resource
        known[f"{resource['resourceType']}/{resource['id']}"] = resource
    return known


def note_text(resource: Json) -> str:
    """The text of a DocumentReference or of a report's presented form."""
    attached = resource["content"][0]["attachment"] if "content" in resource else None
    data = (attached or resource["presentedForm"][0])["data"]
    return base64.b64decode(data).decode("utf-8")


def written_notes(name: str) -> list[Json]:
    """Everything of one bundle that carries text."""
    reports = [entry for entry in resources(name, "DiagnosticReport") if "presentedForm" in entry]
    return [*resources(name, "DocumentReference"), *reports]


def moment(text: str) -> datetime:
    """A FHIR dateTime with clock time."""
    return datetime.fromisoformat(text)


def leaves(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any JSON
    """Every (member name, leaf value) of a resource."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, key)
    else:
        yield key, node


def happened(resource: Json) -> list[datetime]:
    """The clock times at which a resource says that something happened or was written."""
    names = (
        "effectiveDateTime",
        "issued",
        "date",
        "authoredOn",
        "recordedDate",
        "performedDateTime",
    )
    found = [resource[name] for name in names if "T" in resource.get(name, "")]
    for name in ("effectivePeriod", "performedPeriod", "period"):
        found += [time for time in resource.get(name, {}).values() if "T" in time]
    return [moment(text) for text in found]
