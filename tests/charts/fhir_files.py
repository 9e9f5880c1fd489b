"""Small FHIR files for the load tests, built by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pipelines.charts.load import LoadLimits, load_paths
from pipelines.charts.store import ChartStore
from pipelines.records.loads import LoadReport

Json = dict[str, Any]


def patient(ident: str = "p1", **more: object) -> Json:
    return {"resourceType": "Patient", "id": ident, "gender": "female",
            "birthDate": "1960-05-01", "name": [{"family": "Muster", "given": ["Erika"]}],
            **more}  # fmt: skip


def observation(ident: str = "o1", subject: str = "Patient/p1", **more: object) -> Json:
    found: Json = {
        "resourceType": "Observation", "id": ident, "status": "final",
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3",
                             "display": "Potassium"}]},
        "subject": {"reference": subject}, "effectiveDateTime": "2020-03-04T05:06:07+01:00",
        "valueQuantity": {"value": 4.5, "unit": "mmol/L"},
    }  # fmt: skip
    if any(name.startswith("value") for name in more):
        del found["valueQuantity"]
    return {name: value for name, value in {**found, **more}.items() if value is not None}


def note(ident: str = "d1", text: str = "# Plan\nGo home. Come back.", **more: object) -> Json:
    return {
        "resourceType": "DocumentReference", "id": ident, "status": "current",
        "subject": {"reference": "Patient/p1"}, "date": "2020-03-04T05:06:07+01:00",
        "content": [{"attachment": {"contentType": "text/plain",
                                    "data": base64.b64encode(text.encode()).decode()}}],
        **more,
    }  # fmt: skip


def bundle(*resources: Json, kind: str = "collection") -> Json:
    return {"resourceType": "Bundle", "type": kind,
            "entry": [{"resource": resource} for resource in resources]}  # fmt: skip


def write(path: Path, content: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    path.write_bytes(data)
    return path


def lines(path: Path, resources: Iterable[Json]) -> Path:
    return write(path, b"\n".join(json.dumps(one).encode() for one in resources) + b"\n")


def load(store: ChartStore, *paths: Path, validate: str = "off", **limits: int) -> LoadReport:
    return load_paths(store, paths, LoadLimits(validate=validate, **limits))


def dump(store: ChartStore) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in a fixed order."""
    tables = store.rows("select table_name from duckdb_tables() order by 1", {})
    return {
        name: sorted(store.rows(f"select * from {name}", {}), key=repr)  # noqa: S608  # own names
        for (name,) in tables
    }
