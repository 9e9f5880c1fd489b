"""What a result of one chart says beside its value, and the preliminary results left out.

Details are those of one record, its components included, whose fact came from a read of this
chart. A preliminary result in whose place a final one stands is no result of the lists any more;
here it can be found, with the one that replaced it.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.charts.labs import facts
from pipelines.charts.reading import result_codings
from pipelines.charts.subject_reading import read_parts
from pipelines.records.chart import Chart
from pipelines.records.results import ReplacedResult, ResultDetail, StatedRange

DETAILS = """
select resource, part, categories, interpretations, absent_reason, value_low, value_high,
    numerator, denominator, method, body_site, device, based_on, part_of, focus, derived_from,
    has_member, effective_end_utc, effective_end_written, timing, note
from observation_detail
where patient = $patient and resource = $resource
order by part
"""
RANGES = """
select resource || '#' || part, number, low, high, unit, type, applies_to, age_low, age_high,
    age_unit, text, is_applied, path, quote
from reference_range
where patient = $patient and resource = $resource
order by part, number
"""
REPLACED = """
select r.replaced_by, o.resource, o.part, o.code_key, o.display, o.category, o.status,
    coalesce(o.effective_utc, o.issued_utc) as taken,
    coalesce(o.effective_written, o.issued_written), o.encounter, o.value_number, o.comparator,
    o.value_text, o.unit, o.interpretation, o.range_low, o.range_high, o.range_text, o.path,
    o.quote, o.issued_utc, o.issued_written, o.specimen, null
from replaced_result r
join observation o on o.resource = r.resource and o.part = r.part
where r.patient = $patient and o.patient = $patient
  and coalesce(o.effective_utc, o.issued_utc) <= $as_of
order by taken, o.resource, o.part
"""


def details(chart: Chart, resource: str) -> tuple[ResultDetail, ...]:
    """What one result says beside its value, a detail each part that says more; often none."""
    ranges = read_parts(chart, RANGES, StatedRange, resource=resource)
    found = read_parts(chart, DETAILS, ResultDetail, resource=resource).get(resource, ())
    known = {detail.part for detail in found}
    alone = sorted({int(key.rpartition("#")[2]) for key in ranges} - known)
    found = (*found, *(_empty(part) for part in alone))
    return tuple(
        replace(detail, ranges=ranges.get(f"{resource}#{detail.part}", ()))
        for detail in sorted(found, key=lambda detail: detail.part)
    )


def _empty(part: int) -> ResultDetail:
    """The detail of a part of which only its ranges say more."""
    return ResultDetail(
        part, (), (), None, None, None, None, None, None, None, None, (), (), (), (), (), None,
        None, None,
    )  # fmt: skip


def replaced(chart: Chart) -> tuple[ReplacedResult, ...]:
    """Preliminary results by the as-of that a final one replaced, in time order."""
    rows = chart.rows(REPLACED, as_of=chart.as_of.instant)
    found = facts([row[1:] for row in rows], result_codings(chart) if rows else {})
    return tuple(ReplacedResult(fact, row[0]) for row, fact in zip(rows, found, strict=True))
