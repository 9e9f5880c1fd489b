"""Who ordered, performed, recorded, asserted or reported what a record of one chart tells.

Names are those that the record or the store gives; who is known by reference alone is told by
the reference. A record of another patient names nobody here.
"""

from __future__ import annotations

from pipelines.charts.subject_reading import read_parts
from pipelines.records.chart import Chart
from pipelines.records.participations import Participation

OF_ONE = """
select resource, kind, name, reference, role, on_behalf_of, path, quote
from participation
where patient = $patient and resource = $resource
order by kind, number
"""


def participations(chart: Chart, resource: str) -> tuple[Participation, ...]:
    """Everyone whom one record of this chart names, by what they did."""
    return read_parts(chart, OF_ONE, Participation, resource=resource).get(resource, ())
