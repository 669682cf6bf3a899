-- Token scopes are bits: 1 stats:read, 2 projects:write, 4 projects:delete, 8 keys:write, 16 installs:erase, 32 audit:read. Tokens from
-- before keep all of them, and end after 90 days.
alter table api_tokens add column scopes integer not null default 0;
update api_tokens set scopes = 63, expires_at = min(
    coalesce(expires_at, (unixepoch() + 90 * 86400) * 1000000), (unixepoch() + 90 * 86400) * 1000000);

-- An invitation is valid while the member who sent it may give its role. The audit log has the senders of those from before.
alter table invitations add column invited_by blob;
update invitations set invited_by = (
    select l.account_id from audit_log l
    where l.tenant_id = invitations.tenant_id and l.action = 'member.invited'
        and replace(l.target, '-', '') = lower(hex(invitations.id)) order by l.id desc limit 1);
delete from invitations where not exists (
    select 1 from members m where m.tenant_id = invitations.tenant_id and m.account_id = invitations.invited_by and m.role >= 2);

-- The audit log named invited people by their address.
update audit_log set detail = substr(detail, instr(detail, ' as ') + 1) where action = 'member.invited' and detail like '% as %';
update audit_log set target = null where target like '%@%';

-- github_login and github_linked_at are null for links from before. Devices that signed in before devices_known_since are unknown.
alter table accounts add column github_login text;
alter table accounts add column github_linked_at integer;
alter table accounts add column devices_known_since integer;

-- Methods: 0 password, 1 GitHub.
alter table sessions add column method integer not null default 0;

-- Consecutive wrong codes, and when the next one may be tried; null: now.
alter table totp add column wrong_codes integer not null default 0;
alter table totp add column retry_at integer;

-- What a tenant has above its plan; null: not suspended.
alter table members add column suspended_at integer;
alter table projects add column suspended_at integer;

create table sign_ins (
    account_id    blob not null references accounts,
    id            blob not null,
    at            integer not null,
    method        integer not null,
    second_factor integer not null,
    new_device    integer not null,
    browser       text not null,
    os            text not null,
    primary key (account_id, id)
) without rowid;
create index sign_ins_at on sign_ins (at);

-- What deleted tenants on the Free plan used of a month, by their owner: the next one starts with it.
create table spent_quotas (
    account_id blob not null references accounts,
    month      text not null,
    env        integer not null,
    accepted   integer not null,
    primary key (account_id, month, env)
) without rowid;
