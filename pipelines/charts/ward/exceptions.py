"""Who is pregnant, and for whom SpO2 scale 2 was decided: both change how NEWS2 counts.

Pregnancy is an active condition of the score's own code list that began no longer ago than a
pregnancy lasts, or the newest answer to the pregnancy status. Scale 2 is an active flag or order
that says it in so many words; a diagnosis never is (`news2.toml`).
"""

from __future__ import annotations

from pipelines.records.chart import RowSource
from pipelines.terms.scores import news2

CODES = """
select distinct c.code_key, c.system, c.code
from code c semi join condition k on k.code_key = c.code_key
where c.code is not null
"""
PREGNANT = """
select distinct k.patient
from condition k
join chart_extent x on x.patient = k.patient
left join encounter e on e.resource = k.encounter and e.patient = k.patient
where list_contains($keys, k.code_key)
  and (k.verification_status is null
       or k.verification_status not in ('entered-in-error', 'refuted'))
  and (k.clinical_status in ('active', 'recurrence', 'relapse')
       or (k.clinical_status is null and e.end_utc >= x.last_utc))
  and (k.abatement_utc is null or k.abatement_utc > x.last_utc)
  and coalesce(k.onset_utc, k.recorded_utc, e.start_utc, x.last_utc)
      between x.last_utc - to_days($days) and x.last_utc
"""
STATUS = """
with answers as (
    select o.patient, lower(o.value_text) as answer,
        coalesce(o.effective_utc, o.issued_utc) as taken
    from observation o
    join code c on c.code_key = o.code_key and c.system = 'http://loinc.org'
    join chart_extent x on x.patient = o.patient
    where list_contains($loinc, c.code)
      and (o.status is null or o.status <> 'entered-in-error')
      and coalesce(o.effective_utc, o.issued_utc) between x.last_utc - to_days($days) and x.last_utc
)
select patient, arg_max(answer, taken) from answers group by patient
"""
SCALE_2 = """
with told as (
    select f.patient, f.resource, lower(f.display) as display from flag f
    join chart_extent x on x.patient = f.patient
    where f.status = 'active' and (f.start_utc is null or f.start_utc <= x.last_utc)
      and (f.end_utc is null or f.end_utc >= x.last_utc)
    union all
    select s.patient, s.resource, lower(s.display) from service_request s
    join chart_extent x on x.patient = s.patient
    where s.status = 'active' and not coalesce(s.is_do_not_perform, false)
      and (s.authored_utc is null or s.authored_utc <= x.last_utc)
)
select patient, min(resource) from told
where list_bool_or([contains(display, word) for word in $words])
group by patient
"""


def pregnant(source: RowSource) -> frozenset[str]:
    """Patients whose record says that they are pregnant at the chart's as-of."""
    rule = news2.rules()["pregnancy"]
    days = {"days": rule["longest_days"]}
    keys = [key for key, system, code in source.rows(CODES, {}) if _is_pregnancy(system, code)]
    found = {row[0] for row in source.rows(PREGNANT, {"keys": keys, **days})} if keys else set()
    for patient, answer in source.rows(STATUS, {"loinc": rule["status_loinc"], **days}):
        if answer in rule["status_words"]:
            found.add(patient)
    return frozenset(found)


def scale_2(source: RowSource) -> dict[str, str]:
    """The record of the decision for SpO2 scale 2, by patient."""
    return dict(source.rows(SCALE_2, {"words": news2.rules()["scale_2"]["words"]}))


def _is_pregnancy(system: str | None, code: str) -> bool:
    rule = news2.rules()["pregnancy"]
    where = (system or "").lower()
    if "snomed" in where:
        return code in rule["snomed"]
    for name in ("icd10", "icd9"):
        if name in where.replace("-", ""):
            return code.startswith(tuple(rule[name]))
    return False
