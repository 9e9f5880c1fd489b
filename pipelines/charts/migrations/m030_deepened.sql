-- The rest of what the first clinical tables leave to the raw record. What most resources have
-- stands in their row; what few have stands in a second table, which then has a row for them.

alter table observation add column unit_system varchar;
alter table observation add column value_key varchar;
alter table observation add column specimen varchar;
create table observation_detail (
    resource varchar, patient varchar, part integer, categories varchar[],
    interpretations varchar[], absent_reason varchar, value_low double, value_high double,
    numerator double, denominator double, method_key varchar, method varchar,
    body_site_key varchar, body_site varchar, device varchar, based_on varchar[],
    part_of varchar[], focus varchar[], derived_from varchar[], has_member varchar[],
    effective_end_utc timestamp, effective_end_written varchar, timing varchar, note varchar
);
create table reference_range (
    resource varchar, patient varchar, part integer, number integer, low double, high double,
    unit varchar, type_key varchar, type varchar, applies_to varchar[], age_low double,
    age_high double, age_unit varchar, text varchar, is_applied boolean, path varchar,
    quote varchar
);
-- Preliminary results in whose place a final one stands; made anew at the end of each load.
create table replaced_result (
    resource varchar, patient varchar, part integer, replaced_by varchar
);

-- Who ordered, performed, recorded, asserted or reported something, whatever it was.
create table participation (
    resource varchar, patient varchar, number integer, kind varchar, name varchar,
    reference varchar, role varchar, on_behalf_of varchar, path varchar, quote varchar
);

create table medication_detail (
    resource varchar, patient varchar, categories varchar[], status_reason varchar,
    priority varchar, course varchar, is_do_not_perform boolean, is_reported boolean,
    reason_keys varchar[], reason_references varchar[], based_on varchar[],
    prior_prescription varchar, group_identifier varchar, quantity double,
    quantity_unit varchar, refills integer, days_supply double, days_supply_unit varchar,
    valid_start_utc timestamp, valid_start_written varchar, valid_end_utc timestamp,
    valid_end_written varchar, substitution varchar, authored_utc timestamp,
    authored_written varchar, asserted_utc timestamp, asserted_written varchar,
    prepared_utc timestamp, prepared_written varchar, handed_over_utc timestamp,
    handed_over_written varchar, drug_form varchar, ingredients varchar[], batch varchar,
    device varchar, part_of varchar[], destination varchar, note varchar
);
create table dosage (
    resource varchar, patient varchar, number integer, sequence integer, text varchar,
    additional varchar[], patient_instruction varchar, is_as_needed boolean,
    as_needed_for varchar, timing varchar, frequency integer, frequency_max integer,
    period double, period_max double, period_unit varchar, duration double,
    duration_unit varchar, times integer, times_of_day varchar[], days_of_week varchar[],
    day_parts varchar[], offset_minutes integer, events varchar[], start_utc timestamp,
    start_written varchar, end_utc timestamp, end_written varchar, bounds varchar,
    site varchar, route varchar, method varchar, dose_value double, dose_low double,
    dose_high double, dose_unit varchar, rate varchar, rate_value double, rate_unit varchar,
    max_dose varchar, path varchar, quote varchar
);

alter table condition add column categories varchar[];
alter table condition add column severity varchar;
alter table condition add column stages varchar[];
alter table condition add column body_sites varchar[];
alter table condition add column onset varchar;
alter table condition add column onset_age_years double;
alter table condition add column onset_end_utc timestamp;
alter table condition add column onset_end_written varchar;
alter table condition add column abatement varchar;
alter table condition add column abatement_age_years double;
alter table condition add column evidence varchar[];
alter table condition add column evidence_references varchar[];
alter table condition add column note varchar;

alter table allergy add column type varchar;
alter table allergy add column categories varchar[];
alter table allergy add column onset varchar;
alter table allergy add column onset_utc timestamp;
alter table allergy add column onset_written varchar;
alter table allergy add column last_occurred_utc timestamp;
alter table allergy add column last_occurred_written varchar;
alter table allergy add column encounter varchar;
alter table allergy add column note varchar;
create table allergy_reaction (
    resource varchar, patient varchar, number integer, substance_key varchar,
    substance varchar, manifestations varchar[], manifestation_keys varchar[],
    severity varchar, onset_utc timestamp, onset_written varchar, route varchar,
    description varchar, note varchar, path varchar, quote varchar
);

alter table procedure add column category varchar;
alter table procedure add column status_reason varchar;
alter table procedure add column performed varchar;
alter table procedure add column location varchar;
alter table procedure add column reason varchar;
alter table procedure add column reason_references varchar[];
alter table procedure add column outcome varchar;
alter table procedure add column body_sites varchar[];
alter table procedure add column complications varchar[];
alter table procedure add column follow_ups varchar[];
alter table procedure add column reports varchar[];
alter table procedure add column devices varchar[];
alter table procedure add column based_on varchar[];
alter table procedure add column part_of varchar[];
alter table procedure add column note varchar;

alter table immunization add column status_reason varchar;
alter table immunization add column occurred varchar;
alter table immunization add column encounter varchar;
alter table immunization add column location varchar;
alter table immunization add column manufacturer varchar;
alter table immunization add column lot_number varchar;
alter table immunization add column expires_utc timestamp;
alter table immunization add column expires_written varchar;
alter table immunization add column site varchar;
alter table immunization add column route varchar;
alter table immunization add column dose_value double;
alter table immunization add column dose_unit varchar;
alter table immunization add column dose_number varchar;
alter table immunization add column series varchar;
alter table immunization add column series_doses varchar;
alter table immunization add column target_diseases varchar[];
alter table immunization add column is_primary_source boolean;
alter table immunization add column report_origin varchar;
alter table immunization add column is_subpotent boolean;
alter table immunization add column recorded_utc timestamp;
alter table immunization add column recorded_written varchar;
alter table immunization add column reason varchar;
alter table immunization add column reactions varchar[];
alter table immunization add column note varchar;

alter table encounter add column types varchar[];
alter table encounter add column type_keys varchar[];
alter table encounter add column service_type varchar;
alter table encounter add column length_value double;
alter table encounter add column length_unit varchar;
alter table encounter add column reason_keys varchar[];
alter table encounter add column reason_references varchar[];
alter table encounter add column service_provider varchar;
alter table encounter add column episodes varchar[];
alter table encounter add column based_on varchar[];
alter table encounter add column origin varchar;
alter table encounter add column destination varchar;
alter table encounter add column re_admission varchar;
alter table encounter add column diets varchar[];
alter table encounter add column courtesies varchar[];
alter table encounter add column arrangements varchar[];
create table encounter_history (
    resource varchar, patient varchar, number integer, kind varchar, code varchar,
    display varchar, start_utc timestamp, start_written varchar, end_utc timestamp,
    end_written varchar, path varchar, quote varchar
);

alter table patient add column is_active boolean;
alter table patient add column deceased_utc timestamp;
alter table patient add column marital_status varchar;
alter table patient add column languages varchar[];
alter table patient add column preferred_language varchar;
alter table patient add column races varchar[];
alter table patient add column ethnicities varchar[];
alter table patient add column birth_sex varchar;
alter table patient add column gender_identities varchar[];
alter table patient add column multiple_birth varchar;
alter table patient add column general_practitioners varchar[];
alter table patient add column managing_organization varchar;
create table patient_name (
    resource varchar, patient varchar, number integer, use varchar, text varchar,
    family varchar, given varchar, prefix varchar, suffix varchar, start_utc timestamp,
    start_written varchar, end_utc timestamp, end_written varchar, path varchar, quote varchar
);
create table patient_telecom (
    resource varchar, patient varchar, number integer, system varchar, value varchar,
    use varchar, rank integer, start_utc timestamp, start_written varchar, end_utc timestamp,
    end_written varchar, path varchar, quote varchar
);
create table patient_address (
    resource varchar, patient varchar, number integer, use varchar, type varchar, text varchar,
    lines varchar[], city varchar, district varchar, state varchar, postal_code varchar,
    country varchar, start_utc timestamp, start_written varchar, end_utc timestamp,
    end_written varchar, path varchar, quote varchar
);
create table patient_link (
    resource varchar, patient varchar, number integer, type varchar, other varchar,
    display varchar, path varchar, quote varchar
);
