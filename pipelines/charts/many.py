"""Many charts read at once: the few statements of a simple question, one statement for all.

A question about each of a thousand patients reads the same few lists of each chart, and a
thousand small reads cost more than one large one. `ManyCharts` is what those `Chart`s read
through: a statement that it knows is asked once for all patients and handed out by patient, any
other goes to the store as it is. What a `Chart` gets is what the store would have given it alone,
row for row: the columns and conditions stand in the reads of one chart and are taken from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.charts.devices import DEVICES
from pipelines.charts.labs import RESULTS
from pipelines.charts.patients import AS_OF
from pipelines.charts.question_names import HAS_NOTES, IDENTIFIERS, RESULT_NAMES, THING_NAMES
from pipelines.charts.reading import CODINGS_OF_RESULTS, moment
from pipelines.charts.store import ChartStore
from pipelines.records.moments import Moment
from pipelines.terms import dates

Rows = list[tuple[Any, ...]]
AMONG = "list_contains($patients, patient)"
ASKED = "(select unnest($patients) as patient, unnest($as_ofs)::timestamp as as_of)"
NOT_REPLACED = """
anti join (select resource, part from replaced_result where list_contains($patients, patient)) r
  using (resource, part)
"""
LIVE = "(status is null or not list_contains($never, status))"
VALUED = "value_kind is not null and value_kind <> 'absent'"

MANY_AS_OF = """
select p.patient, x.last_utc, x.last_written,
    coalesce(x.loaded_at, (select max(started_at) from load))
from patient p
left join chart_extent x on x.patient = p.patient
where list_contains($patients, p.patient)
"""
MANY_CODINGS = f"""
select distinct o.patient, c.code_key, c.system, c.code
from code c
join (select distinct patient, code_key from observation where {AMONG}) o
  on o.code_key = c.code_key
where c.code is not null
order by o.patient, c.code_key, c.system, c.code
"""  # noqa: S608
MANY_RESULT_NAMES = f"""
select patient, code_key, display, any_value(category), count(*), count(value_number)
from observation
{NOT_REPLACED}
where {AMONG} and {LIVE} and {VALUED}
group by patient, code_key, display
order by patient, count(*) desc, code_key, display
"""  # noqa: S608
MANY_THING_NAMES = "\nunion all\n".join(
    f"select distinct patient, '{table}', display from {table} where {AMONG}"  # noqa: S608
    for table in ("medication", "condition", "procedure", "immunization", "allergy")
)
MANY_IDENTIFIERS = f"""
select patient, 'identifier', value from patient_identifier where {AMONG}
union all
select patient, unnest(['identifier', 'name', 'name']), unnest([patient, family, given])
from patient where {AMONG}
union all
select patient, 'name', unnest([family, given, text]) from patient_name where {AMONG}
"""  # noqa: S608
MANY_HAS_NOTES = f"""
select patient, count(*) from document where {AMONG} and text is not null group by patient
"""  # noqa: S608


def _of_many(one: str, table: str) -> str:
    """A read of one chart's `table` as the same read of many, each to its own as-of."""
    columns, _, rest = one.strip().removeprefix("select ").partition(f"\nfrom {table}\n")
    conditions, _, order = rest.partition("\norder by ")
    conditions = conditions.replace("where patient = $patient", f"where {AMONG}").replace(
        "$as_of", "as_of"
    )
    return (
        f"select patient, {columns}\nfrom {table} join {ASKED} using (patient)\n"
        f"{conditions}\norder by patient, {order}"
    )


_TOGETHER: Mapping[str, str] = {
    IDENTIFIERS: MANY_IDENTIFIERS,
    HAS_NOTES: MANY_HAS_NOTES,
    CODINGS_OF_RESULTS: MANY_CODINGS,
    RESULT_NAMES: MANY_RESULT_NAMES,
    THING_NAMES: MANY_THING_NAMES,
    DEVICES: _of_many(DEVICES, "device"),
    RESULTS: _of_many(RESULTS, "observation"),
}
_OF_NONE: Mapping[str, Rows] = {HAS_NOTES: [(0,)]}
_BY_STRETCH = ("start", "end")
"""Bounds in time that each chart has for itself: such a read is one of one chart."""


def read_together() -> tuple[str, ...]:
    """The statements of one chart that are read for all at once."""
    return tuple(_TOGETHER)


def as_ofs(store: ChartStore, patient_ids: Sequence[str]) -> dict[str, Moment]:
    """The last clinical moment of each chart, as `patients.as_of` has it of one."""
    _ = AS_OF  # what MANY_AS_OF says of many
    found = {}
    for patient, last, written, loaded_at in store.rows(
        MANY_AS_OF, {"patients": list(patient_ids)}
    ):
        at = moment(last, written) or (dates.moment(loaded_at) if loaded_at else None)
        if at is not None:
            found[patient] = at
    return found


class ManyCharts:
    """What the charts of one question read through; each `Chart` still sees its patient alone."""

    def __init__(self, store: ChartStore, moments: Mapping[str, Moment]) -> None:
        self._store = store
        self._as_of = {patient: moment.instant for patient, moment in moments.items()}
        self._read: dict[tuple[str, str], dict[str, Rows]] = {}

    @property
    def generation(self) -> int:
        """Changes when the store does, so that what is kept of these charts is forgotten."""
        return self._store.generation

    def rows(self, sql: str, parameters: Mapping[str, object]) -> Rows:
        """The rows of one chart, read alone or with those of all others."""
        patient = str(parameters.get("patient"))
        if sql not in _TOGETHER or not self._fits(patient, parameters):
            return self._store.rows(sql, parameters)
        shared = {k: v for k, v in parameters.items() if k not in ("patient", "as_of")}
        key = (sql, repr((self.generation, sorted(shared.items()))))
        if key not in self._read:
            self._read[key] = self._of_all(sql, shared)
        return self._read[key].get(patient, _OF_NONE.get(sql, []))

    def _fits(self, patient: str, parameters: Mapping[str, object]) -> bool:
        """Whether a chart is asked for as all are: to its own end, and without a stretch."""
        end = self._as_of.get(patient)
        whole = all(parameters.get(name) is None for name in _BY_STRETCH)
        return end is not None and whole and parameters.get("as_of", end) == end

    def _of_all(self, sql: str, shared: Mapping[str, object]) -> dict[str, Rows]:
        together = _TOGETHER[sql]
        bound: dict[str, object] = {**shared, "patients": list(self._as_of)}
        if "$as_ofs" in together:
            bound["as_ofs"] = list(self._as_of.values())
        found: dict[str, Rows] = defaultdict(list)
        for patient, *row in self._store.rows(together, bound):
            found[patient].append(tuple(row))
        return dict(found)
