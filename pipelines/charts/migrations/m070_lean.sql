-- Nothing stands twice: a passage is named by its document and its number there, a resource's id
-- is the end of its key, and half of a SHA-256 tells one content of a key from another.

create table passage_by_number (
    resource varchar, patient varchar, number integer, heading varchar, start_offset integer,
    end_offset integer, text varchar using compression zstd
);
insert into passage_by_number
select resource, patient, split_part(passage_id, '#', -1)::integer, heading, start_offset,
    end_offset, text
from passage;
drop table passage;
alter table passage_by_number rename to passage;

create table token_by_number (
    resource varchar, patient varchar, number integer, word varchar, tf integer
);
insert into token_by_number
select split_part(passage_id, '#', 1), patient, split_part(passage_id, '#', -1)::integer, word, tf
from token;
drop table token;
alter table token_by_number rename to token;

create table passage_vector_by_number (
    resource varchar, patient varchar, number integer, model varchar, model_digest varchar,
    vector float[]
);
insert into passage_vector_by_number
select resource, patient, split_part(passage_id, '#', -1)::integer, model, model_digest, vector
from passage_vector;
drop table passage_vector;
alter table passage_vector_by_number rename to passage_vector;

alter table resource drop column id;
update resource set sha256 = unhex(left(hex(sha256), 32));
alter table resource rename column sha256 to digest;
