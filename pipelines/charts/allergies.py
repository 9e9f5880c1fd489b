"""Allergies of one chart, in one of four states that are never mixed up.

*unavailable*: an AllergyIntolerance of this chart was refused at load, so no list can be
trusted to be whole, whatever else is recorded. *known*: at least one allergy that is neither
past nor refuted. *none known*: the record says so, and nothing contradicts it. *not recorded*:
the record says nothing; this is never shown as "no allergies". Entered-in-error entries are
left out; past and refuted ones are listed and keep their status, but make no state.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipelines.charts.reading import cited, moment
from pipelines.charts.rows_allergy import worst
from pipelines.charts.subject_reading import read_parts, rest
from pipelines.records.chart import Chart
from pipelines.records.facts import Allergy, AllergyList, AllergyReaction, Fact

RULES = Path(__file__).with_name("allergies.toml")

ALLERGIES = """
select a.resource, code_key, display, clinical_status, verification_status, criticality,
    reactions, severity, is_no_known, recorded_utc, recorded_written, encounter, path, quote, type,
    categories, onset, onset_utc, onset_written, last_occurred_utc, last_occurred_written, note,
    w.recorder, w.asserter
from allergy a
left join (select resource, start_utc from encounter where patient = $patient) e
  on e.resource = a.encounter
left join (
    select resource, max(name) filter (where kind = 'recorder') as recorder,
        max(name) filter (where kind = 'asserter') as asserter
    from participation where patient = $patient group by resource
) w on w.resource = a.resource
where patient = $patient
  and (verification_status is null or not list_contains($left_out, verification_status))
  and (coalesce(recorded_utc, onset_utc, e.start_utc) <= $as_of
       or coalesce(recorded_utc, onset_utc, e.start_utc) is null)
order by recorded_utc nulls first, a.resource
"""

REACTIONS = """
select resource, number, substance, manifestations, severity, onset_utc, onset_written, route,
    description, note, path, quote
from allergy_reaction
where patient = $patient
order by resource, number
"""

REFUSED = """
select count(*) from refused
where patient = $patient and resource_type = 'AllergyIntolerance' and not coalesce(resolved, false)
"""


def allergy_list(chart: Chart) -> AllergyList:
    """The state and every entry; `known` lists the entries of no known allergy too."""
    left_out = _rules()["verification_status"]["left_out"]
    found = chart.rows(ALLERGIES, as_of=chart.as_of.instant, left_out=left_out)
    events = read_parts(chart, REACTIONS, AllergyReaction) if found else {}
    allergies = tuple(_as_of(chart, _allergy(row, events.get(row[0], ()))) for row in found)
    refused = chart.rows(REFUSED)[0][0]
    return AllergyList("unavailable" if refused else _state(allergies), allergies)


def is_current(allergy: Allergy) -> bool:
    """Whether the entry still speaks: neither inactive, resolved nor refuted."""
    rules = _rules()
    return (
        allergy.clinical_status not in rules["clinical_status"]["past"]
        and allergy.verification_status not in rules["verification_status"]["not_an_allergy"]
    )


def _state(allergies: tuple[Allergy, ...]) -> str:
    current = [allergy for allergy in allergies if is_current(allergy)]
    if any(not allergy.is_no_known for allergy in current):
        return "known"
    return "none known" if current else "not recorded"


def _allergy(row: tuple[Any, ...], events: tuple[AllergyReaction, ...]) -> Allergy:
    (
        resource, key, display, clinical, verification, criticality, reactions, severity,
        is_no_known, recorded_utc, recorded_written, encounter, path, quote,
    ) = row[:14]  # fmt: skip
    path, quote = cited(resource, path, quote)
    return Allergy(
        fact=Fact(
            resource=resource,
            kind="allergy",
            display=display or "Allergy not named",
            path=path,
            quote=quote,
            code_key=key,
            when=moment(recorded_utc, recorded_written),
            encounter=encounter,
            status=clinical,
        ),
        clinical_status=clinical,
        verification_status=verification,
        criticality=criticality,
        reactions=tuple(reactions or ()),
        severity=severity,
        is_no_known=bool(is_no_known) or _states_absence(key),
        **rest(Allergy, row[14:]),
        events=events,
    )


def _as_of(chart: Chart, allergy: Allergy) -> Allergy:
    """The entry without what happened after the as-of: a later reaction, and what it showed."""
    limit = chart.as_of.instant
    allergy = replace(allergy, is_past=not is_current(allergy))
    last, events = allergy.last_occurred, allergy.events
    if last is not None and last.instant > limit:
        allergy = replace(allergy, last_occurred=None)
    seen = tuple(one for one in events if one.onset is None or one.onset.instant <= limit)
    if len(seen) == len(events):
        return allergy
    return replace(
        allergy,
        events=seen,
        reactions=tuple(shown for one in seen for shown in one.manifestations),
        severity=worst([one.severity for one in seen]),
    )


def _states_absence(code_key: str | None) -> bool:
    return code_key is not None and code_key.rpartition("|")[2] in _absences()


@lru_cache(maxsize=1)
def _absences() -> frozenset[str]:
    rules = _rules()
    return frozenset(rules["none_known"]["codes"]) | frozenset(
        rules["none_known_of_a_kind"]["codes"]
    )


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))
