"""The general practitioners that a patient's own record names, and how to reach them.

Read from the raw records when asked for, since few charts are asked. Only whom the patient's
record refers to is read, and one step further from a role to the person who holds it. Numbers
marked as old, or ended by the as-of, are not told. Who is not in the store has none here.
"""

from __future__ import annotations

from collections.abc import Collection

import orjson

from pipelines.charts import sources
from pipelines.charts.called import name_of
from pipelines.charts.references import Json, target
from pipelines.charts.row_elements import listed
from pipelines.records.chart import Chart
from pipelines.records.moments import Moment
from pipelines.records.patients import GeneralPractitioner, Telecom
from pipelines.terms import dates

NAMED = """
select resource, raw
from resource
where current
  and (patient is null or patient = $patient)
  and type in ('Practitioner', 'PractitionerRole', 'Organization')
  and (resource in (select unnest($resources))
       or split_part(resource, '/', 2) in (select unnest($ids)))
"""
URN = "urn:uuid:"


def general_practitioners(chart: Chart) -> tuple[GeneralPractitioner, ...]:
    """In the order of the record; none where it names nobody."""
    patient = orjson.loads(sources.raw(chart, f"Patient/{chart.patient_id}"))
    named = listed(patient.get("generalPractitioner"))
    keys = [target(one, {}) for one in named]
    records = _records(chart, [key for key in keys if key])
    found = (_made(chart, one, key, records) for one, key in zip(named, keys, strict=True))
    return tuple(one for one in found if one.name or one.reference)


def _records(chart: Chart, keys: Collection[str]) -> dict[str, Json]:
    """The records of these keys, a `urn:uuid:` key by its own form too."""
    if not keys:
        return {}
    ids = [key.removeprefix(URN) for key in keys if key.startswith(URN)]
    found: dict[str, Json] = {}
    for resource, raw in chart.rows(NAMED, resources=list(keys), ids=ids):
        record = orjson.loads(raw)
        found[resource] = found[URN + resource.partition("/")[2]] = record
    return found


def _made(
    chart: Chart, reference: Json, key: str | None, records: dict[str, Json]
) -> GeneralPractitioner:
    record = records.get(key or "", {})
    link = target(record.get("practitioner"), {})
    holder = _records(chart, [link]).get(link, {}) if link else {}
    telecoms = _reached(record, chart.as_of) or _reached(holder, chart.as_of)
    kind, ident = record.get("resourceType"), record.get("id")
    return GeneralPractitioner(
        name=reference.get("display") or name_of(holder) or name_of(record),
        reference=f"{kind}/{ident}" if kind and ident else key,
        telecoms=telecoms,
    )


def _reached(record: Json, as_of: Moment) -> tuple[Telecom, ...]:
    """Telephone numbers and the like that hold at the as-of, the preferred ones first."""
    made = []
    for number, item in enumerate(listed(record.get("telecom")), 1):
        start, end = (_moment((item.get("period") or {}).get(side)) for side in ("start", "end"))
        if item.get("value") and item.get("use") != "old" and not (end and end < as_of):
            made.append(
                Telecom(number, item.get("system"), item["value"], item.get("use"),
                        item.get("rank"), start, end)
            )  # fmt: skip
    return tuple(sorted(made, key=lambda one: (one.rank or len(made) + 1, one.number)))


def _moment(written: object) -> Moment | None:
    try:
        return dates.moment(written) if isinstance(written, str) else None
    except ValueError:  # an older version took it in unchecked
        return None
