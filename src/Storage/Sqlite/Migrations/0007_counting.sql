-- A month counts only if these describe the rollups that its days have now. Months from before have none: they are folded again.
alter table rollups_monthly add column days integer;        -- how many days of the month had a rollup
alter table rollups_monthly add column revisions integer;   -- the sum of their revisions

-- Increases if installs are deleted, so that no cache relies on an install that it knew before. No row: 0.
create table install_generations (
    project_id blob not null,
    env        integer not null,
    generation integer not null,
    primary key (project_id, env)
) without rowid;
