alter table document add column content_type varchar;
alter table document add column unread varchar;
alter table document add column authors varchar[];
alter table document add column code_key varchar;
alter table document add column category varchar;
alter table document add column category_keys varchar[];
alter table document add column doc_status varchar;
alter table document add column service_start_utc timestamp;
alter table document add column service_start_written varchar;
alter table document add column service_end_utc timestamp;
alter table document add column service_end_written varchar;
alter table document add column custodian varchar;
alter table document add column authenticator varchar;
alter table document add column language varchar;
alter table document add column description varchar;
alter table document add column binaries varchar[];
alter table document add column binaries_read varchar;
alter table document add column same_as varchar;
alter table document add column superseded_by varchar;
create table document_relation (
    resource varchar, patient varchar, relation varchar, other varchar
);
create table section (
    resource varchar, patient varchar, number integer, parent integer, code_key varchar,
    title varchar, start_offset integer, end_offset integer, path varchar, entries varchar[]
);
