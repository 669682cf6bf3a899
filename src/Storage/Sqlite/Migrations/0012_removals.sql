-- The links to GitHub that were removed: a sign-in doesn't restore them.
create table removed_github_links (
    account_id blob not null references accounts,
    github_id  integer not null,
    primary key (account_id, github_id)
) without rowid;

-- The account that created a key; null for those of the server and for replacements from before. The audit log has the others.
alter table keys add column created_by blob;
update keys set created_by = (
    select l.account_id from audit_log l join projects p on p.tenant_id = l.tenant_id
    where p.id = keys.project_id and l.action = 'key.created'
        and replace(l.target, '-', '') = lower(hex(keys.id)) limit 1);
