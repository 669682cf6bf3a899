-- Accounts, tenants and what they manage, in SQLite's types (see 0001). Secrets that somebody carries (cookies, links, tokens) are here as SHA-256 only.
-- Plans: 0 self-hosted, 1 free, 2 pro, 3 business, 4 enterprise. Roles: 0 viewer, 1 member, 2 admin, 3 owner.

-- A custom limit replaces the plan's; monthly_quota is the one for events. Who was downgraded keeps kept_days_before until told.
alter table tenants add column plan integer not null default 0;
alter table tenants add column custom_kept_days integer;
alter table tenants add column custom_members integer;
alter table tenants add column custom_projects integer;
alter table tenants add column downgraded_at integer;
alter table tenants add column kept_days_before integer; -- null: for good
alter table tenants add column downgrade_notice_at integer;
alter table tenants add column deleted_at integer;

-- A deleted project stays as an empty row until no commit that was under way can bring anything for it any more.
alter table projects add column kept_days integer;
alter table projects add column aliases text; -- a JSON object: subject → subject; null: none
alter table projects add column deleted_at integer;

alter table keys add column last_used_at integer;

create table accounts (
    id            blob primary key,
    email         text not null,
    email_key     text not null unique,         -- the address in lower case
    name          text not null,
    password_hash text,                         -- null: signs in through GitHub only
    github_id     integer unique,
    created_at    integer not null
) without rowid;

create table sessions (
    account_id            blob not null references accounts,
    id                    blob not null,
    hash                  blob not null unique,
    awaits_second_factor  integer not null,
    device                text not null,
    created_at            integer not null,
    last_seen_at          integer not null,
    expires_at            integer not null,
    primary key (account_id, id)
) without rowid;

-- "data" says what is to happen; account_id is null while there is no account yet.
create table one_time_tokens (
    hash       blob primary key,
    purpose    integer not null,
    account_id blob,
    data       text not null,
    created_at integer not null,
    expires_at integer not null
) without rowid;
create index one_time_tokens_account on one_time_tokens (account_id);

create table totp (
    account_id       blob primary key references accounts,
    protected_secret text not null,
    confirmed_at     integer,
    last_step        integer not null
) without rowid;

create table recovery_codes (
    account_id blob not null references accounts,
    hash       blob not null,
    primary key (account_id, hash)
) without rowid;

create table members (
    tenant_id  blob not null references tenants,
    account_id blob not null references accounts,
    role       integer not null,
    joined_at  integer not null,
    primary key (tenant_id, account_id)
) without rowid;
create index members_account on members (account_id);
create unique index members_one_owner on members (tenant_id) where role = 3;

create table invitations (
    tenant_id  blob not null references tenants,
    id         blob not null,
    email      text not null,
    email_key  text not null,
    role       integer not null,
    hash       blob not null unique,
    created_at integer not null,
    expires_at integer not null,
    primary key (tenant_id, id),
    unique (tenant_id, email_key)
) without rowid;

create table api_tokens (
    tenant_id    blob not null references tenants,
    id           blob not null,
    account_id   blob not null references accounts,
    name         text not null,
    hash         blob not null unique,
    shown        text not null,
    created_at   integer not null,
    expires_at   integer,
    last_used_at integer,
    primary key (tenant_id, id)
) without rowid;
create index api_tokens_account on api_tokens (account_id);

-- account_id is null for the operator. There is no name in it: who deletes their account is gone from the log as a person.
create table audit_log (
    tenant_id  blob not null,
    id         blob not null,
    at         integer not null,
    account_id blob,
    token_id   blob,
    action     text not null,
    target     text,
    detail     text,
    primary key (tenant_id, id)
) without rowid;

create table sent_notices (
    tenant_id blob not null,
    kind      text not null,
    period    text not null,
    sent_at   integer not null,
    primary key (tenant_id, kind, period)
) without rowid;

create table data_protection_keys (
    name       text primary key,
    xml        text not null,
    created_at integer not null
) without rowid;
