-- The id of the secret with which the database is sealed: derived from it, and of no use without it. One row, from the first start on.
create table server_secret (
    one         smallint primary key check (one = 1),
    id          bytea not null,
    has_residue boolean not null                -- whether replaced values may still be in the files
);

-- Sealed at the start that follows. The names change, so that a process of an earlier version fails and doesn't hash with a sealed secret.
alter table projects rename column secret to sealed_secret;
alter table data_protection_keys rename column xml to sealed_xml;
