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

-- Takes the shared locks of a commit and returns the generations of its installs. The locks come first, and a volatile function takes a
-- snapshot for each of its statements: a deletion that has committed is seen, and one that commits later waits for this transaction.
create function commit_generations(projects uuid[], envs smallint[], locks bigint[]) returns bigint[] language plpgsql as $$
declare
    found bigint[];
begin
    perform pg_advisory_xact_lock_shared(key) from (select distinct unnest(locks) as key order by 1) ordered;
    select array_agg(coalesce(g.generation, 0) order by s.n) into found
    from unnest(projects, envs) with ordinality as s (project_id, env, n)
    left join install_generations g on g.project_id = s.project_id and g.env = s.env;
    return found;
end
$$;
