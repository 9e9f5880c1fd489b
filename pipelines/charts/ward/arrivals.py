"""What came into the store after a reader last opened each chart: results, notes, orders.

"Came in" is the end of the load that brought a resource, not its clinical date: a result of
yesterday that is filed today is new today, and a corrected one is new again. What was loaded
while the reader looked counts as new rather than as seen. One statement for all patients; none
where no load is younger than the earliest look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from pipelines.charts.flags import flag
from pipelines.charts.result_status import never_a_fact
from pipelines.records.chart import RowSource
from pipelines.records.ward import Arrived

# Loads are noted in UTC (`load.py`).
LOADS = """
select max(left(started_at, 19)::timestamp + to_seconds(ceil(coalesce(seconds, 0)))) from load
"""
COMMON = """
with looked as (
    select unnest($patients) as patient, unnest($looked) as looked
), ended as (
    select f.file_id,
        left(l.started_at, 19)::timestamp + to_seconds(ceil(coalesce(l.seconds, 0))) as ended
    from file f join load l on l.load_id = f.load_id
), fresh as (
    select r.resource, r.patient from resource r
    join looked k on k.patient = r.patient
    join ended e on e.file_id = r.file_id and e.ended > k.looked
    where r.current and r.type in (select unnest($types))
)
"""
OF_RESULTS = """
select o.patient, o.interpretation, o.comparator,
    case when o.interpretation is null then o.value_number end as value,
    case when o.interpretation is null then o.range_low end as low,
    case when o.interpretation is null then o.range_high end as high, count(*)
from observation o
join fresh on fresh.resource = o.resource and fresh.patient = o.patient
anti join replaced_result r on r.resource = o.resource and r.part = o.part
where o.value_kind is not null and o.value_kind <> 'absent'
  and (o.status is null or not list_contains($never, o.status))
group by all
"""
OF_NOTES = """
select d.patient, count(distinct d.resource)
from document d join fresh on fresh.resource = d.resource and fresh.patient = d.patient
where d.status is distinct from 'entered-in-error'
group by d.patient
"""
OF_ORDERS = """
, orders as (
    select resource, patient, status from service_request
    union all select resource, patient, status from medication where form = 'request'
)
select o.patient, count(distinct o.resource)
from orders o join fresh on fresh.resource = o.resource and fresh.patient = o.patient
where o.status is null or o.status not in ('entered-in-error', 'draft')
group by o.patient
"""

RESULTS, NOTES, ORDERS = (COMMON + one for one in (OF_RESULTS, OF_NOTES, OF_ORDERS))


NOTHING = Arrived()


def arrived(source: RowSource, looked: Mapping[str, datetime]) -> dict[str, Arrived]:
    """Counts since each patient's moment (UTC); every patient of `looked` has one, maybe empty."""
    patients = sorted(looked)
    times = [looked[patient].astimezone(UTC).replace(tzinfo=None) for patient in patients]
    if not times or not _anything_since(source, min(times)):
        return dict.fromkeys(looked, NOTHING)
    bound: dict[str, object] = {"patients": patients, "looked": times}
    results: dict[str, int] = defaultdict(int)
    abnormal: dict[str, int] = defaultdict(int)
    wanted = {**bound, "types": ["Observation"], "never": never_a_fact()}
    for patient, told, comparator, value, low, high, count in source.rows(RESULTS, wanted):
        results[patient] += count
        if flag(told, value, comparator, low, high)[0]:
            abnormal[patient] += count
    notes = dict(source.rows(NOTES, {**bound, "types": ["DocumentReference", "DiagnosticReport",
                                                        "Composition"]}))  # fmt: skip
    orders = dict(source.rows(ORDERS, {**bound, "types": ["ServiceRequest", "MedicationRequest"]}))
    return {
        patient: Arrived(
            results[patient], abnormal[patient], notes.get(patient, 0), orders.get(patient, 0)
        )
        for patient in looked
    }


def _anything_since(source: RowSource, earliest: datetime) -> bool:
    ((last,),) = source.rows(LOADS, {})
    return last is not None and last > earliest
