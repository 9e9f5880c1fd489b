alter table resource add column digest blob;
update resource set digest = unhex(sha256);
alter table resource drop column sha256;
alter table resource rename column digest to sha256;
alter table file drop column sha256;
alter table file add column sha256 blob;
alter table refused drop column entry_sha256;
alter table refused add column entry_sha256 blob;
alter table refused add column path varchar;
alter table refused add column raw varchar;
alter table file add column is_bundle boolean;
alter table file add column validated varchar;
alter table file add column reader integer;
alter table file add column is_settled boolean;
create table file_member (file_id integer, resource varchar);
create table deleted (
    resource varchar, patient varchar, file_id integer, deleted_at timestamp
);
create table pending (step varchar);
