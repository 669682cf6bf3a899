-- Test events are counted apart, against a bound of their own.
alter table usage add column env smallint not null default 0;
alter table usage drop constraint usage_pkey;
alter table usage add primary key (tenant_id, month, env);

-- What was accepted, by project and the UTC day it arrived on: the rows of a month add up to its row in "usage". What deleted projects had counted stands under the
-- project 0, and what was counted before this table existed on the first day of its month.
create table usage_days (
    tenant_id  uuid not null,
    day        date not null,
    project_id uuid not null,
    env        smallint not null,
    accepted   bigint not null,
    primary key (tenant_id, day, project_id, env)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

insert into usage_days select tenant_id, month, '00000000-0000-0000-0000-000000000000', env, accepted from usage;
