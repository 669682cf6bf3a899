-- The tables of PostgreSQL in SQLite's types: ids are 16 bytes in big-endian order (so they sort as they do there), times are microseconds since
-- 1970-01-01 UTC, days are ISO dates. Environments: 0 live, 1 test. Key kinds: 0 live, 1 test, 2 read.

create table tenants (
    id            blob primary key,
    name          text not null,
    monthly_quota integer,                      -- null: no limit
    created_at    integer not null
) without rowid;

create table projects (
    id                  blob primary key,
    tenant_id           blob not null references tenants,
    name                text not null,
    secret              blob not null,
    metadata_allow_list text,                   -- a JSON array; null: every key is stored
    created_at          integer not null,
    unique (tenant_id, name)
) without rowid;

create table keys (
    project_id blob not null references projects,
    id         blob not null,
    kind       integer not null,
    hash       blob not null unique,
    shown      text not null,
    created_at integer not null,
    revoked_at integer,
    expires_at integer,
    primary key (project_id, id)
) without rowid;

create table batch_keys (
    project_id  blob not null,
    key         blob not null,
    received_at integer not null,
    primary key (project_id, key)
) without rowid;

create table usage (
    tenant_id blob not null,
    month     text not null,
    accepted  integer not null,
    primary key (tenant_id, month)
) without rowid;

create table installs (
    project_id blob not null,
    env        integer not null,
    install    integer not null,
    first_day  text not null,
    primary key (project_id, env, install)
) without rowid;

create table rollups (
    project_id blob not null,
    env        integer not null,
    day        text not null,
    revision   integer not null,
    data       blob not null,
    primary key (project_id, env, day)
);

create table rollup_deltas (
    project_id   blob not null,
    env          integer not null,
    day          text not null,
    id           blob not null,
    committed_at integer not null,
    data         blob not null,
    primary key (project_id, env, day, id)
);

create table rollups_monthly (
    project_id blob not null,
    env        integer not null,
    month      text not null,
    revision   integer not null,
    data       blob not null,
    primary key (project_id, env, month)
);

-- One row: the last revision given to a rollup. Never goes back, so a rollup that was deleted and made anew can't be mistaken for the old one.
create table revisions (last integer not null);
insert into revisions values (0);

-- A project has few contexts and a great many events that happened in them.
create table contexts (
    id    integer primary key,
    json  text not null unique,
    actor text
);

-- A project and environment under a small number, which each of its events carries.
create table streams (
    id         integer primary key,
    project_id blob not null,
    env        integer not null,
    unique (project_id, env)
);

create table event_rows (
    stream_id   integer not null references streams,
    event_id    blob not null,
    ts          integer not null,
    type        text not null,
    subject     text,
    install     integer,
    session     integer,
    version     text,
    success     integer,
    duration_ms real,
    context_id  integer references contexts,    -- null: nothing known
    metadata    text
);
create index event_rows_by_time on event_rows (stream_id, ts);

-- The events as PostgreSQL's view of the same name shows them.
create view events as
select s.project_id, s.env, e.event_id, e.ts, e.type, e.subject, e.install, e.session, e.version, e.success, e.duration_ms,
       c.actor, c.json as context, e.metadata
from event_rows e join streams s on s.id = e.stream_id left join contexts c on c.id = e.context_id;
