-- Each attempt to send the mail of an invitation or of an undo has a link of its own, and all of them work: the one that was delivered
-- isn't known. "link" is the hash in the row of the invitation or the undo, which is unique and never changes, so the links
-- end with that row.
create table link_attempts (
    hash       blob primary key,
    link       blob not null,
    expires_at integer not null
) without rowid;
create index link_attempts_expiry on link_attempts (expires_at);
