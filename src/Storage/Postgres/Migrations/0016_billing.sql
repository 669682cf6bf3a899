-- The operator's plan wins over a subscription. Events above the quota are accepted up to overage_events in a month and billed; null: none.
-- In the month in which a subscription changed the plan, the interim values replace the quota of the plan and overage_events.
alter table tenants
    add column plan_by_operator boolean not null default false,
    add column overage_events   bigint,
    add column interim_month    integer,        -- such as 202611
    add column interim_quota    bigint,
    add column interim_overage  bigint;

-- Until now only the operator could set a plan.
update tenants set plan_by_operator = true
where plan <> 1 or coalesce(monthly_quota, custom_kept_days, custom_members, custom_projects) is not null;

-- The row of a deleted tenant with a customer stays until its subscription has ended and its events above the quota are reported.
-- Synchronisations are numbered in the order in which they began: "sync" is the last one, applied_sync the last one that was stored, and
-- marked_sync the last one that had begun when the tenant was marked as due. Prices are decimal numbers as text.
-- Intervals: 1 month, 2 year. Statuses: 0 incomplete, 1 incomplete_expired, 2 trialing, 3 active, 4 past_due, 5 unpaid, 6 canceled,
-- 7 paused.
create table billing (
    tenant_id         uuid primary key,
    customer_id       text,
    plan              smallint not null default 1,
    subscription_id   text,
    status            smallint,
    subscribed_plan   smallint,
    billing_interval  smallint,
    period_start      timestamptz,
    period_end        timestamptz,
    ends_at           timestamptz,
    next_plan         smallint,
    next_interval     smallint,
    next_at           timestamptz,
    unpaid_since      timestamptz,
    overage_price     text,                     -- US cents for an event; null: not billed
    card_brand        text,
    card_last_four    text,
    overage_cap       bigint,                   -- US cents in a month; null: none are accepted
    spent_month       integer,                  -- what was spent in this month at earlier prices, and for how many events
    spent_cents       text,
    spent_events      bigint,
    checkout_id       uuid,
    checkout_plan     smallint,
    checkout_interval smallint,
    checkout_begun_at timestamptz,
    checkout_page     text,
    due_at            timestamptz,
    revision          bigint not null default 0, -- increases with each change of the state
    plan_since        timestamptz,
    synced_at         timestamptz,
    failures          integer not null default 0,
    sync              bigint not null default 0,
    applied_sync      bigint not null default 0,
    marked_sync       bigint not null default 0
);
create unique index billing_customer on billing (customer_id) where customer_id is not null;
create index billing_due on billing (due_at) where due_at is not null;

-- Received webhooks. Those of no tenant have the tenant 0.
create table billing_events (
    tenant_id   uuid not null,
    event_id    text not null,
    received_at timestamptz not null,
    primary key (tenant_id, event_id)
);
create index billing_events_received_at on billing_events (received_at);

-- Events above the quota, by the UTC hour in which they were accepted, and the number that was last reported to be billed.
create table overage_hours (
    tenant_id uuid not null,
    hour      timestamptz not null,
    events    bigint not null,
    reported  bigint not null default 0,
    primary key (tenant_id, hour)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
create index overage_hours_unreported on overage_hours (hour, tenant_id) where events <> reported;
