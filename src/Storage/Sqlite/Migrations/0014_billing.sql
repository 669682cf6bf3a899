-- The operator's plan wins over a subscription. Events above the quota are accepted up to overage_events in a month and billed; null: none.
-- In the month in which a subscription changed the plan, the interim values replace the quota of the plan and overage_events.
alter table tenants add column plan_by_operator integer not null default 0;
alter table tenants add column overage_events integer;
alter table tenants add column interim_month integer; -- such as 202611
alter table tenants add column interim_quota integer;
alter table tenants add column interim_overage integer;

-- Until now only the operator could set a plan.
update tenants set plan_by_operator = 1
where plan <> 1 or coalesce(monthly_quota, custom_kept_days, custom_members, custom_projects) is not null;

-- The row of a deleted tenant with a customer stays until its subscription has ended and its events above the quota are reported.
-- Synchronisations are numbered in the order in which they began: "sync" is the last one, applied_sync the last one that was stored, and
-- marked_sync the last one that had begun when the tenant was marked as due. Prices are decimal numbers as text.
-- Intervals: 1 month, 2 year. Statuses: 0 incomplete, 1 incomplete_expired, 2 trialing, 3 active, 4 past_due, 5 unpaid, 6 canceled,
-- 7 paused.
create table billing (
    tenant_id         blob primary key,
    customer_id       text,
    plan              integer not null default 1,
    subscription_id   text,
    status            integer,
    subscribed_plan   integer,
    billing_interval  integer,
    period_start      integer,
    period_end        integer,
    ends_at           integer,
    next_plan         integer,
    next_interval     integer,
    next_at           integer,
    unpaid_since      integer,
    overage_price     text,                     -- US cents for an event; null: not billed
    card_brand        text,
    card_last_four    text,
    overage_cap       integer,                  -- US cents in a month; null: none are accepted
    spent_month       integer,                  -- what was spent in this month at earlier prices, and for how many events
    spent_cents       text,
    spent_events      integer,
    checkout_id       blob,
    checkout_plan     integer,
    checkout_interval integer,
    checkout_begun_at integer,
    checkout_page     text,
    due_at            integer,
    revision          integer not null default 0, -- increases with each change of the state
    plan_since        integer,
    synced_at         integer,
    failures          integer not null default 0,
    sync              integer not null default 0,
    applied_sync      integer not null default 0,
    marked_sync       integer not null default 0
) without rowid;
create unique index billing_customer on billing (customer_id) where customer_id is not null;
create index billing_due on billing (due_at) where due_at is not null;

-- Received webhooks. Those of no tenant have the tenant 0.
create table billing_events (
    tenant_id   blob not null,
    event_id    text not null,
    received_at integer not null,
    primary key (tenant_id, event_id)
) without rowid;
create index billing_events_received_at on billing_events (received_at);

-- Events above the quota, by the UTC hour in which they were accepted, and the number that was last reported to be billed.
create table overage_hours (
    tenant_id blob not null,
    hour      integer not null,
    events    integer not null,
    reported  integer not null default 0,
    primary key (tenant_id, hour)
) without rowid;
create index overage_hours_unreported on overage_hours (hour, tenant_id) where events <> reported;
