-- Erasures of installs that their users asked for. The install is null once it is erased, so that nothing refers to it any more.
create table erasures (
    project_id uuid not null,
    id         uuid not null,                   -- random: whoever knows it may read the receipt
    install    bigint,
    asked_at   timestamptz not null,
    done_at    timestamptz,
    events     bigint,
    primary key (project_id, id)
);
create unique index erasures_id on erasures (id);
create unique index erasures_install on erasures (project_id, install) where install is not null;
create index erasures_waiting on erasures (project_id, asked_at, id) where done_at is null;
create index erasures_done on erasures (done_at) where done_at is not null;

-- The keys that sign receipts. One is current; of the others only the public keys are kept.
create table receipt_keys (
    id         text primary key,
    public_key bytea not null,
    sealed_key bytea,
    created_at timestamptz not null,
    retired_at timestamptz
);
create unique index receipt_keys_current on receipt_keys ((retired_at is null)) where retired_at is null;
