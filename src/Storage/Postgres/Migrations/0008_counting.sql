-- A month counts only if these describe the rollups that its days have now. Months from before have none: they are folded again.
alter table rollups_monthly
    add column days      integer,               -- how many days of the month had a rollup
    add column revisions bigint;                -- the sum of their revisions

-- The former first day of an install whose first day the last statement moved to an earlier one: "returning" sees only new values.
alter table installs add column moved_from date;

-- Increases if installs are deleted, so that no process relies on an install that it knew before. No row: 0.
create table install_generations (
    project_id uuid not null,
    env        smallint not null,
    generation bigint not null,
    primary key (project_id, env)
);
