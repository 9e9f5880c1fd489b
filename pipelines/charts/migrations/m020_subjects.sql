-- What a hospital's export says beside results, drugs and notes: a table a clinical subject.
-- Every row names its resource and its patient first, and ends with the element that carries
-- what it says (path) and one leaf of it, word for word (quote).

create table report (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    categories varchar[], effective_utc timestamp, effective_written varchar,
    effective_end_utc timestamp, effective_end_written varchar, issued_utc timestamp,
    issued_written varchar, encounter varchar, results varchar[], conclusion varchar,
    conclusion_codes varchar[], specimens varchar[], performers varchar[], interpreters varchar[],
    imaging varchar[], based_on varchar[], path varchar, quote varchar
);
create table specimen (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    collected_utc timestamp, collected_written varchar, collected_end_utc timestamp,
    collected_end_written varchar, received_utc timestamp, received_written varchar,
    body_site varchar, method varchar, collector varchar, conditions varchar[], accession varchar,
    parents varchar[], requests varchar[], path varchar, quote varchar
);
create table imaging_study (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    started_utc timestamp, started_written varchar, encounter varchar, modalities varchar[],
    body_sites varchar[], series integer, instances integer, reason varchar, referrer varchar,
    interpreters varchar[], based_on varchar[], path varchar, quote varchar
);
create table claim (
    resource varchar, patient varchar, form varchar, code_key varchar, display varchar,
    status varchar, purpose varchar, created_utc timestamp, created_written varchar,
    billed_utc timestamp, billed_written varchar, billed_end_utc timestamp,
    billed_end_written varchar, provider varchar, insurer varchar, facility varchar,
    total double, currency varchar, paid double, outcome varchar, disposition varchar,
    claim varchar, coverages varchar[], encounter varchar, path varchar, quote varchar
);
create table claim_item (
    resource varchar, patient varchar, part varchar, number integer, code_key varchar,
    display varchar, role varchar, on_admission varchar, reference varchar, amount double,
    currency varchar, served_utc timestamp, served_written varchar, served_end_utc timestamp,
    served_end_written varchar, diagnoses varchar[], path varchar, quote varchar
);
create table coverage (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    start_utc timestamp, start_written varchar, end_utc timestamp, end_written varchar,
    payors varchar[], subscriber_id varchar, subscriber varchar, relationship varchar,
    classes varchar[], place_in_order integer, path varchar, quote varchar
);
create table care_plan (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    intent varchar, categories varchar[], description varchar, start_utc timestamp,
    start_written varchar, end_utc timestamp, end_written varchar, created_utc timestamp,
    created_written varchar, author varchar, addresses varchar[], goals varchar[],
    encounter varchar, path varchar, quote varchar
);
create table care_plan_activity (
    resource varchar, patient varchar, number integer, code_key varchar, display varchar,
    status varchar, kind varchar, scheduled_utc timestamp, scheduled_written varchar,
    scheduled_end_utc timestamp, scheduled_end_written varchar, schedule varchar,
    reference varchar, reason varchar, performers varchar[], path varchar, quote varchar
);
create table goal (
    resource varchar, patient varchar, number integer, code_key varchar, display varchar,
    status varchar, achievement varchar, priority varchar, start_utc timestamp,
    start_written varchar, stated_utc timestamp, stated_written varchar, due_utc timestamp,
    due_written varchar, due_within varchar, measure_key varchar, measure varchar, target varchar,
    target_value double, target_unit varchar, expressed_by varchar, addresses varchar[],
    path varchar, quote varchar
);
create table care_team (
    resource varchar, patient varchar, number integer, team varchar, status varchar,
    categories varchar[], team_start_utc timestamp, team_start_written varchar,
    team_end_utc timestamp, team_end_written varchar, encounter varchar, member varchar,
    member_reference varchar, role_key varchar, role varchar, start_utc timestamp,
    start_written varchar, end_utc timestamp, end_written varchar, on_behalf_of varchar,
    path varchar, quote varchar
);
create table appointment (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    start_utc timestamp, start_written varchar, end_utc timestamp, end_written varchar,
    minutes integer, created_utc timestamp, created_written varchar, reason varchar,
    cancelation varchar, participants varchar[], patient_response varchar, path varchar,
    quote varchar
);
create table device (
    resource varchar, patient varchar, form varchar, code_key varchar, display varchar,
    status varchar, device varchar, manufacturer varchar, model varchar, udi varchar,
    used_utc timestamp, used_written varchar, used_end_utc timestamp, used_end_written varchar,
    recorded_utc timestamp, recorded_written varchar, expires_utc timestamp,
    expires_written varchar, body_site varchar, reason varchar, path varchar, quote varchar
);
create table service_request (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    intent varchar, priority varchar, categories varchar[], authored_utc timestamp,
    authored_written varchar, occurrence_utc timestamp, occurrence_written varchar,
    occurrence_end_utc timestamp, occurrence_end_written varchar, encounter varchar,
    requester varchar, performers varchar[], reason varchar, body_sites varchar[],
    is_do_not_perform boolean, specimens varchar[], based_on varchar[], path varchar, quote varchar
);
create table questionnaire_response (
    resource varchar, patient varchar, number integer, questionnaire varchar, status varchar,
    authored_utc timestamp, authored_written varchar, author varchar, source varchar,
    encounter varchar, link_id varchar, within varchar, question varchar, value_kind varchar,
    value_number double, value_text varchar, unit varchar, code_key varchar, path varchar,
    quote varchar
);
create table family_history (
    resource varchar, patient varchar, number integer, status varchar, recorded_utc timestamp,
    recorded_written varchar, relationship_key varchar, relationship varchar, sex varchar,
    deceased varchar, code_key varchar, display varchar, outcome varchar,
    contributed_to_death boolean, onset varchar, onset_age_years double, path varchar, quote varchar
);
create table flag (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    categories varchar[], start_utc timestamp, start_written varchar, end_utc timestamp,
    end_written varchar, author varchar, encounter varchar, path varchar, quote varchar
);
create table consent (
    resource varchar, patient varchar, number integer, code_key varchar, display varchar,
    status varchar, scope_key varchar, scope varchar, category_keys varchar[],
    categories varchar[], stated_utc timestamp, stated_written varchar, performers varchar[],
    policy varchar, provision_type varchar, provision_keys varchar[], provisions varchar[],
    start_utc timestamp, start_written varchar, end_utc timestamp, end_written varchar,
    source varchar, path varchar, quote varchar
);
create table practitioner (
    resource varchar, patient varchar, form varchar, name varchar, practitioner varchar,
    roles varchar[], specialties varchar[], organization varchar, locations varchar[],
    is_active boolean, start_utc timestamp, start_written varchar, end_utc timestamp,
    end_written varchar, path varchar, quote varchar
);
create table organization (
    resource varchar, patient varchar, name varchar, types varchar[], part_of varchar,
    is_active boolean, path varchar, quote varchar
);
create table location (
    resource varchar, patient varchar, name varchar, status varchar, types varchar[],
    physical_type varchar, part_of varchar, organization varchar, path varchar, quote varchar
);
create table related_person (
    resource varchar, patient varchar, number integer, name varchar, relationships varchar[],
    contacts varchar[], is_emergency_contact boolean, is_active boolean, organization varchar,
    start_utc timestamp, start_written varchar, end_utc timestamp, end_written varchar,
    path varchar, quote varchar
);
create table encounter_location (
    resource varchar, patient varchar, number integer, location varchar,
    location_reference varchar, status varchar, physical_type varchar, start_utc timestamp,
    start_written varchar, end_utc timestamp, end_written varchar, path varchar, quote varchar
);
create table encounter_participant (
    resource varchar, patient varchar, number integer, role varchar, name varchar,
    individual varchar, start_utc timestamp, start_written varchar, end_utc timestamp,
    end_written varchar, path varchar, quote varchar
);
create table encounter_diagnosis (
    resource varchar, patient varchar, number integer, condition varchar, display varchar,
    use_key varchar, use varchar, rank integer, path varchar, quote varchar
);
create table episode_of_care (
    resource varchar, patient varchar, code_key varchar, display varchar, status varchar,
    start_utc timestamp, start_written varchar, end_utc timestamp, end_written varchar,
    care_manager varchar, organization varchar, diagnoses varchar[], path varchar, quote varchar
);
create table other_event (
    resource varchar, patient varchar, form varchar, code_key varchar, display varchar,
    status varchar, occurred_utc timestamp, occurred_written varchar, occurred_end_utc timestamp,
    occurred_end_written varchar, encounter varchar, severity varchar, detail varchar,
    people varchar[], path varchar, quote varchar
);

-- Whether a row was known by an instant: by its own time, else by the beginning of the visit it
-- belongs to; a row with neither is always known.
create macro known_by(own_instant, visit_key, patient_key, as_of_instant) as (
    coalesce(
        own_instant,
        (select min(e.start_utc) from encounter e
         where e.resource = visit_key and e.patient = patient_key),
        as_of_instant
    ) <= as_of_instant
);
