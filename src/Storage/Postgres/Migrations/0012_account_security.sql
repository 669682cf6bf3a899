-- Token scopes are bits: 1 stats:read, 2 projects:write, 4 projects:delete, 8 keys:write, 16 installs:erase, 32 audit:read. Tokens from
-- before keep all of them, and end after 90 days.
alter table api_tokens add column scopes integer not null default 0;
update api_tokens set scopes = 63, expires_at = least(coalesce(expires_at, now() + interval '90 days'), now() + interval '90 days');
alter table api_tokens
    alter column scopes drop default,
    alter column expires_at set not null;

-- An invitation is valid while the member who sent it may give its role. The audit log has the senders of those from before.
alter table invitations add column invited_by uuid;
update invitations i set invited_by = (
    select l.account_id from audit_log l
    where l.tenant_id = i.tenant_id and l.action = 'member.invited' and l.target = i.id::text order by l.id desc limit 1);
delete from invitations i where not exists (
    select 1 from members m where m.tenant_id = i.tenant_id and m.account_id = i.invited_by and m.role >= 2);
alter table invitations alter column invited_by set not null;

-- The audit log named invited people by their address.
update audit_log set detail = substring(detail from position(' as ' in detail) + 1)
where action = 'member.invited' and detail like '% as %';
update audit_log set target = null where target like '%@%';

-- github_login and github_linked_at are null for links from before. Devices that signed in before devices_known_since are unknown.
alter table accounts
    add column github_login        text,
    add column github_linked_at    timestamptz,
    add column devices_known_since timestamptz;

-- Methods: 0 password, 1 GitHub.
alter table sessions add column method smallint not null default 0;

-- Consecutive wrong codes, and when the next one may be tried; null: now.
alter table totp
    add column wrong_codes integer not null default 0,
    add column retry_at    timestamptz;

-- What a tenant has above its plan; null: not suspended.
alter table members add column suspended_at timestamptz;
alter table projects add column suspended_at timestamptz;

create table sign_ins (
    account_id    uuid not null references accounts,
    id            uuid not null,
    at            timestamptz not null,
    method        smallint not null,
    second_factor boolean not null,
    new_device    boolean not null,
    browser       text not null,
    os            text not null,
    primary key (account_id, id)
);
create index sign_ins_at on sign_ins (at);

-- What deleted tenants on the Free plan used of a month, by their owner: the next one starts with it.
create table spent_quotas (
    account_id uuid not null references accounts,
    month      date not null,
    env        smallint not null,
    accepted   bigint not null,
    primary key (account_id, month, env)
);

-- For rows that no commit adds.
alter table usage alter column taken set default 0;
