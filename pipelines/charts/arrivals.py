"""What came into the store after a certain look at a chart, whatever date it bears.

A look remembers the newest file that the store held; what stands in a later file came in since.
File numbers only grow and are committed with their resources, so no clock is compared. Where the
entry of the look names no file, or the store was made anew since (its numbers begin again), a
load that began after the look counts as well. A resource that was loaded again unchanged keeps
its first file and is not new.
"""

from __future__ import annotations

from pipelines.records.chart import Chart, RowSource
from pipelines.records.handover import Look

NEWEST_FILE = """
select max(file_id) from file
"""

ARRIVED = """
select r.resource
from resource r
left join file f on f.file_id = r.file_id
left join load l on l.load_id = f.load_id
where r.patient = $patient and r.current
  and (r.file_id > $file_id or left(l.started_at, 19) > $at)
"""

SECONDS = len("2026-11-22T05:30:00")
NO_FILE = 2**31 - 1


def newest_file(source: RowSource) -> int | None:
    """The number of the newest file of the store; None in an empty one."""
    ((newest,),) = source.rows(NEWEST_FILE, {})
    return None if newest is None else int(newest)


def arrived_since(chart: Chart, look: Look) -> frozenset[str]:
    """The resources (`Type/id`) of this chart that came in, or changed, after the look."""
    known = NO_FILE if look.file_id is None else look.file_id
    found = chart.rows(ARRIVED, file_id=known, at=look.at[:SECONDS])
    return frozenset(str(resource) for (resource,) in found)
