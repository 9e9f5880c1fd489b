"""The newest values of every chart that scores and rules ask for: one statement each.

Each chart is read at its own as-of. Results that are entered in error, replaced by a final one or
censored (`<0.5`) are left out. Nothing here opens a chart: the desk decides who sees which row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Any

from pipelines.charts.reading import concept, moment
from pipelines.charts.result_status import never_a_fact
from pipelines.records.chart import RowSource
from pipelines.records.screening import Reading, UrineAmount
from pipelines.terms.scores import kdigo

ByConcept = Mapping[str, tuple[Reading, ...]]

CODES = """
select c.code_key, c.system, c.code, c.display
from code c semi join observation o on o.code_key = c.code_key
order by c.code_key, c.system, c.code, c.display
"""
COUNTED = """
with mine as (
    select o.patient, o.code_key, o.rowid as place,
        coalesce(o.effective_utc, o.issued_utc) as taken, x.last_utc
    from observation o
    join chart_extent x on x.patient = o.patient
    anti join replaced_result r on r.resource = o.resource and r.part = o.part
    where list_contains($keys, o.code_key)
      and (o.status is null or not list_contains($never, o.status))
      and o.value_kind is not null and o.value_kind <> 'absent' and o.comparator is null
      and coalesce(o.effective_utc, o.issued_utc) <= x.last_utc
)
"""
SHAPE = """
select o.patient, o.code_key, o.resource, o.part, coalesce(o.effective_utc, o.issued_utc) as taken,
    coalesce(o.effective_written, o.issued_written), o.value_number, o.value_text, o.unit,
    o.encounter, o.path
from observation o semi join chosen on chosen.place = o.rowid
order by taken desc, o.resource, o.part
"""
# Of one moment the row that was loaded last: the same one each time a store is read.
OF_NEWEST = """
, chosen as (
    select arg_max(place, (taken, place)) as place from mine group by patient, code_key
)
"""
OF_LAST_HOURS = """
, newest as (
    select patient, max(taken) as taken from mine group by patient
), chosen as (
    select mine.place from mine join newest using (patient)
    where mine.taken >= newest.taken - $span
)
"""
OF_BEFORE_END = """
, chosen as (
    select place from mine where taken >= last_utc - $span
)
"""
NEWEST, LAST_HOURS, BEFORE_END = (
    COUNTED + one + SHAPE for one in (OF_NEWEST, OF_LAST_HOURS, OF_BEFORE_END)
)
PERIODS = """
select resource, effective_end_utc, effective_end_written
from observation_detail
where effective_end_utc is not null and resource in (select unnest($resources))
"""


def keys_of(source: RowSource, wanted: Collection[str]) -> dict[str, str]:
    """The code keys of results that mean one of these concepts, each with its concept."""
    codings: dict[str, list[tuple[str | None, str | None]]] = defaultdict(list)
    names: dict[str, list[str | None]] = defaultdict(list)
    for key, system, code, display in source.rows(CODES, {}):
        if code is not None:
            codings[key].append((system, code))
        names[key].append(display)
    found = {}
    for key, displays in names.items():
        means = (concept(tuple(codings[key]), display) for display in displays)
        known = next((one for one in means if one is not None), None)
        if known in wanted and known is not None:
            found[key] = known
    return found


def newest(source: RowSource, keys: Mapping[str, str]) -> dict[str, ByConcept]:
    """The newest value of each kind, by patient and concept, newest first."""
    return _grouped(_read(source, NEWEST, keys), keys)


def last_hours(source: RowSource, keys: Mapping[str, str], hours: int) -> dict[str, ByConcept]:
    """Every value within `hours` before the newest one of the patient, newest first."""
    return _grouped(_read(source, LAST_HOURS, keys, span=timedelta(hours=hours)), keys)


def before_end(source: RowSource, keys: Mapping[str, str], hours: int) -> dict[str, ByConcept]:
    """Every value within `hours` before the chart's as-of, newest first."""
    return _grouped(_read(source, BEFORE_END, keys, span=timedelta(hours=hours)), keys)


def urine(source: RowSource, keys: Mapping[str, str]) -> dict[str, tuple[UrineAmount, ...]]:
    """Urine amounts of the last hours that a stage asks for; totals of a shift or day left out."""
    whole_days = kdigo.rules()["urine"]["not_hourly_loinc"]
    hourly = {key: one for key, one in keys.items() if key.rpartition("|")[2] not in whole_days}
    hours = int(kdigo.rules()["urine"]["stage_3"]["hours"]) + 6
    read = last_hours(source, hourly, hours) if hourly else {}
    readings = {patient: found["urine_output"] for patient, found in read.items()}
    every = [one.resource for listed in readings.values() for one in listed]
    ends = {row[0]: row[1:] for row in source.rows(PERIODS, {"resources": every})} if every else {}
    return {
        patient: tuple(_amount(one, ends.get(one.resource)) for one in listed)
        for patient, listed in readings.items()
    }


def _amount(one: Reading, end: tuple[Any, ...] | None) -> UrineAmount:
    """An amount is dated by the end of its period, which is when it was measured."""
    ended = None if end is None else moment(end[0], end[1])
    if ended is None:
        return UrineAmount(one)
    at_end = Reading(
        one.concept, one.resource, ended, one.value, one.value_text, one.unit, one.encounter,
        one.path, one.part,
    )  # fmt: skip
    return UrineAmount(at_end, start=one.when)


def _read(
    source: RowSource, sql: str, keys: Mapping[str, str], **bound: object
) -> list[tuple[Any, ...]]:
    if not keys:
        return []
    return source.rows(sql, {"keys": sorted(keys), "never": never_a_fact(), **bound})


def _grouped(rows: Iterable[tuple[Any, ...]], keys: Mapping[str, str]) -> dict[str, ByConcept]:
    made: dict[str, dict[str, list[Reading]]] = {}
    for patient, key, resource, part, at, written, value, text, unit, visit, path in rows:
        when = moment(at, written)
        if when is not None:
            one = Reading(
                keys[key], resource, when, value, text, unit, visit, path or "id", part or 0
            )
            made.setdefault(patient, {}).setdefault(keys[key], []).append(one)
    return {
        patient: {name: tuple(listed) for name, listed in found.items()}
        for patient, found in made.items()
    }
