"""The worklist: one row a patient of the store, in a few statements whatever their number.

`abnormal` is the latest result of each kind that is flagged, within 30 days of the patient's
newest result, worst first. `problem_count` counts the active problems (see `problems`); in a
chart that calls nothing active, the diagnoses without a status coded for its last stay. Nothing
here opens a chart: the desk decides who may see which row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from pipelines.charts import labs, problems
from pipelines.charts.demographics import age_at, all_patients
from pipelines.charts.flags import normal_words, severity
from pipelines.charts.incomplete import refused_by_patient
from pipelines.charts.kept import kept_of_all
from pipelines.charts.reading import Codings, concept, moment
from pipelines.charts.result_status import never_a_fact
from pipelines.records.chart import RowSource
from pipelines.records.facts import Fact
from pipelines.records.moments import Moment
from pipelines.records.patients import WorklistRow
from pipelines.terms import limits

ABNORMAL_SHOWN = 5

CHARTS = """
with last_visit as (
    select e.patient, max(e.start_utc) as start_utc,
        arg_max(e.start_written, e.start_utc) as written,
        arg_max(coalesce(e.type_display, e.class_display, e.class_code), e.start_utc) as display
    from encounter e
    join chart_extent x on x.patient = e.patient and e.start_utc <= x.last_utc
    where e.part_of is null
      and (e.status is null or e.status not in ('entered-in-error', 'cancelled', 'planned'))
    group by e.patient
)
select p.patient, x.last_utc, x.last_written, v.start_utc, v.written, v.display
from patient p
left join chart_extent x on x.patient = p.patient
left join last_visit v on v.patient = p.patient
"""

PROBLEMS = """
with known as (
    select c.patient, c.code_key, c.display, coalesce(c.category, '') as category,
        c.clinical_status, c.verification_status, c.abatement_utc, x.last_utc,
        coalesce(c.onset_utc, c.recorded_utc, e.start_utc) as began,
        e.resource as stay,
        max(e.start_utc) over (partition by c.patient) as last_stay_start, e.start_utc
    from condition c
    left join chart_extent x on x.patient = c.patient
    left join encounter e on e.resource = c.encounter and e.patient = c.patient
    where c.verification_status is null
       or not list_contains($not_counted, c.verification_status)
)
select distinct patient, coalesce(code_key, ''), display, category,
    clinical_status is null as is_coded
from known
where (began <= last_utc or began is null or last_utc is null)
  and (
    (list_contains($active, clinical_status)
     and (abatement_utc is null or abatement_utc > last_utc))
    or (clinical_status is null and start_utc = last_stay_start)
  )
"""

LATEST_FLAGGABLE = """
with mine as (
    select o.patient, o.code_key, coalesce(o.effective_utc, o.issued_utc) as taken,
        o.rowid as place, o.interpretation is not null or o.range_low is not null
            or o.range_high is not null
            or (o.value_number is not null and list_contains($codes, o.code_key)) as is_judged
    from observation o
    join chart_extent x on x.patient = o.patient
    anti join replaced_result r on r.resource = o.resource and r.part = o.part
    where (o.status is null or not list_contains($never, o.status))
      and o.value_kind is not null and o.value_kind <> 'absent'
      and coalesce(o.effective_utc, o.issued_utc) <= x.last_utc
), last as (
    select patient, code_key, max(taken) as taken, arg_max(place, taken) as place
    from mine group by patient, code_key having bool_or(is_judged)
), newest as (
    select patient, max(taken) as taken from last group by patient
), recent as (
    select last.place from last join newest using (patient)
    where last.taken >= newest.taken - $recent
), quiet as (
    select unnest($codes::varchar[]) as code_key, unnest($least::double[]) as least,
        unnest($most::double[]) as most
)
select o.patient, o.resource, o.part, o.code_key, o.display, o.category, o.status,
    coalesce(o.effective_utc, o.issued_utc) as taken,
    coalesce(o.effective_written, o.issued_written), o.encounter, o.value_number, o.comparator,
    o.value_text, o.unit, o.interpretation, o.range_low, o.range_high, o.range_text,
    o.path, o.quote, o.issued_utc, o.issued_written, o.specimen, null
from observation o
semi join recent on recent.place = o.rowid
left join quiet on quiet.code_key = o.code_key
where ((o.interpretation is not null or o.range_low is not null or o.range_high is not null)
       and not list_contains($normal, coalesce(upper(trim(o.interpretation)), ''))
       and not (o.interpretation is null and o.comparator is null
                and o.value_number between o.range_low and o.range_high))
   or o.value_number not between quiet.least and quiet.most
order by taken desc, o.resource, o.part
"""

CODINGS = """
select distinct c.code_key, c.system, c.code
from code c
semi join observation o on o.code_key = c.code_key and o.value_number is not null
where c.code is not null
order by c.code_key, c.system, c.code
"""


@kept_of_all
def worklist(source: RowSource) -> tuple[WorklistRow, ...]:
    """One row a patient, by name."""
    seen = {row[0]: row[1:] for row in source.rows(CHARTS, {})}
    counts = _problem_counts(source)
    everyone = all_patients(source)
    ages = {who.patient_id: age_at(who, _now(seen[who.patient_id])) for who in everyone}
    abnormal = _abnormal(source, ages)
    refused = refused_by_patient(source)
    rows = []
    for who in everyone:
        _last, _written, visit, visit_written, visit_display = seen[who.patient_id]
        rows.append(
            WorklistRow(
                patient=who,
                age_years=ages[who.patient_id],
                as_of=_now(seen[who.patient_id]),
                last_encounter=moment(visit, visit_written),
                last_encounter_display=visit_display,
                problem_count=counts.get(who.patient_id, 0),
                abnormal=abnormal.get(who.patient_id, ()),
                refused_count=sum(refused.get(who.patient_id, (0, 0))),
            )
        )
    return tuple(rows)


def _problem_counts(source: RowSource) -> dict[str, int]:
    rules = problems.rules()
    active: dict[str, set[str]] = defaultdict(set)
    coded: dict[str, set[str]] = defaultdict(set)
    not_counted = [*rules["verification_status"]["left_out"]]
    not_counted += rules["verification_status"]["not_a_problem"]
    found = source.rows(
        PROBLEMS, {"not_counted": not_counted, "active": rules["clinical_status"]["active"]}
    )
    for patient, code_key, display, category, is_coded in found:
        if not problems.social_code(code_key, display or "", category):
            (coded if is_coded else active)[patient].add(code_key or display)
    return {patient: len(active[patient] or coded[patient]) for patient in {*active, *coded}}


def _now(row: tuple[Any, ...]) -> Moment | None:
    return moment(row[0], row[1])


def _abnormal(source: RowSource, ages: Mapping[str, int | None]) -> dict[str, tuple[Fact, ...]]:
    codings = _codings(source)
    bands = ((key, limits.quiet(key, concept(known, None))) for key, known in codings.items())
    limited = [(key, *band) for key, band in bands if band is not None]
    wanted = {
        "recent": labs.RECENT,
        "never": never_a_fact(),
        "normal": list(normal_words()),
        "codes": [key for key, _, _ in limited],
        "least": [least for _, least, _ in limited],
        "most": [most for _, _, most in limited],
    }
    # Of thousands of results few are out of anything: only those leave the store.
    rows = source.rows(LATEST_FLAGGABLE, wanted)
    flagged: dict[str, list[Fact]] = defaultdict(list)
    for row, fact in zip(rows, labs.facts([row[1:] for row in rows], codings), strict=True):
        marked = limits.judged(limits.sorted_out(fact), ages.get(row[0]))
        if marked.flag:
            flagged[row[0]].append(marked)
    return {
        patient: tuple(sorted(found, key=_weight)[:ABNORMAL_SHOWN])
        for patient, found in flagged.items()
    }


def _weight(fact: Fact) -> tuple[int, bool]:
    """The worst first; of equals, what the record itself says before site policy."""
    return severity(fact.flag), not limits.is_recorded(fact)


def _codings(source: RowSource) -> dict[str, Codings]:
    found: dict[str, Codings] = {}
    for key, system, code in source.rows(CODINGS, {}):
        found[key] = (*found.get(key, ()), (system, code))
    return found
