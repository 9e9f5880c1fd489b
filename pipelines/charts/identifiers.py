"""Every string of a chart that identifies a person, an organization or a place.

What the export's chart layer removes: names of the patient, of relatives and of staff,
identifiers, addresses, telecom, birth and death dates, devices' serial numbers; each with the
FHIR path it stands at. Ids of the thousands of other resources are left to the pattern layer
(they are UUIDs or meaningless). `clinical_words` are the words of this chart's codes, less every
word that is part of a person's name here: they stay in a text unless they are a name.
"""

from __future__ import annotations

import orjson

from pipelines.charts.identifier_walk import IdentifierWalk, table
from pipelines.records.chart import Chart
from pipelines.records.exports import ChartIdentifiers

HOPS = 2
"""Encounter → PractitionerRole → Practitioner is as far as people are referred to."""

OF_THE_PATIENT = """
select raw
from resource
where (patient = $patient or resource = 'Patient/' || $patient)
  and current
  and (type not in (select unnest($bulky_types)) or regexp_matches(raw, $marks))
order by type <> 'Patient', type, resource
"""

REFERRED_TO = """
select resource, raw
from resource
where (patient is null or patient = $patient)
  and current
  and type in ('Practitioner', 'PractitionerRole', 'Person', 'Organization', 'Location',
    'HealthcareService', 'RelatedPerson')
  and (resource in (select unnest($resources))
       or split_part(resource, '/', 2) in (select unnest($ids))
       or list_has_any(json_extract_string(raw, '$.identifier[*].value'), $identifiers))
"""

ENCOUNTER_IDS = """
select split_part(resource, '/', 2) from resource
where patient = $patient and type = 'Encounter' and current
"""

CLINICAL_WORDS = """
with keys as (
    select code_key, display from observation where patient = $patient
    union select code_key, display from condition where patient = $patient
    union select code_key, display from medication where patient = $patient
    union select code_key, display from procedure where patient = $patient
    union select code_key, display from immunization where patient = $patient
    union select code_key, display from allergy where patient = $patient
    union select null, unnest(reactions) from allergy where patient = $patient
    union select code_key, type_display from encounter where patient = $patient
), named as (
    select display from keys
    union
    select c.display from code c semi join keys on keys.code_key = c.code_key
)
select distinct unnest(regexp_extract_all(lower(display), '[a-z][a-z0-9]{2,}')) from named
"""


def chart_identifiers(chart: Chart) -> ChartIdentifiers:
    """All identifiers of the chart with their paths, and its clinical words."""
    walk = IdentifierWalk()
    walk.add("ID", chart.patient_id, "Patient.id")
    shortest = table()["identifiers"]["shortest_of_others"]
    for (encounter_id,) in chart.rows(ENCOUNTER_IDS):
        if len(encounter_id) >= shortest:
            walk.add("ID", encounter_id, "Encounter.id")
    rules = table()["prefilter"]
    for (raw,) in chart.rows(
        OF_THE_PATIENT, bulky_types=rules["bulky_types"], marks=rules["marks"]
    ):
        walk.resource(orjson.loads(raw))
    _follow_references(chart, walk)
    words = {word for (word,) in chart.rows(CLINICAL_WORDS)}
    return ChartIdentifiers(walk.identifiers(), frozenset(words - walk.name_words))


def _follow_references(chart: Chart, walk: IdentifierWalk) -> None:
    """Read the people and places that the chart refers to, and those they refer to."""
    read: set[str] = set()
    for _ in range(HOPS):
        found = chart.rows(
            REFERRED_TO,
            resources=sorted(walk.references),
            ids=[name.removeprefix("urn:uuid:") for name in sorted(walk.references)],
            identifiers=sorted(walk.identifier_references),
        )
        new = [(resource, raw) for resource, raw in found if resource not in read]
        if not new:
            return
        for resource, raw in new:
            read.add(resource)
            kind, _, ident = resource.partition("/")
            if len(ident) >= table()["identifiers"]["shortest_of_others"]:
                walk.add("ID", ident, f"{kind}.id")
            walk.resource(orjson.loads(raw))
