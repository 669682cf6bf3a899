-- Accounts, tenants and what they manage. Secrets that somebody carries (cookies, links, tokens) are here as SHA-256 only.
-- Plans: 0 self-hosted, 1 free, 2 pro, 3 business, 4 enterprise. Roles: 0 viewer, 1 member, 2 admin, 3 owner.

-- A custom limit replaces the plan's; monthly_quota is the one for events. Who was downgraded keeps kept_days_before until told.
alter table tenants
    add column plan                smallint not null default 0,
    add column custom_kept_days    integer,
    add column custom_members      integer,
    add column custom_projects     integer,
    add column downgraded_at       timestamptz,
    add column kept_days_before    integer,     -- null: for good
    add column downgrade_notice_at timestamptz,
    add column deleted_at          timestamptz;

-- A deleted project stays as an empty row until no commit that was under way can bring anything for it any more.
alter table projects
    add column kept_days  integer,
    add column aliases    text,                 -- a JSON object: subject → subject; null: none
    add column deleted_at timestamptz;

alter table keys add column last_used_at timestamptz;

create table accounts (
    id            uuid primary key,
    email         text not null,
    email_key     text not null unique,         -- the address in lower case
    name          text not null,
    password_hash text,                         -- null: signs in through GitHub only
    github_id     bigint unique,
    created_at    timestamptz not null
);

create table sessions (
    account_id            uuid not null references accounts,
    id                    uuid not null,
    hash                  bytea not null unique,
    awaits_second_factor  boolean not null,
    device                text not null,
    created_at            timestamptz not null,
    last_seen_at          timestamptz not null,
    expires_at            timestamptz not null,
    primary key (account_id, id)
);

-- "data" says what is to happen; account_id is null while there is no account yet.
create table one_time_tokens (
    hash       bytea primary key,
    purpose    smallint not null,
    account_id uuid,
    data       text not null,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index one_time_tokens_account on one_time_tokens (account_id);

create table totp (
    account_id       uuid primary key references accounts,
    protected_secret text not null,
    confirmed_at     timestamptz,
    last_step        bigint not null
);

create table recovery_codes (
    account_id uuid not null references accounts,
    hash       bytea not null,
    primary key (account_id, hash)
);

create table members (
    tenant_id  uuid not null references tenants,
    account_id uuid not null references accounts,
    role       smallint not null,
    joined_at  timestamptz not null,
    primary key (tenant_id, account_id)
);
create index members_account on members (account_id);
create unique index members_one_owner on members (tenant_id) where role = 3;

create table invitations (
    tenant_id  uuid not null references tenants,
    id         uuid not null,
    email      text not null,
    email_key  text not null,
    role       smallint not null,
    hash       bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, email_key)
);

create table api_tokens (
    tenant_id    uuid not null references tenants,
    id           uuid not null,
    account_id   uuid not null references accounts,
    name         text not null,
    hash         bytea not null unique,
    shown        text not null,
    created_at   timestamptz not null,
    expires_at   timestamptz,
    last_used_at timestamptz,
    primary key (tenant_id, id)
);
create index api_tokens_account on api_tokens (account_id);

-- account_id is null for the operator. There is no name in it: who deletes their account is gone from the log as a person.
create table audit_log (
    tenant_id  uuid not null,
    id         uuid not null,
    at         timestamptz not null,
    account_id uuid,
    token_id   uuid,
    action     text not null,
    target     text,
    detail     text,
    primary key (tenant_id, id)
);

create table sent_notices (
    tenant_id uuid not null,
    kind      text not null,
    period    text not null,
    sent_at   timestamptz not null,
    primary key (tenant_id, kind, period)
);

create table data_protection_keys (
    name       text primary key,
    xml        text not null,
    created_at timestamptz not null
);
