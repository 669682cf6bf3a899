-- Where the mail came from, as a keyed hash whose key is in no database: the widest network of the source, and its narrowest. 0: unknown,
-- or the server itself.
alter table mails add column source integer not null default 0;
alter table mails add column subsource integer not null default 0;
