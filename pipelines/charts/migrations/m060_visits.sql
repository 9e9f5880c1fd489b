-- The appointments that an encounter says it came from.
create table encounter_appointment (
    resource varchar, patient varchar, number integer, appointment varchar, path varchar,
    quote varchar
);
