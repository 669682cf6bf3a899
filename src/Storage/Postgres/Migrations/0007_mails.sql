-- Mails that are still to be written and sent. "data" is what a mail is made of and never a link: its token is made when the mail is
-- written. A row is deleted when its mail was sent or given up.
create table mails (
    id          uuid primary key,
    kind        text not null,
    address     text not null,
    address_key text not null,
    domain      text not null,                  -- as its owner registered it
    data        text not null,
    essential   boolean not null,               -- false if a person who isn't signed in requested it
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    due_at      timestamptz not null,           -- when it may be tried; while it is being tried, when another process may
    leased_at   timestamptz,                    -- since when it is being tried; null while it waits
    attempts    integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
create index mails_due on mails (due_at);
create index mails_address on mails (address_key, kind);

-- The mail whose link has the token. Each attempt to send a mail has a token of its own, and all of them work: the one that was delivered
-- isn't known.
alter table one_time_tokens add column mail_id uuid;
