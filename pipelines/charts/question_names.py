"""The names that one chart itself uses, for reading questions about it.

A question may name anything that stands in the chart, in the chart's own words; these reads
list those words once each, without reading the records behind them, and are kept until the
store changes. Nothing after the as-of is left out here: a name is not an answer, and the reads
that answer apply the as-of themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.charts.kept import kept
from pipelines.charts.reading import concept, result_codings
from pipelines.charts.result_status import never_a_fact
from pipelines.records.chart import Chart

RESULT_NAMES = """
select code_key, display, any_value(category), count(*), count(value_number)
from observation
anti join (select resource, part from replaced_result where patient = $patient) r
  using (resource, part)
where patient = $patient
  and (status is null or not list_contains($never, status))
  and value_kind is not null and value_kind <> 'absent'
group by code_key, display
order by count(*) desc, code_key, display
"""

THING_NAMES = """
select distinct 'medication', display from medication where patient = $patient
union all
select distinct 'condition', display from condition where patient = $patient
union all
select distinct 'procedure', display from procedure where patient = $patient
union all
select distinct 'immunization', display from immunization where patient = $patient
union all
select distinct 'allergy', display from allergy where patient = $patient
"""

THING_CODES = """
with mine as (
    select distinct code_key, display from medication where patient = $patient
    union
    select distinct code_key, display from condition where patient = $patient
    union
    select distinct code_key, display from procedure where patient = $patient
    union
    select distinct code_key, display from immunization where patient = $patient
    union
    select distinct code_key, display from allergy where patient = $patient
)
select mine.display, code.system, code.code
from mine left join code on code.code_key = mine.code_key
where mine.display is not null
order by all
"""

IDENTIFIERS = """
select 'identifier', value from patient_identifier where patient = $patient
union all
select unnest(['identifier', 'name', 'name']), unnest([patient, family, given])
from patient where patient = $patient
union all
select 'name', unnest([family, given, text]) from patient_name where patient = $patient
"""

HAS_NOTES = """
select count(*) from document where patient = $patient and text is not null
"""

KIND_OF_CATEGORY = {"vital-signs": "vital", "laboratory": "lab"}


@dataclass(frozen=True, slots=True)
class ResultName:
    """One name under which this chart files results; a code may have several names."""

    code_key: str
    display: str
    concept: str | None
    kind: str
    count: int
    numeric_count: int


@dataclass(frozen=True, slots=True)
class ThingCode:
    """A name under which this chart files something that is no result, with a code of it."""

    display: str
    system: str | None
    code: str | None

    @property
    def plain(self) -> str:
        """The code without its dots, in capitals."""
        return (self.code or "").replace(".", "").upper()


@kept
def result_names(chart: Chart) -> tuple[ResultName, ...]:
    """Every pair of code and name of this chart's results, the most frequent first."""
    codings = result_codings(chart)
    return tuple(
        ResultName(
            code_key=key,
            display=display,
            concept=concept(codings.get(key, ()), display),
            kind=KIND_OF_CATEGORY.get(category, "observation"),
            count=count,
            numeric_count=numeric,
        )
        for key, display, category, count, numeric in chart.rows(RESULT_NAMES, never=never_a_fact())
        if display
    )


@kept
def thing_names(chart: Chart) -> Mapping[str, tuple[str, ...]]:
    """Names of medications, conditions, procedures, immunizations and allergies, by kind."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, display in chart.rows(THING_NAMES):
        if display:
            found[kind] = (*found.get(kind, ()), display)
    return found


@kept
def thing_codes(chart: Chart) -> tuple[ThingCode, ...]:
    """The names of `thing_names`, each with every code that the chart gives it."""
    return tuple(ThingCode(*row) for row in chart.rows(THING_CODES))


@kept
def own_names(chart: Chart) -> tuple[frozenset[str], frozenset[str]]:
    """Every identifier of this patient, and every part of the name, both in lower case."""
    identifiers: set[str] = set()
    names: set[str] = set()
    for kind, value in chart.rows(IDENTIFIERS):
        if value and kind == "identifier":
            identifiers.add(str(value).lower())
        elif value:
            names.update(str(value).lower().replace(".", " ").split())
    return frozenset(identifiers), frozenset(names)


@kept
def has_notes(chart: Chart) -> bool:
    """Whether this chart holds any document to search."""
    return bool(chart.rows(HAS_NOTES)[0][0])
