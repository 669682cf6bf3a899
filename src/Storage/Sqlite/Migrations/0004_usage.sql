-- Test events are counted apart, against a bound of their own.
create table usage_by_env (
    tenant_id blob not null,
    month     text not null,
    env       integer not null,
    accepted  integer not null,
    primary key (tenant_id, month, env)
) without rowid;
insert into usage_by_env select tenant_id, month, 0, accepted from usage;
drop table usage;
alter table usage_by_env rename to usage;

-- What was accepted, by project and the UTC day it arrived on: the rows of a month add up to its row in "usage". What deleted projects had counted stands under the
-- project 0, and what was counted before this table existed on the first day of its month.
create table usage_days (
    tenant_id  blob not null,
    day        text not null,
    project_id blob not null,
    env        integer not null,
    accepted   integer not null,
    primary key (tenant_id, day, project_id, env)
) without rowid;

insert into usage_days select tenant_id, month, x'00000000000000000000000000000000', env, accepted from usage;
