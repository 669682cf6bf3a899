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

-- Takes the shared locks of a commit and then requires the generations of the installs that it relies on. Each statement of a function has
-- its own snapshot, so that of the generations is younger than the locks.
create function commit_confirms(locks bigint[], project_ids uuid[], envs smallint[], generations bigint[]) returns void
language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(lock) from unnest(locks) as lock;
    for i in 1 .. cardinality(generations) loop
        if generations[i] <> coalesce(
            (select g.generation from install_generations g where g.project_id = project_ids[i] and g.env = envs[i]), 0) then
            perform commit_requires(generations[i], null);
        end if;
    end loop;
end
$$;
