"""Results of one chart: labs, vital signs and other observations, one `Fact` a value.

A panel's components (blood pressure) are results of their own. The number stands in `value`,
the text of the record in `value_text`, and neither is rounded or converted. A result is dated
by when it was taken (`effective`); only where the record does not say, by when it was issued.
Preliminary results keep that status, and are left out once a final one stands in their place
(`result_details.replaced` has them); entered-in-error and cancelled ones are left out. A result
that was amended or corrected says how many earlier versions of it the store holds, and
`earlier_versions` what they said. Which status counts as what stands in `result_status.toml`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pipelines.charts.flags import CANNOT_TELL, flag, severity
from pipelines.charts.kept import kept, kept_series
from pipelines.charts.reading import Codings, cited, concept, moment, result_codings
from pipelines.charts.result_status import never_a_fact, statuses
from pipelines.charts.result_versions import earlier_versions
from pipelines.records.chart import Chart
from pipelines.records.facts import Fact, ReferenceRange, ResultKind

__all__ = ["earlier_versions", "facts", "kinds", "latest_abnormal", "results"]

RECENT = timedelta(days=30)
"""How far before the chart's newest result a latest value still counts as a current finding."""

KIND_OF_CATEGORY = {"vital-signs": "vital", "laboratory": "lab"}

KINDS = """
with mine as (
    select code_key, display, category, unit, value_kind, value_number,
        coalesce(effective_utc, issued_utc) as taken,
        coalesce(effective_written, issued_written) as taken_written
    from observation
    anti join (select resource, part from replaced_result where patient = $patient) r
      using (resource, part)
    where patient = $patient
      and (status is null or not list_contains($never, status))
      and value_kind is not null and value_kind <> 'absent' and code_key is not null
      and (coalesce(effective_utc, issued_utc) <= $as_of
           or coalesce(effective_utc, issued_utc) is null)
)
select code_key, coalesce(arg_max(display, taken), any_value(display)),
    any_value(category), coalesce(arg_max(unit, taken), any_value(unit)),
    count(*), count(value_number), max(taken), arg_max(taken_written, taken)
from mine
group by code_key
order by count(*) desc, code_key
"""

RESULTS = """
select resource, part, code_key, display, category, status,
    coalesce(effective_utc, issued_utc) as taken, coalesce(effective_written, issued_written),
    encounter, value_number, comparator, value_text, unit, interpretation,
    range_low, range_high, range_text, path, quote, issued_utc, issued_written, specimen, note
from observation
anti join (select resource, part from replaced_result where patient = $patient) r
  using (resource, part)
left join (select resource, part, note from observation_detail where patient = $patient) d
  using (resource, part)
where patient = $patient
  and (status is null or not list_contains($never, status))
  and value_kind is not null and value_kind <> 'absent'
  and (coalesce(effective_utc, issued_utc) <= $as_of
       or coalesce(effective_utc, issued_utc) is null)
  and ($every_code or list_contains($code_keys, code_key))
  and ($every_encounter or list_contains($encounters, encounter))
  and ($start is null or coalesce(effective_utc, issued_utc) >= $start)
  and ($end is null or coalesce(effective_utc, issued_utc) <= $end)
order by taken nulls first, resource, part
"""

LATEST_OF_EACH_KIND = """
with mine as (
    select *, coalesce(effective_utc, issued_utc) as taken
    from observation
    anti join (select resource, part from replaced_result where patient = $patient) r
      using (resource, part)
    where patient = $patient
      and (status is null or not list_contains($never, status))
      and value_kind is not null and value_kind <> 'absent'
      and coalesce(effective_utc, issued_utc) <= $as_of
), last as (
    select * from mine
    qualify row_number() over (partition by code_key order by taken desc, resource, part) = 1
)
select resource, part, code_key, display, category, status, taken,
    coalesce(effective_written, issued_written), encounter, value_number, comparator,
    value_text, unit, interpretation, range_low, range_high, range_text, path, quote,
    issued_utc, issued_written, specimen, note
from last
left join (select resource, part, note from observation_detail where patient = $patient) d
  using (resource, part)
where taken >= (select max(taken) from mine) - $recent
order by taken desc, resource, part
"""

EARLIER = """
select resource, count(*)
from resource
where patient = $patient and not current and list_contains($resources, resource)
group by resource
"""


@kept
def kinds(chart: Chart) -> tuple[ResultKind, ...]:
    """Each analyte or vital sign that this chart has results of, the most frequent first."""
    codings = result_codings(chart)
    return tuple(
        ResultKind(
            code_key=key,
            display=display or key,
            concept=concept(codings.get(key, ()), display),
            kind=KIND_OF_CATEGORY.get(category, "observation"),
            unit=unit,
            count=count,
            numeric_count=numeric,
            last=moment(last, last_written),
        )
        for key, display, category, unit, count, numeric, last, last_written in chart.rows(
            KINDS, as_of=chart.as_of.instant, never=never_a_fact()
        )
    )


def results(
    chart: Chart,
    code_keys: Collection[str] | None = None,
    *,
    encounter: Collection[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> tuple[Fact, ...]:
    """Results in time order, undated ones first; `start` and `end` (naive UTC) are inclusive."""
    codes = None if code_keys is None else tuple(sorted(code_keys))
    return _results(chart, codes, None if encounter is None else tuple(encounter), start, end)


@kept_series
def _results(
    chart: Chart,
    code_keys: tuple[str, ...] | None,
    encounter: tuple[str, ...] | None,
    start: datetime | None,
    end: datetime | None,
) -> tuple[Fact, ...]:
    found = chart.rows(
        RESULTS,
        as_of=chart.as_of.instant,
        never=never_a_fact(),
        every_code=code_keys is None,
        code_keys=list(code_keys or ()),
        every_encounter=encounter is None,
        encounters=list(encounter or ()),
        start=start,
        end=end,
    )
    return _with_versions(chart, facts(found, result_codings(chart) if found else {}))


def latest_abnormal(chart: Chart, limit: int) -> tuple[Fact, ...]:
    """The latest result of each kind where that one is flagged, worst first, then newest.

    Only results within 30 days of the chart's newest count: an old visit's high value is not
    a finding of today.
    """
    found = facts(
        chart.rows(
            LATEST_OF_EACH_KIND, as_of=chart.as_of.instant, recent=RECENT, never=never_a_fact()
        ),
        result_codings(chart),
    )
    flagged = sorted((fact for fact in found if fact.flag), key=lambda fact: severity(fact.flag))
    return _with_versions(chart, tuple(flagged[:limit]))


def _with_versions(chart: Chart, found: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Facts that were amended, with the number of versions before; most charts have none."""
    statuses_of_revised = statuses().revised
    changed = {fact.resource for fact in found if fact.status in statuses_of_revised}
    if not changed:
        return found
    counts = dict(chart.rows(EARLIER, resources=sorted(changed)))
    return tuple(
        replace(fact, earlier_versions=counts[fact.resource]) if fact.resource in counts else fact
        for fact in found
    )


def facts(rows: Iterable[tuple[Any, ...]], codings: Mapping[str, Codings]) -> tuple[Fact, ...]:
    """Rows of the columns of `RESULTS` as facts, in the same order."""
    concepts: dict[tuple[str, str], str | None] = {}
    status_words, not_final = statuses().words, statuses().not_final
    made = []
    for (
        resource, part, key, display, category, status, taken, taken_written, encounter,
        value, comparator, text, unit, interpretation, low, high, range_text, path, quote,
        issued, issued_written, specimen, note,
    ) in rows:  # fmt: skip
        named = (key, display)
        if named not in concepts:
            concepts[named] = concept(codings.get(key, ()), display)
        at, words = (path, quote) if path and quote else cited(resource, path, quote)
        judged = interpretation is not None or low is not None or high is not None
        mark, source = flag(interpretation, value, comparator, low, high) if judged else CANNOT_TELL
        made.append(
            Fact(
                resource=resource,
                kind=KIND_OF_CATEGORY.get(category, "observation"),
                display=display or "Result not named",
                path=at,
                quote=words,
                concept=concepts[named],
                code_key=key,
                value=value,
                value_text=text,
                comparator=comparator,
                unit=unit,
                flag=mark,
                flag_source=source,
                reference_range=_range(low, high, range_text),
                when=moment(taken, taken_written),
                encounter=encounter,
                status=status,
                part=part,
                issued=moment(issued, issued_written) if issued is not None else None,
                specimen=specimen,
                note=note,
                status_word=status_words.get(status),
                is_final=status not in not_final,
            )
        )
    return tuple(made)


def _range(low: float | None, high: float | None, text: str | None) -> ReferenceRange | None:
    if low is None and high is None and text is None:
        return None
    return ReferenceRange(low, high, text)
