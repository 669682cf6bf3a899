-- Every table starts with the tenant's or the project's id, so that the schema can be distributed by it.
-- Environments: 0 live, 1 test. Key kinds: 0 live, 1 test, 2 read.

create table tenants (
    id            uuid primary key,
    name          text not null,
    monthly_quota bigint,                       -- null: no limit
    created_at    timestamptz not null
);

create table projects (
    id                  uuid primary key,
    tenant_id           uuid not null references tenants,
    name                text not null,
    secret              bytea not null,
    metadata_allow_list text[],                 -- null: every key is stored
    created_at          timestamptz not null,
    unique (tenant_id, name)
);

create table keys (
    project_id uuid not null references projects,
    id         uuid not null,
    kind       smallint not null,
    hash       bytea not null unique,
    shown      text not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    expires_at timestamptz,
    primary key (project_id, id)
);

-- What has been counted. The second index is for forgetting; commits append to its right end, where it is cheap.
create table batch_keys (
    project_id  uuid not null,
    key         uuid not null,
    received_at timestamptz not null,
    primary key (project_id, key)
);
create index batch_keys_received_at on batch_keys (received_at);

-- "taken" is what the last claim got and "quota" the limit it was made under: RETURNING can answer only what the row holds.
-- The row of a busy tenant changes with every commit, so its page keeps room for new versions.
create table usage (
    tenant_id uuid not null,
    month     date not null,
    accepted  bigint not null,
    taken     bigint not null,
    quota     bigint,
    primary key (tenant_id, month)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

create table installs (
    project_id uuid not null,
    env        smallint not null,
    install    bigint not null,
    first_day  date not null,
    primary key (project_id, env, install)
);

-- Revisions never go back, so a rollup that was deleted and made anew can't be mistaken for the old one.
create sequence revisions;

create table rollups (
    project_id uuid not null,
    env        smallint not null,
    day        date not null,
    revision   bigint not null,
    data       bytea compression lz4 not null,
    primary key (project_id, env, day)
);

create table rollup_deltas (
    project_id   uuid not null,
    env          smallint not null,
    day          date not null,
    id           uuid not null,
    committed_at timestamptz not null,
    data         bytea compression lz4 not null,
    primary key (project_id, env, day, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);

create table rollups_monthly (
    project_id uuid not null,
    env        smallint not null,
    month      date not null,
    revision   bigint not null,
    data       bytea compression lz4 not null,
    primary key (project_id, env, month)
);

-- Events as columns: element i of each array belongs to event i. An array that would hold only nulls is null.
-- "bytes" is the length of the contexts and metadata as text: what a reader of the row has to hold.
-- install and session are 0, duration_ms is NaN and context is null where the event didn't say; the view answers null for them.
create table event_batches (
    project_id  uuid not null,
    env         smallint not null,
    n           integer not null,
    bytes       integer not null,
    min_ts      timestamptz not null,
    max_ts      timestamptz not null,
    id          uuid not null,
    event_id    uuid[] compression lz4 not null,
    ts          timestamptz[] compression lz4 not null,
    type        text[] compression lz4 not null,
    subject     text[] compression lz4,
    install     bigint[] compression lz4,
    session     bigint[] compression lz4,
    version     text[] compression lz4,
    success     boolean[] compression lz4,
    duration_ms real[] compression lz4,
    actor       text[] compression lz4,
    context     text[] compression lz4,
    metadata    text[] compression lz4,
    primary key (project_id, env, max_ts, id)
) with (autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_vacuum_scale_factor = 0.05);

-- What the compactor looks for; holds no more than what it hasn't come to yet.
create index event_batches_small on event_batches (project_id, env, max_ts) include (n) where n < 500 and bytes < 1000000;

-- One row an event, for people and their tools. Filter on project_id, env and batch_max_ts/batch_min_ts first: they prune whole rows.
create view events as
select b.project_id, b.env, b.min_ts as batch_min_ts, b.max_ts as batch_max_ts,
       e.event_id, e.ts, e.type, e.subject, nullif(e.install, 0) as install, nullif(e.session, 0) as session, e.version, e.success,
       nullif(e.duration_ms, 'NaN') as duration_ms, e.actor, e.context::json as context, e.metadata::json as metadata
from event_batches b
cross join lateral unnest(
    b.event_id, b.ts, b.type, b.subject, b.install, b.session, b.version, b.success, b.duration_ms, b.actor, b.context, b.metadata)
    as e (event_id, ts, type, subject, install, session, version, success, duration_ms, actor, context, metadata);
