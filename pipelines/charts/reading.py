"""What every read shares: the moment of a row and the concept of a code.

A read promises one patient, nothing after the chart's as-of, and nothing entered in error. A
row without a time of its own stays, unless the encounter it belongs to began after the as-of.
What it does not do: rewrite a record as it looked back then; a status is the current version's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pipelines.charts.kept import kept
from pipelines.records.chart import Chart
from pipelines.records.moments import Moment
from pipelines.terms import site

Codings = tuple[tuple[str | None, str | None], ...]

CODINGS_OF_RESULTS = """
select distinct c.code_key, c.system, c.code
from code c
semi join (select code_key from observation where patient = $patient) o
  on o.code_key = c.code_key
where c.code is not null
order by c.code_key, c.system, c.code
"""


def moment(instant: datetime | None, written: str | None) -> Moment | None:
    """The moment of a row, or None where the record states no time."""
    if instant is None or written is None:
        return None
    return Moment(instant, written)


def cited(resource: str, path: str | None, quote: str | None) -> tuple[str, str]:
    """Path and quote of a row; where the record names nothing, its id is what can be cited."""
    if path and quote:
        return path, quote
    return "id", resource.partition("/")[2]


@kept
def result_codings(chart: Chart) -> Mapping[str, Codings]:
    """Every coding of every kind of result in this chart, by code key."""
    found: dict[str, Codings] = {}
    for key, system, code in chart.rows(CODINGS_OF_RESULTS):
        found[key] = (*found.get(key, ()), (system, code))
    return found


@site.remembered(20_000)
def concept(codings: Codings, display: str | None) -> str | None:
    """The concept that these codings and this name mean, or None for one we do not know."""
    from pipelines.terms.concepts import concept_of  # reads its table on first use

    found: str | None = concept_of(codings, display)
    return found
