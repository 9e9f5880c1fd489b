"""What a chart holds and no reader may take for a fact: entered in error, or cancelled.

Every other read leaves these records out. Here they are read to be shown apart, on request, each
with the word that says what it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.charts.labs import KIND_OF_CATEGORY
from pipelines.charts.reading import cited, moment
from pipelines.charts.result_status import never_a_fact
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact
from pipelines.records.timeline import Event, Lane

NEVER = """
with found as (
    select 'encounter' as lane, resource, coalesce(type_display, class_display) as display,
        status, start_utc as utc, start_written as written, path, quote, null as category,
        null as value_text
    from encounter where patient = $patient and status in ('entered-in-error', 'cancelled')
    union all
    select 'problem', resource, display, verification_status, coalesce(onset_utc, recorded_utc),
        coalesce(onset_written, recorded_written), path, quote, null, null
    from condition where patient = $patient and verification_status = 'entered-in-error'
    union all
    select 'procedure', resource, display, status, performed_utc, performed_written, path, quote,
        null, null
    from procedure where patient = $patient and status = 'entered-in-error'
    union all
    select 'note', resource, title, status, written_utc, written_written, null, null, null, null
    from document where patient = $patient and status = 'entered-in-error'
    union all
    select 'result', resource, display, status, coalesce(effective_utc, issued_utc),
        coalesce(effective_written, issued_written), path, quote, category,
        concat_ws(' ', value_text, unit)
    from observation where patient = $patient and list_contains($never, status)
    union all
    select 'medication', resource, display, status, start_utc, start_written, path, quote,
        null, dose_text
    from medication where patient = $patient and status = 'entered-in-error'
    union all
    select 'immunization', resource, display, status, occurred_utc, occurred_written, path, quote,
        null, null
    from immunization where patient = $patient and status = 'entered-in-error'
)
select lane, resource, display, status, utc, written, path, quote, category, value_text
from found
where utc <= $as_of or utc is null
order by utc nulls first, resource
"""
KINDS: dict[Lane, str] = {"problem": "condition", "note": "document", "result": "observation"}


def never_facts(chart: Chart) -> Iterator[Event]:
    """Records of all seven lanes that are entered in error or cancelled, with that word."""
    found = chart.rows(NEVER, as_of=chart.as_of.instant, never=never_a_fact())
    for lane, resource, display, status, utc, written, path, quote, category, value in found:
        at, words = cited(resource, path, quote)
        kind = KIND_OF_CATEGORY.get(category, KINDS.get(lane, lane))
        name = display or f"{lane.capitalize()} not named"
        when = moment(utc, written)
        yield Event(
            lane=lane,
            group="Entered in error or cancelled",
            title=name,
            detail=value or "",
            fact=Fact(resource, kind, name, at, words, when=when, status=status),
            start=when,
            status=status,
            word=status.replace("-", " ").upper(),
            is_never_a_fact=True,
        )
