-- Where the mail came from, as a keyed hash whose key is in no database: the widest network of the source, and its narrowest. 0: unknown,
-- or the server itself.
alter table mails
    add column source    bigint not null default 0,
    add column subsource bigint not null default 0;
