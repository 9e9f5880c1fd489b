-- A vector for each passage and model; a model is known by its digest, its name is for people.
create table passage_vector (
    resource varchar, patient varchar, passage_id varchar, model varchar, model_digest varchar,
    vector float[]
);
