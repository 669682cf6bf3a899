-- A link is for an address: the one that signs up, or the one that its account had when the link was sent. Links that were sent before
-- this migration do not say which, and are void.
drop table one_time_tokens;

create table one_time_tokens (
    hash       bytea primary key,
    purpose    smallint not null,
    email_key  text not null,
    account_id uuid,                            -- null while there is no account yet
    data       text not null,                   -- what is to happen
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index one_time_tokens_account on one_time_tokens (account_id);
create index one_time_tokens_email on one_time_tokens (email_key);

-- credentials_version grows with every change of what the account signs in with. password_proved: whether a link to the account's mailbox
-- has set the password. password_changed_at: when a session set it; null if a link has set it since.
alter table accounts
    add column credentials_version integer not null default 0,
    add column password_proved     boolean not null default false,
    add column password_changed_at timestamptz;

-- The password of a sign-up was not the mailbox' own, so an account that was then linked to GitHub may have two people in it: the one who
-- chose the password, and the one who has the mailbox. GitHub has proved the mailbox; a link to it sets a new password.
delete from sessions where account_id in (select id from accounts where github_id is not null and password_hash is not null);
update accounts set password_hash = null where github_id is not null;

-- What the former address of an account restores, and proves itself with: the credentials of the time before the change.
create table email_undos (
    account_id    uuid not null references accounts,
    number        integer not null,             -- the order of the account's changes
    hash          bytea not null unique,
    email         text not null,
    password_hash text,                         -- null: none
    totp_secret   text,                         -- protected as in "totp"; null: none
    expires_at    timestamptz not null,
    primary key (account_id, number)
);
