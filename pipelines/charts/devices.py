"""Devices of one chart and their use.

That a Device names the patient says that it is theirs, not since when: only a statement of use
has a time. A device without one stays undated; its making and expiry are no clinical events.
The UDI is handed on apart from every displayed word. Entered in error is left out.
"""

from __future__ import annotations

from pipelines.charts.kept import kept
from pipelines.charts.subject_reading import read
from pipelines.records.chart import Chart
from pipelines.records.devices import Device

DEVICES = """
select resource, 0, code_key, display, status, coalesce(used_utc, recorded_utc),
    coalesce(used_written, recorded_written), null, path, quote,
    form, device, manufacturer, model, udi, used_utc, used_written, used_end_utc,
    used_end_written, recorded_utc, recorded_written, expires_utc, expires_written, body_site,
    reason
from device
where patient = $patient
  and status is distinct from 'entered-in-error'
  and coalesce(used_utc, recorded_utc, $as_of) <= $as_of
order by coalesce(used_utc, recorded_utc) nulls first, resource
"""


@kept
def devices(chart: Chart) -> tuple[Device, ...]:
    """All devices and statements of use known by the as-of, undated ones first."""
    return read(chart, DEVICES, Device, "device")
