using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage.Accounts;
using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Accounts;

/// <summary>
/// The tables <c>billing</c> and <c>billing_events</c>. What also changes the tenant locks the tenant before its billing.
/// </summary>
internal sealed class BillingTable(AccountDatabase database) : IBillingAccounts
{
    private const string Exists = "exists (select 1 from tenants t where t.id = b.tenant_id and t.deleted_at is null)";

    // Its parameters are those of MonthOf.
    private const string CountBilled =
        """
        cast(coalesce((select sum(events) from overage_hours where tenant_id = @tenantId and hour >= @start and hour < @end), 0) as bigint)
        """;

    public Task<BillingAccount?> FindAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.ReadAsync(async sql => (await FindRowAsync(sql, tenantId))?.ToAccount(), cancellationToken);

    public Task<IReadOnlyList<BillingAccount>> ListAsync(Guid? after, int limit, CancellationToken cancellationToken) =>
        ListAsync(Exists, after, limit, cancellationToken);

    public Task<BillingAccount?> AddAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                // Locked, so that it isn't deleted before its billing is added.
                if (await TenantTable.FindAsync(sql, tenantId, database.ForUpdate) is null)
                    return null;
                await sql.ExecuteAsync("insert into billing (tenant_id) values (@tenantId) on conflict do nothing", new { tenantId });
                return (await GetRowAsync(sql, tenantId)).ToAccount();
            },
            cancellationToken);

    public Task<string> SetCustomerAsync(Guid tenantId, string customerId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await sql.ExecuteAsync(
                    "update billing set customer_id = @customerId where tenant_id = @tenantId and customer_id is null",
                    new { tenantId, customerId });
                return (await GetRowAsync(sql, tenantId)).CustomerId!;
            },
            cancellationToken);

    public Task<string> ReplaceCustomerAsync(Guid tenantId, string former, string customerId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                await sql.ExecuteAsync(
                    """
                    update billing set customer_id = @customerId, checkout_id = null, checkout_plan = null, checkout_interval = null,
                        checkout_begun_at = null, checkout_page = null
                    where tenant_id = @tenantId and customer_id = @former
                    """,
                    new { tenantId, customerId, former });
                return (await GetRowAsync(sql, tenantId)).CustomerId!;
            },
            cancellationToken);

    public Task<CheckoutAttempt> BeginCheckoutAsync(
        Guid tenantId, CheckoutAttempt attempt, Guid? replaced, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var stored = (await GetRowAsync(sql, tenantId, database.ForUpdate)).CheckoutId;
                if (stored is null || stored == replaced)
                {
                    await sql.ExecuteAsync(
                        """
                        update billing set checkout_id = @Id, checkout_plan = @Plan, checkout_interval = @Interval,
                            checkout_begun_at = @BegunAt, checkout_page = @PageId
                        where tenant_id = @tenantId
                        """,
                        new { tenantId, attempt.Id, attempt.Plan, attempt.Interval, attempt.BegunAt, attempt.PageId });
                }

                return (await GetRowAsync(sql, tenantId)).ToAccount().Checkout!;
            },
            cancellationToken);

    public Task<bool> SetCheckoutPageAsync(Guid tenantId, Guid attemptId, string pageId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql => await sql.ExecuteAsync(
                "update billing set checkout_page = @pageId where tenant_id = @tenantId and checkout_id = @attemptId",
                new { tenantId, attemptId, pageId }) > 0,
            cancellationToken);

    public Task<bool> ReceiveAsync(string eventId, string? customerId, DateTimeOffset now, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var tenantId = customerId is null ? null : await FindTenantAsync(sql, customerId);
                var added = await sql.ExecuteAsync(
                    "insert into billing_events (tenant_id, event_id, received_at) values (@id, @eventId, @now) on conflict do nothing",
                    new { id = tenantId ?? Guid.Empty, eventId, now });
                if (added == 0)
                    return false;
                if (tenantId is { } found)
                    await MarkDueAsync(sql, found, now);
                return true;
            },
            cancellationToken);

    public Task<bool> WasReceivedAsync(Guid tenantId, DateTimeOffset since, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql => await sql.ValueAsync<long>(
                "select count(*) from billing_events where tenant_id = @tenantId and received_at >= @since", new { tenantId, since }) > 0,
            cancellationToken);

    public Task<IReadOnlyList<Guid>> ListDueAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync(
            sql => sql.ListAsync<Guid>(
                $"select b.tenant_id from billing b where b.due_at <= @now and {Exists} order by b.due_at, b.tenant_id limit @limit",
                new { now, limit }),
            cancellationToken);

    public Task<BillingAccount?> BeginSyncAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var begun = await sql.ExecuteAsync(
                    $"update billing as b set sync = sync + 1 where tenant_id = @tenantId and {Exists}", new { tenantId });
                return begun == 0 ? null : (await GetRowAsync(sql, tenantId)).ToAccount();
            },
            cancellationToken);

    public Task<BillingChange?> ApplyAsync(
        Guid tenantId, long sync, BillingState state, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        return database.WriteAsync(
            async sql =>
            {
                if (await TenantTable.FindAsync(sql, tenantId, database.ForUpdate) is not { } tenantBefore)
                    return null;
                var row = await GetRowAsync(sql, tenantId, database.ForUpdate);
                var before = row.ToAccount();
                if (sync < row.AppliedSync)
                {
                    // It is unknown which of the states the provider had first.
                    if (state != before.State)
                        await MarkDueAsync(sql, tenantId, now);
                    return null;
                }

                var spending = await ReadSpendingAsync(sql, database, row, tenantId, now);
                await sql.ExecuteAsync(
                    """
                    update billing set plan = @Plan, subscription_id = @SubscriptionId, status = @Status, subscribed_plan = @SubscribedPlan,
                        billing_interval = @Interval, period_start = @PeriodStart, period_end = @PeriodEnd, ends_at = @EndsAt,
                        next_plan = @nextPlan, next_interval = @nextInterval, next_at = @nextAt, unpaid_since = @UnpaidSince,
                        overage_price = @overagePrice, card_brand = @cardBrand, card_last_four = @cardLastFour,
                        spent_month = @spentMonth, spent_cents = @spentCents, spent_events = @spentEvents,
                        revision = revision + @change, plan_since = case when plan <> @Plan then @now else plan_since end,
                        synced_at = @now, failures = 0, applied_sync = @sync,
                        due_at = case when due_at is not null and marked_sync >= @sync then due_at end
                    where tenant_id = @tenantId
                    """,
                    BillingRow.ParametersOf(tenantId, state, spending, sync, state == before.State ? 0 : 1, now));
                var after = (await GetRowAsync(sql, tenantId)).ToAccount();
                var tenantAfter = await StoreAsync(sql, tenantBefore, after, spending, now);
                return new BillingChange(before, after, tenantBefore, tenantAfter);
            },
            cancellationToken);
    }

    public Task FailAsync(Guid tenantId, DateTimeOffset nextAt, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync(
                "update billing set failures = failures + 1, due_at = @nextAt where tenant_id = @tenantId", new { tenantId, nextAt }),
            cancellationToken);

    public Task SetOverageCapAsync(Guid tenantId, long? cents, AuditLine line, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cents ?? 0, nameof(cents));
        return database.WriteAsync(
            async sql =>
            {
                if (await TenantTable.FindAsync(sql, tenantId, database.ForUpdate) is not { } tenant)
                    return false;
                var spending = await ReadSpendingAsync(
                    sql, database, await GetRowAsync(sql, tenantId, database.ForUpdate), tenantId, line.At);
                await sql.ExecuteAsync(
                    """
                    update billing set overage_cap = @cents, spent_month = @Month, spent_cents = @spent, spent_events = @Events
                    where tenant_id = @tenantId
                    """,
                    new { tenantId, cents, spending.Month, spent = BillingRow.WriteDecimal(spending.Cents), spending.Events });
                await StoreAsync(sql, tenant, (await GetRowAsync(sql, tenantId)).ToAccount(), spending, line.At);
                return await AuditTable.AddAsync(sql, tenantId, line) > 0;
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<OverageHour>> ListUnreportedAsync(
        Guid? tenantId, DateTimeOffset endedAt, OverageHour? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<OverageHour>>(
            async sql =>
            {
                var condition = (tenantId is null ? "" : "and o.tenant_id = @tenantId ")
                    + (after is null ? "" : "and (o.hour, o.tenant_id) > (@afterHour, @afterTenant)");
                var rows = await sql.ListAsync<HourRow>(
                    $"""
                    select o.tenant_id, b.customer_id, o.hour, o.events from overage_hours o join billing b on b.tenant_id = o.tenant_id
                    where o.events <> o.reported and b.customer_id is not null and (o.hour <= @last or not {Exists}) {condition}
                    order by o.hour, o.tenant_id limit @limit
                    """,
                    new
                    {
                        tenantId, last = endedAt - TimeSpan.FromHours(1), afterHour = after?.Hour, afterTenant = after?.TenantId, limit,
                    });
                return [.. rows.Select(row => new OverageHour(row.TenantId, row.CustomerId, row.Hour, row.Events))];
            },
            cancellationToken);

    // Also a lower number than the stored one: of two reports at once, the provider has the last one.
    public Task SetReportedAsync(OverageHour reported, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reported);
        return database.WriteAsync(
            sql => sql.ExecuteAsync(
                "update overage_hours set reported = @Events where tenant_id = @TenantId and hour = @Hour",
                new { reported.TenantId, reported.Hour, reported.Events }),
            cancellationToken);
    }

    public Task<int> ReportAgainAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync("update overage_hours set reported = 0 where hour >= @since and reported > 0", new { since }),
            cancellationToken);

    public Task<OverageUse> ReadOverageAsync(Guid tenantId, DateOnly month, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async sql =>
            {
                var events = await sql.ValueAsync<long>($"select {CountBilled}", MonthOf(tenantId, QuotaMonth.Of(month)));
                return new OverageUse(events, (await FindRowAsync(sql, tenantId))?.SpentIn(QuotaMonth.Of(month), events) ?? 0);
            },
            cancellationToken);

    public Task<IReadOnlyList<BillingAccount>> ListDeletedAsync(Guid? after, int limit, CancellationToken cancellationToken) =>
        ListAsync($"not {Exists}", after, limit, cancellationToken);

    public Task<bool> ForgetAsync(Guid tenantId, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async sql =>
            {
                var kept = await sql.ValueAsync<long>(
                    """
                    select (select count(*) from tenants where id = @tenantId)
                        + (select count(*) from overage_hours where tenant_id = @tenantId and events <> reported)
                    """,
                    new { tenantId });
                if (kept > 0)
                    return false;
                foreach (var table in (string[])["overage_hours", "billing_events", "billing"])
                    await sql.ExecuteAsync($"delete from {table} where tenant_id = @tenantId", new { tenantId });
                return true;
            },
            cancellationToken);

    public Task<int> PurgeReceivedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        database.WriteAsync(
            sql => sql.ExecuteAsync("delete from billing_events where received_at < @before", new { before }), cancellationToken);

    /// <summary>Returns a locked tenant, whose plan the operator doesn't set, with the plan of its subscription.</summary>
    public static async Task<Tenant> FollowAsync(Sql sql, AccountDatabase database, Tenant tenant, DateTimeOffset now)
    {
        var row = await FindRowAsync(sql, tenant.Id, database.ForUpdate);
        var spending = await ReadSpendingAsync(sql, database, row, tenant.Id, now);
        var account = row?.ToAccount() ?? new BillingAccount { TenantId = tenant.Id };
        return BilledPlan.ApplyTo(tenant, account, new(spending.Accepted, spending.Cents), now);
    }

    /// <summary>
    /// Deletes the billing of a tenant that is deleted. With a customer, it is kept until the subscription has ended, and so are the events
    /// that aren't reported.
    /// </summary>
    public static async Task BeginDeletionAsync(Sql sql, Guid tenantId)
    {
        await sql.ExecuteAsync("delete from billing_events where tenant_id = @tenantId", new { tenantId });
        await sql.ExecuteAsync("delete from billing where tenant_id = @tenantId and customer_id is null", new { tenantId });
        await sql.ExecuteAsync(
            "update billing set due_at = null, card_brand = null, card_last_four = null where tenant_id = @tenantId", new { tenantId });
    }

    private Task<IReadOnlyList<BillingAccount>> ListAsync(
        string condition, Guid? after, int limit, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<BillingAccount>>(
            async sql =>
            {
                var rows = await sql.ListAsync<BillingRow>(
                    $"""
                    select {BillingRow.Columns} from billing b
                    where b.tenant_id > @after and b.customer_id is not null and {condition} order by b.tenant_id limit @limit
                    """,
                    new { after = after ?? Guid.Empty, limit });
                return [.. rows.Select(row => row.ToAccount())];
            },
            cancellationToken);

    private static object MonthOf(Guid tenantId, QuotaMonth month) => new
    {
        tenantId, start = new DateTimeOffset(month.FirstDay, TimeOnly.MinValue, TimeSpan.Zero), end = month.End,
        month = UsageTable.Text(month.FirstDay),
    };

    private static async Task<MonthSpending> ReadSpendingAsync(
        Sql sql, AccountDatabase database, BillingRow? row, Guid tenantId, DateTimeOffset now)
    {
        var month = QuotaMonth.Of(now);
        // One statement, so that both numbers are from the same snapshot.
        var used = await sql.FindAsync<UseRow>(
            $"""
            select {CountBilled} as billed, coalesce((select accepted from usage
                where tenant_id = @tenantId and month = {database.Day("@month")} and env = {(int)DataEnvironment.Live}), 0) as accepted
            """,
            MonthOf(tenantId, month));
        return new(month.Number, row?.SpentIn(month, used!.Billed) ?? 0, used!.Billed, used.Accepted);
    }

    // Stores what follows from the billing for a locked tenant. The audit log has a line if the plan changes.
    private static async Task<Tenant> StoreAsync(
        Sql sql, Tenant before, BillingAccount account, MonthSpending spending, DateTimeOffset now)
    {
        var after = BilledPlan.ApplyTo(before, account, new(spending.Accepted, spending.Cents), now);
        if (after == before)
            return before;
        if (after.PlanId != before.PlanId || after.Plan.Custom != before.Plan.Custom)
        {
            var plan = $"to {after.Plan.Plan.Code}";
            return await TenantTable.StorePlanAsync(
                sql, after, new(Actor.Subscription, AuditActions.PlanBilled, now, after.Id.ToString(), plan));
        }

        await TenantTable.UpdatePlanAsync(sql, after);
        return after;
    }

    private static async Task<Guid?> FindTenantAsync(Sql sql, string customerId) =>
        await sql.ValueAsync<Guid?>(
            $"select b.tenant_id from billing b where b.customer_id = @customerId and {Exists}", new { customerId });

    // A tenant that waits for a repetition is due at once.
    private static Task<int> MarkDueAsync(Sql sql, Guid tenantId, DateTimeOffset now) =>
        sql.ExecuteAsync(
            $"""
            update billing as b set marked_sync = sync, due_at = case when due_at < @now then due_at else @now end
            where b.tenant_id = @tenantId and b.customer_id is not null and {Exists}
            """,
            new { tenantId, now });

    private static Task<BillingRow?> FindRowAsync(Sql sql, Guid tenantId, string forUpdate = "") =>
        sql.FindAsync<BillingRow>(
            $"select {BillingRow.Columns} from billing b where b.tenant_id = @tenantId{forUpdate}", new { tenantId });

    private static async Task<BillingRow> GetRowAsync(Sql sql, Guid tenantId, string forUpdate = "") =>
        await FindRowAsync(sql, tenantId, forUpdate) ?? throw new InvalidOperationException("The tenant has no billing account.");

    private sealed class HourRow
    {
        public Guid TenantId { get; init; }

        public required string CustomerId { get; init; }

        public DateTimeOffset Hour { get; init; }

        public long Events { get; init; }
    }

    private sealed class UseRow
    {
        public long Billed { get; init; }

        public long Accepted { get; init; }
    }
}
