-- What one replica does for all, once in each period: whoever has the lease is at it, and when a holder dies the lease runs out.
create table chores (
    name         text primary key,
    holder       blob not null,
    leased_until integer not null,
    done_period  text                           -- the last one that is through
) without rowid;

-- A notice is claimed before it is sent and marked afterwards. leased_until is null once it was sent; a claim that runs out is free again.
alter table sent_notices add column leased_until integer;
