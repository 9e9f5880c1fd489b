"""A chart store of its own with the real schema, filled row by row: for tests of the reads."""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb

from pipelines.records.chart import Chart, Reader
from pipelines.records.moments import Moment
from tests.charts import empty_store

READER = Reader("dr.test")
PLAIN_TEXT = {("chart_extent", "loaded_at"), ("load", "started_at")}


def at(written: str) -> Moment:
    """A moment as the loader makes it: `2026-11-22T05:30:00-05:00` or `2026-11-22`."""
    parsed = datetime.fromisoformat(written)
    if parsed.tzinfo is not None:
        parsed = parsed.astimezone(UTC).replace(tzinfo=None)
    return Moment(parsed, written)


class SmallStore:
    """A RowSource over a private DuckDB; `add` takes a table's columns by name."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="small-store-")
        path = empty_store.copy_to(Path(self.folder.name) / "chart.duckdb")
        self.connection = duckdb.connect(str(path))

    def rows(self, sql: str, parameters: Mapping[str, object]) -> list[tuple[Any, ...]]:
        return self.connection.cursor().execute(sql, dict(parameters)).fetchall()

    def add(self, table: str, **columns: object) -> None:
        """One row; `x="2026-…"` with a name that ends in `_at` fills `x_utc` and `x_written`."""
        values: dict[str, object] = {}
        for name, value in columns.items():
            if name.endswith("_at") and (table, name) not in PLAIN_TEXT:
                moment = at(str(value))
                values[f"{name[:-3]}_utc"] = moment.instant
                values[f"{name[:-3]}_written"] = moment.written
            else:
                values[name] = value
        names = ", ".join(values)
        marks = ", ".join(f"${name}" for name in values)
        self.connection.execute(f"insert into {table} ({names}) values ({marks})", values)  # noqa: S608 - fixed names

    def add_patient(self, patient: str = "p1", **columns: object) -> None:
        self.add("patient", patient=patient, resource=f"Patient/{patient}", **columns)

    def add_resource(self, raw: dict[str, Any], patient: str | None = "p1") -> None:
        self.add(
            "resource",
            resource=f"{raw['resourceType']}/{raw['id']}",
            type=raw["resourceType"],
            patient=patient,
            version=1,
            current=True,
            digest=b"0",
            raw=json.dumps(raw),
        )

    def add_result(self, ident: str, value: object = None, **columns: object) -> None:
        """A potassium result of p1 unless said otherwise."""
        row: dict[str, object] = {
            "resource": f"Observation/{ident}",
            "patient": "p1",
            "part": 0,
            "code_key": "http://loinc.org|2823-3",
            "display": "Potassium",
            "category": "laboratory",
            "status": "final",
            "value_kind": "quantity" if isinstance(value, float) else "string",
            "value_number": value if isinstance(value, float) else None,
            "value_text": None if value is None else str(value),
            "unit": "mmol/L",
            "path": "valueQuantity",
            "quote": str(value),
        }
        self.add("observation", **(row | columns))

    def add_note(
        self,
        ident: str,
        text: str,
        patient: str = "p1",
        written: str = "2026-11-22",
        **columns: object,
    ) -> None:
        """A note whose sentences (ended by a full stop) are its passages."""
        resource = f"DocumentReference/{ident}"
        row: dict[str, object] = {
            "resource": resource, "patient": patient, "title": "Progress note",
            "author": "Dr. Test", "status": "current", "written_at": written,
            "path": "content[0].attachment.data", "sha256": sha256(text.encode()).hexdigest(),
            "text": text,
        }  # fmt: skip
        self.add("document", **(row | columns))
        for number, found in enumerate(re.finditer(r"\S.*?\.(?=\s|$)", text, re.DOTALL)):
            self.add(
                "passage", resource=row["resource"], patient=patient, number=number,
                start_offset=found.start(), end_offset=found.end(), text=found[0],
            )  # fmt: skip
            words = Counter(re.findall(r"[a-z0-9]+(?:[.][0-9]+)?", found[0].lower()))
            for word, count in words.items():
                self.add(
                    "token", resource=resource, patient=patient, number=number, word=word, tf=count
                )

    def chart(self, patient: str = "p1", as_of: str = "2026-12-31T00:00:00+00:00") -> Chart:
        return Chart(READER, patient, "test", at(as_of), self)
