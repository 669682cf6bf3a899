-- The links to GitHub that were removed: a sign-in doesn't restore them.
create table removed_github_links (
    account_id uuid not null references accounts,
    github_id  bigint not null,
    primary key (account_id, github_id)
);

-- The account that created a key; null for those of the server and for replacements from before. The audit log has the others.
alter table keys add column created_by uuid;
update keys k set created_by = (
    select l.account_id from audit_log l join projects p on p.tenant_id = l.tenant_id
    where p.id = k.project_id and l.action = 'key.created' and l.target = k.id::text limit 1);
