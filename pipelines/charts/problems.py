"""Problems and coded diagnoses of one chart.

*Active* is what the record calls active: a clinical status of active, recurrence or relapse,
verified by nobody as refuted, and no abatement by the as-of (looking back, an abatement after
the as-of means: active then). A condition without a clinical status is never called active; it
is *coded*, for the stay that it names. Social findings (employment, stress, isolation) are
conditions but not problems; `problems.toml` names them, with the source.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.charts.kept import kept
from pipelines.charts.reading import cited, moment
from pipelines.charts.subject_reading import rest
from pipelines.records.chart import Chart
from pipelines.records.facts import Condition, Fact

RULES = Path(__file__).with_name("problems.toml")

CONDITIONS = """
select c.resource, c.code_key, c.display, c.category, c.clinical_status, c.verification_status,
    c.onset_utc, c.onset_written, c.abatement_utc, c.abatement_written,
    c.recorded_utc, c.recorded_written, c.encounter, c.path, c.quote,
    c.categories, c.severity, c.stages, c.body_sites, c.onset, c.onset_age_years, c.onset_end_utc,
    c.onset_end_written, c.abatement, c.abatement_age_years, c.evidence, c.evidence_references,
    c.note, w.recorder, w.asserter
from condition c
left join (select resource, start_utc from encounter where patient = $patient) e
  on e.resource = c.encounter
left join (
    select resource, max(name) filter (where kind = 'recorder') as recorder,
        max(name) filter (where kind = 'asserter') as asserter
    from participation where patient = $patient group by resource
) w on w.resource = c.resource
where c.patient = $patient
  and (c.verification_status is null or not list_contains($left_out, c.verification_status))
  and (coalesce(c.onset_utc, c.recorded_utc, e.start_utc) <= $as_of
       or coalesce(c.onset_utc, c.recorded_utc, e.start_utc) is null)
order by coalesce(c.onset_utc, c.recorded_utc, e.start_utc) nulls first, c.resource
"""


@kept
def conditions(chart: Chart) -> tuple[Condition, ...]:
    """All conditions known by the as-of in time order: active, past, coded, social, refuted."""
    left_out = rules()["verification_status"]["left_out"]
    found = chart.rows(CONDITIONS, as_of=chart.as_of.instant, left_out=left_out)
    return tuple(_condition(row) for row in found)


def active(chart: Chart) -> tuple[Condition, ...]:
    """The problem list: one entry a problem (the newest), in the order they began."""
    newest = {
        condition.fact.code_key or condition.fact.display: condition
        for condition in conditions(chart)
        if is_active(condition, chart) and not is_social(condition)
    }
    return tuple(newest.values())


def coded(chart: Chart) -> tuple[Condition, ...]:
    """Diagnoses whose record states no clinical status: coded for a stay, not called active."""
    return tuple(c for c in conditions(chart) if c.clinical_status is None and not is_social(c))


def social(chart: Chart) -> tuple[Condition, ...]:
    """Social findings that are recorded as conditions."""
    return tuple(condition for condition in conditions(chart) if is_social(condition))


def is_active(condition: Condition, chart: Chart) -> bool:
    """Whether the record calls this condition active at the chart's as-of."""
    rule = rules()
    if condition.verification_status in rule["verification_status"]["not_a_problem"]:
        return False
    ended = condition.abatement
    if condition.clinical_status in rule["clinical_status"]["active"]:
        return ended is None or ended.instant > chart.as_of.instant
    if condition.clinical_status in rule["clinical_status"]["past"]:
        return ended is not None and ended.instant > chart.as_of.instant
    return False


def is_social(condition: Condition) -> bool:
    """Whether this is a social finding, by category, code or name."""
    return social_code(
        condition.fact.code_key or "", condition.fact.display, condition.category or ""
    )


@lru_cache(maxsize=10_000)
def social_code(code_key: str, display: str, category: str) -> bool:
    """The rule of `is_social` on a row's own columns."""
    rule = rules()
    code = code_key.rpartition("|")[2]
    if category in rule["categories"] or rule["codes"].get(code):
        return True
    return display.lower().startswith(tuple(rule["names"]["begins"]))


def _condition(row: tuple[Any, ...]) -> Condition:
    (
        resource, key, display, category, clinical, verification, onset_utc, onset_written,
        abatement_utc, abatement_written, recorded_utc, recorded_written, encounter, path, quote,
    ) = row[:15]  # fmt: skip
    path, quote = cited(resource, path, quote)
    onset = moment(onset_utc, onset_written)
    recorded = moment(recorded_utc, recorded_written)
    return Condition(
        fact=Fact(
            resource=resource,
            kind="condition",
            display=display or "Condition not named",
            path=path,
            quote=quote,
            code_key=key,
            when=onset or recorded,
            encounter=encounter,
            status=clinical,
        ),
        clinical_status=clinical,
        verification_status=verification,
        category=category,
        onset=onset,
        abatement=moment(abatement_utc, abatement_written),
        recorded=recorded,
        **rest(Condition, row[15:]),
    )


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    """The rules of `problems.toml`."""
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
