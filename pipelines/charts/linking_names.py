"""Names for the people, organizations and places that rows know by reference only.

When all files are in, a reference such as `Practitioner/1` in a column that holds a name is
replaced by what that resource is called; the reference itself stays in the raw record and in
the columns that hold references. Who is not in the store stays as written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

WITH_ENCOUNTER = (
    "report", "imaging_study", "claim", "care_plan", "care_team", "service_request",
    "questionnaire_response", "flag", "other_event",
)  # fmt: skip
ONE_NAME = {
    "practitioner": ("name", "organization"),
    "organization": ("part_of",),
    "location": ("part_of", "organization"),
    "related_person": ("organization",),
    "specimen": ("collector",),
    "imaging_study": ("referrer",),
    "claim": ("provider", "insurer", "facility"),
    "coverage": ("subscriber",),
    "care_plan": ("author",),
    "goal": ("expressed_by",),
    "care_team": ("member", "on_behalf_of"),
    "service_request": ("requester",),
    "questionnaire_response": ("author", "source"),
    "flag": ("author",),
    "encounter_location": ("location",),
    "encounter_participant": ("name",),
    "episode_of_care": ("care_manager", "organization"),
    "participation": ("name", "on_behalf_of"),
    "observation_detail": ("device",),
    "medication_detail": ("device", "destination"),
    "procedure": ("location",),
    "immunization": ("location", "manufacturer"),
    "encounter": ("service_provider", "origin", "destination"),
    "patient": ("managing_organization",),
    "medication": ("prescriber",),
    "document": ("author", "custodian", "authenticator"),
}
MANY_NAMES = {
    "practitioner": ("locations",),
    "report": ("performers", "interpreters"),
    "imaging_study": ("interpreters",),
    "coverage": ("payors",),
    "care_plan_activity": ("performers",),
    "appointment": ("participants",),
    "service_request": ("performers",),
    "consent": ("performers",),
    "other_event": ("people",),
    "procedure": ("devices",),
    "patient": ("general_practitioners",),
    "document": ("authors",),
}

CALLED = """
create or replace temp table called as
select resource, any_value(name) as name
from (
    select resource, name from practitioner where not starts_with(name, 'Practitioner/')
    union all select resource, name from organization
    union all select resource, name from location
    union all select resource, name from related_person where starts_with(resource, 'Related')
    union all select resource, name from patient
    union all select resource, team from care_team
    union all select resource, display from device where form = 'device'
)
where name is not null and name <> ''
group by resource
"""
FORGET = """
drop table called
"""
ONE = tuple(
    f"update {table} set {column} = c.name from called c "  # noqa: S608  # own names
    f"where {table}.{column} = c.resource"
    for table, columns in ONE_NAME.items()
    for column in columns
)
MANY = tuple(
    f"update {table} set {column} = n.names from ("  # noqa: S608  # own names
    f"select t.key, list(coalesce(c.name, t.one) order by t.place) as names from ("
    f"select rowid as key, unnest({column}) as one, "
    f"generate_subscripts({column}, 1) as place from {table} "
    f"where contains(array_to_string({column}, ' '), '/')"  # only what may hold a reference
    f") t left join called c on c.resource = t.one group by t.key "
    f"having count(c.name) > 0) n where {table}.rowid = n.key"
    for table, columns in MANY_NAMES.items()
    for column in columns
)
NAME_DEVICE_USE = """
update device set display = d.display, code_key = coalesce(device.code_key, d.code_key)
from device d
where device.form = 'use' and device.display is null and d.form = 'device'
  and d.resource = device.device and d.display is not null
"""
NAME_ROLE = """
update practitioner set name = p.name
from practitioner p
where practitioner.form = 'role' and p.form = 'practitioner' and p.name is not null
  and practitioner.practitioner = p.resource
  and (practitioner.name is null or practitioner.name = p.resource)
"""


def name_all(cursor: duckdb.DuckDBPyConnection) -> None:
    """Put names in the place of references, wherever the store knows them."""
    cursor.execute(NAME_ROLE)  # first: others refer to the role and mean its holder
    cursor.execute(NAME_DEVICE_USE)
    cursor.execute(CALLED)
    for statement in (*ONE, *MANY):
        cursor.execute(statement)
    cursor.execute(FORGET)
