"""Preliminary results in whose place a final one stands, found when all files are in.

A final, amended or corrected result takes the place of a preliminary or registered one of the
same patient, code and instant, where both name the same specimen or order, or, where neither
does, the instant has a time of day; which statuses these are, `result_status.toml` says. What
names another specimen or order stays. The preliminary one is not deleted: it is left out of the
lists and can be cited. Nothing is kept from load to load; each makes the list anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.charts.result_status import statuses

if TYPE_CHECKING:
    import duckdb

FORGET = """
delete from replaced_result
"""
REPLACE = """
insert into replaced_result
with early as (
    select o.resource, o.patient, o.part, o.code_key, o.effective_utc, o.effective_written,
        o.issued_utc, o.specimen, d.based_on
    from observation o
    left join observation_detail d on d.resource = o.resource and d.part = 0
    where o.status in (select unnest($not_final))
      and o.effective_utc is not null and o.code_key is not null
), late as (
    select o.resource, o.patient, o.part, o.code_key, o.effective_utc, o.issued_utc, o.specimen
    from observation o
    semi join early e on e.patient = o.patient and e.code_key = o.code_key
      and e.effective_utc = o.effective_utc
    where o.status in (select unnest($takes_its_place))
      and o.value_kind is not null
), pair as (
    select e.resource, e.patient, e.part, l.resource as later, l.issued_utc,
        e.specimen = l.specimen as same_specimen,
        case when len(e.based_on) > 0 and len(d.based_on) > 0
            then list_has_any(e.based_on, d.based_on) end as same_order,
        contains(e.effective_written, 'T') as has_time
    from early e
    join late l on l.patient = e.patient and l.code_key = e.code_key
      and l.effective_utc = e.effective_utc and l.resource <> e.resource
      and (l.part = 0) = (e.part = 0)
      and (l.issued_utc >= e.issued_utc or l.issued_utc is null or e.issued_utc is null)
    left join observation_detail d on d.resource = l.resource and d.part = 0
)
select resource, patient, part, arg_max(later, (issued_utc, later))
from pair
where coalesce(same_specimen, true) and coalesce(same_order, true)
  and (same_specimen or same_order or has_time)
group by resource, patient, part
"""


def replace_preliminary(cursor: duckdb.DuckDBPyConnection) -> None:
    """Note anew which preliminary results a final one replaces."""
    cursor.execute(FORGET)
    rules = statuses()
    cursor.execute(
        REPLACE,
        {"not_final": list(rules.not_final), "takes_its_place": list(rules.takes_its_place)},
    )
