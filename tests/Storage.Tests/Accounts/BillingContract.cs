using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Storage.Tests.Accounts;

/// <summary>The billing of tenants: what decides that something is done once, and what a synchronisation changes.</summary>
public abstract class BillingContract<THarness>(THarness harness) : IClassFixture<THarness>
    where THarness : StoreHarness
{
    private const decimal ProPrice = 0.05m;
    private readonly AccountWorld _world = new(harness);

    private IBillingAccounts Billing => _world.Accounts.Billing;

    private IBillingAccounts Elsewhere => _world.Elsewhere.Billing;

    [Fact]
    public async Task A_tenant_has_one_account_and_one_customer()
    {
        var (_, tenantId) = await _world.TenantAsync(PlanId.Free);
        Assert.Null(await Billing.FindAsync(tenantId, default));
        Assert.Null(await Billing.AddAsync(Guid.NewGuid(), default));

        var added = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => Of(i).AddAsync(tenantId, default))));
        var customers = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            i => Task.Run(() => Of(i).SetCustomerAsync(tenantId, $"cus_{tenantId:N}_{i}", default))));

        Assert.Equal(new BillingAccount { TenantId = tenantId }, Assert.Single(added.Distinct()));
        var customer = Assert.Single(customers.Distinct());
        Assert.Equal(customer, (await Elsewhere.FindAsync(tenantId, default))!.CustomerId);
    }

    [Fact]
    public async Task Of_two_checkouts_at_once_both_get_the_one_that_is_stored()
    {
        var (tenantId, _) = await CustomerAsync();

        var begun = await Task.WhenAll(Enumerable.Range(0, 6).Select(
            i => Task.Run(() => Of(i).BeginCheckoutAsync(tenantId, NewAttempt(PlanId.Pro), null, default))));
        var first = Assert.Single(begun.Distinct());
        Assert.True(await Billing.SetCheckoutPageAsync(tenantId, first.Id, "cs_1", default));
        Assert.False(await Billing.SetCheckoutPageAsync(tenantId, Guid.NewGuid(), "cs_2", default));
        Assert.Equal(first with { PageId = "cs_1" }, (await Elsewhere.FindAsync(tenantId, default))!.Checkout);

        var (other, late) = (NewAttempt(PlanId.Business), NewAttempt(PlanId.Pro));
        Assert.Equal(other, await Elsewhere.BeginCheckoutAsync(tenantId, other, first.Id, default));
        Assert.Equal(other, await Billing.BeginCheckoutAsync(tenantId, late, first.Id, default));
        Assert.Equal(other, await Billing.BeginCheckoutAsync(tenantId, late, null, default));
    }

    [Fact]
    public async Task A_webhook_is_received_once_however_often_it_arrives_at_once()
    {
        var (tenantId, customer) = await CustomerAsync();
        var id = $"evt_{Guid.NewGuid():N}";

        var received = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => Task.Run(() => Of(i).ReceiveAsync(id, customer, _world.Now, default))));

        Assert.Single(received, isNew => isNew);
        Assert.Contains(tenantId, await Elsewhere.ListDueAsync(_world.Now, int.MaxValue, default));
        Assert.DoesNotContain(tenantId, await Elsewhere.ListDueAsync(_world.Now.AddSeconds(-1), int.MaxValue, default));

        Assert.True(await Elsewhere.WasReceivedAsync(tenantId, _world.Now, default));
        Assert.False(await Elsewhere.WasReceivedAsync(tenantId, _world.Now.AddSeconds(1), default));
        Assert.False(await Elsewhere.WasReceivedAsync(Guid.NewGuid(), _world.Now, default));

        // Without a customer, or with that of nobody, it is only received.
        Assert.True(await Billing.ReceiveAsync(id, null, _world.Now, default));
        Assert.False(await Billing.ReceiveAsync(id, "cus_none", _world.Now, default));
        Assert.InRange(await Billing.PurgeReceivedAsync(_world.Now.AddSeconds(1), default), 2, int.MaxValue);
        Assert.True(await Billing.ReceiveAsync(id, customer, _world.Now, default));
    }

    [Fact]
    public async Task The_state_of_a_subscription_is_stored_and_its_plan_is_that_of_the_tenant()
    {
        var (tenantId, customer) = await CustomerAsync();
        var state = Pro() with
        {
            Interval = BillingInterval.Year, PeriodStart = At(1), PeriodEnd = At(2), EndsAt = At(3), UnpaidSince = At(4),
            Next = new(PlanId.Business, BillingInterval.Month, At(5)), Card = new("visa", "4242"), Status = SubscriptionStatus.PastDue,
        };

        var change = await ApplyAsync(tenantId, state);

        Assert.Equal((PlanId.Free, PlanId.Pro), (change!.TenantBefore.PlanId, change.TenantAfter.PlanId));
        var stored = await Elsewhere.FindAsync(tenantId, default);
        Assert.Equal(change.After, stored);
        Assert.Equal((state, customer, _world.Now, 0), (stored!.State, stored.CustomerId, stored.SyncedAt, stored.Failures));
        Assert.Equal(change.TenantAfter, await _world.Elsewhere.Tenants.FindAsync(tenantId, default));
        Assert.Equal(["to pro"], await LinesAsync(tenantId, AuditActions.PlanBilled));

        Assert.Equal(BillingState.None, (await ApplyAsync(tenantId, BillingState.None))!.After.State);
        Assert.Equal(PlanId.Free, (await _world.Elsewhere.Tenants.FindAsync(tenantId, default))!.PlanId);
        Assert.Null(await ApplyAsync(Guid.NewGuid(), state));
        Assert.Null(await Billing.BeginSyncAsync(Guid.NewGuid(), default));
    }

    [Fact]
    public async Task The_same_state_is_recorded_once_by_any_number_of_processes()
    {
        var (tenantId, _) = await CustomerAsync();

        var changes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var sync = (await Of(i).BeginSyncAsync(tenantId, default))!.Sync;
            return await Of(i).ApplyAsync(tenantId, sync, Pro(), _world.Now, default);
        })));

        Assert.Single(changes, change => change is not null && change.TenantBefore.PlanId != change.TenantAfter.PlanId);
        Assert.Single(await LinesAsync(tenantId, AuditActions.PlanBilled));
        Assert.DoesNotContain(tenantId, await Billing.ListDueAsync(DateTimeOffset.MaxValue.AddYears(-1), int.MaxValue, default));
    }

    [Fact]
    public async Task An_older_synchronisation_does_not_overwrite_a_later_one()
    {
        var (tenantId, _) = await CustomerAsync();
        var older = (await Billing.BeginSyncAsync(tenantId, default))!.Sync;
        await ApplyAsync(tenantId, Pro());

        Assert.Null(await Billing.ApplyAsync(tenantId, older, Pro(), _world.Now, default));
        Assert.DoesNotContain(tenantId, await Billing.ListDueAsync(_world.Now, int.MaxValue, default));
        Assert.Null(await Billing.ApplyAsync(tenantId, older, BillingState.None, _world.Now, default));

        Assert.Equal(PlanId.Pro, (await Elsewhere.FindAsync(tenantId, default))!.State.Plan);
        // It is unknown which state was read first.
        Assert.Contains(tenantId, await Billing.ListDueAsync(_world.Now, int.MaxValue, default));
    }

    [Fact]
    public async Task A_tenant_that_is_marked_during_its_synchronisation_is_still_due_after_it()
    {
        var (tenantId, customer) = await CustomerAsync();
        await MarkDueAsync(customer, _world.Now);
        var sync = (await Billing.BeginSyncAsync(tenantId, default))!.Sync;
        // At the same moment of the clock.
        await Elsewhere.ReceiveAsync($"evt_{Guid.NewGuid():N}", customer, _world.Now, default);
        await Billing.ApplyAsync(tenantId, sync, Pro(), _world.Now, default);
        Assert.Contains(tenantId, await Elsewhere.ListDueAsync(_world.Now, int.MaxValue, default));

        await ApplyAsync(tenantId, Pro());
        Assert.DoesNotContain(tenantId, await Elsewhere.ListDueAsync(_world.Now, int.MaxValue, default));
    }

    [Fact]
    public async Task A_failed_synchronisation_is_due_later_and_a_webhook_makes_it_due_at_once()
    {
        var (tenantId, customer) = await CustomerAsync();
        await Billing.FailAsync(tenantId, _world.Now.AddMinutes(5), default);
        await Billing.FailAsync(tenantId, _world.Now.AddMinutes(9), default);
        var failed = await Elsewhere.FindAsync(tenantId, default);
        Assert.Equal((2, _world.Now.AddMinutes(9)), (failed!.Failures, failed.DueAt));
        Assert.DoesNotContain(tenantId, await Billing.ListDueAsync(_world.Now.AddMinutes(8), int.MaxValue, default));

        await MarkDueAsync(customer, _world.Now);
        Assert.Equal(_world.Now, (await Elsewhere.FindAsync(tenantId, default))!.DueAt);
        var after = (await ApplyAsync(tenantId, Pro()))!.After;
        Assert.Equal((0, null), (after.Failures, after.DueAt));
    }

    [Fact]
    public async Task Tenants_are_listed_longest_due_first()
    {
        var (first, of) = await CustomerAsync();
        var (second, ofSecond) = await CustomerAsync();
        await MarkDueAsync(ofSecond, _world.Now.AddHours(-1));
        foreach (var customer in (string[])[of, ofSecond])
            await MarkDueAsync(customer, _world.Now);

        var due = (await Elsewhere.ListDueAsync(_world.Now, int.MaxValue, default)).ToList();
        Assert.InRange(due.IndexOf(second), 0, due.IndexOf(first) - 1);
        var early = await Elsewhere.ListDueAsync(_world.Now.AddMinutes(-59), int.MaxValue, default);
        Assert.Contains(second, early);
        Assert.DoesNotContain(first, early);
        Assert.Equal(due[0], Assert.Single(await Elsewhere.ListDueAsync(_world.Now, 1, default)));
    }

    [Fact]
    public async Task A_customer_is_replaced_once_and_its_checkout_is_forgotten()
    {
        var (tenantId, former) = await CustomerAsync();
        await Billing.BeginCheckoutAsync(tenantId, NewAttempt(PlanId.Pro), null, default);

        var stored = Assert.Single((await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(
            () => Of(i).ReplaceCustomerAsync(tenantId, former, $"{former}_{i}", default))))).Distinct());

        var account = await Elsewhere.FindAsync(tenantId, default);
        Assert.Equal((stored, null), (account!.CustomerId, account.Checkout));
        Assert.NotEqual(former, stored);
        // The webhooks of the former customer are about nobody, and those of the new one about the tenant.
        await MarkDueAsync(former, _world.Now);
        Assert.Null((await Elsewhere.FindAsync(tenantId, default))!.DueAt);
        await MarkDueAsync(stored, _world.Now);
        Assert.Equal(_world.Now, (await Elsewhere.FindAsync(tenantId, default))!.DueAt);

        // A Checkout of the new customer isn't forgotten by a call that is late.
        var attempt = await Billing.BeginCheckoutAsync(tenantId, NewAttempt(PlanId.Business), null, default);
        Assert.Equal(stored, await Billing.ReplaceCustomerAsync(tenantId, former, $"{former}_late", default));
        Assert.Equal(attempt, (await Elsewhere.FindAsync(tenantId, default))!.Checkout);
    }

    [Fact]
    public async Task Hours_since_a_time_can_be_reported_again()
    {
        var (tenantId, _) = await CustomerAsync();
        var project = (await _world.ProjectAsync(tenantId)).Id;
        for (var hour = 0; hour < 3; hour++)
        {
            await AcceptAsync(tenantId, project, 5, new MonthLimits(2, 100));
            harness.Time.Advance(TimeSpan.FromHours(1));
        }

        var hours = await UnreportedAsync(tenantId);
        foreach (var hour in hours)
            await Billing.SetReportedAsync(hour, default);
        Assert.Empty(await UnreportedAsync(tenantId));
        Assert.InRange(await Elsewhere.ReportAgainAsync(hours[1].Hour, default), 2, int.MaxValue);
        Assert.Equal(hours.Skip(1), await UnreportedAsync(tenantId));
    }

    [Fact]
    public async Task Hours_that_are_not_reported_are_listed_page_by_page()
    {
        List<OverageHour> expected = [];
        foreach (var hours in (int[])[2, 1])
        {
            var (tenantId, _) = await CustomerAsync();
            var project = (await _world.ProjectAsync(tenantId)).Id;
            await ApplyAsync(tenantId, Pro());
            for (var hour = 0; hour < hours; hour++)
            {
                await AcceptAsync(tenantId, project, 5, new MonthLimits(2, 100));
                harness.Time.Advance(TimeSpan.FromHours(1));
            }

            expected.AddRange(await UnreportedAsync(tenantId));
        }

        Assert.Equal(3, expected.Count);
        List<OverageHour> listed = [];
        while (await Elsewhere.ListUnreportedAsync(null, DateTimeOffset.MaxValue, listed.LastOrDefault(), 1, default) is [var next])
            listed.Add(next);
        Assert.Equal(listed.Count, listed.Distinct().Count());
        Assert.Equal(listed.OrderBy(one => one.Hour).Select(one => one.Hour), listed.Select(one => one.Hour));
        Assert.Subset(listed.ToHashSet(), expected.ToHashSet());
    }

    [Fact]
    public async Task The_plan_of_the_operator_wins_until_it_is_lifted()
    {
        var (tenantId, _) = await CustomerAsync();
        await ApplyAsync(tenantId, Pro());
        var custom = new CustomLimits(EventsPerMonth: 77, Members: 3);
        await _world.Accounts.Tenants.SetPlanAsync(tenantId, PlanId.Enterprise, custom, _world.Line(AuditActions.PlanChanged), default);
        await Billing.SetOverageCapAsync(tenantId, 100, _world.Line(), default);

        var kept = (await ApplyAsync(tenantId, Pro() with { Plan = PlanId.Business, SubscribedPlan = PlanId.Business }))!.TenantAfter;
        Assert.Equal((PlanId.Enterprise, custom, true), (kept.PlanId, kept.Plan.Custom, kept.PlanByOperator));
        Assert.Null(kept.OverageEvents);

        var tooLate = _world.Accounts.Tenants.LiftPlanAsync(tenantId, _world.Line(AuditActions.PlanLifted), () => false, default);
        await Assert.ThrowsAsync<TooLateException>(() => tooLate);
        var lifted = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => (i % 2 == 0 ? _world.Accounts : _world.Elsewhere)
            .Tenants.LiftPlanAsync(tenantId, _world.Line(AuditActions.PlanLifted), default))));
        var tenant = Assert.Single(lifted.Distinct())!;
        Assert.Equal((PlanId.Business, CustomLimits.None, false), (tenant.PlanId, tenant.Plan.Custom, tenant.PlanByOperator));
        Assert.Equal(2_000, tenant.OverageEvents);
        Assert.Equal(["to business"], await LinesAsync(tenantId, AuditActions.PlanLifted));
        Assert.Null(await _world.Accounts.Tenants.LiftPlanAsync(Guid.NewGuid(), _world.Line(), default));
    }

    [Fact]
    public async Task Without_a_subscription_a_lifted_plan_is_free()
    {
        var (_, tenantId) = await _world.TenantAsync(PlanId.Business);
        Assert.True((await _world.Accounts.Tenants.FindAsync(tenantId, default))!.PlanByOperator);

        var tenant = await _world.Accounts.Tenants.LiftPlanAsync(tenantId, _world.Line(AuditActions.PlanLifted), default);

        Assert.Equal((PlanId.Free, 730), (tenant!.PlanId, tenant.KeptDaysAt(_world.Now)));
    }

    [Fact]
    public async Task A_plan_that_ends_has_the_rules_of_a_downgrade_and_does_not_lock_the_month()
    {
        var (tenantId, _) = await CustomerAsync();
        await ApplyAsync(tenantId, Pro());
        var projects = new List<Guid>();
        for (var i = 0; i < 4; i++)
            projects.Add((await _world.ProjectAsync(tenantId)).Id);
        await AcceptAsync(tenantId, projects[0], 2_000, new MonthLimits(100_000));

        // Entries of the audit log have no order within a millisecond.
        harness.Time.Advance(TimeSpan.FromMilliseconds(2));
        var after = (await ApplyAsync(tenantId, BillingState.None with { Status = SubscriptionStatus.Canceled }))!.TenantAfter;

        Assert.Equal((365, _world.Now), (after.KeptDaysBefore, after.DowngradedAt));
        Assert.Single(await _world.Accounts.Projects.ListAsync(tenantId, default), project => project.IsSuspended);
        Assert.Equal(12_000, (await harness.Store.Projects.FindProjectAsync(projects[0], default))!.MonthlyQuota);
        Assert.Equal(10_000, after.LimitsIn(QuotaMonth.Of(_world.Now.AddMonths(1))).Quota);
        Assert.Equal(["to free", "to pro"], await LinesAsync(tenantId, AuditActions.PlanBilled));
    }

    [Fact]
    public async Task The_cap_is_what_every_key_accepts_above_the_quota_and_earlier_prices_count()
    {
        var (tenantId, _) = await CustomerAsync();
        var project = (await _world.ProjectAsync(tenantId)).Id;
        var key = await _world.KeyAsync(project);
        await ApplyAsync(tenantId, Pro());
        await Billing.SetOverageCapAsync(tenantId, 10_00, _world.Line(AuditActions.ProjectChanged), default);
        var found = (await harness.Store.Keys.FindKeyAsync(key.Hash, _world.Now, default))!.Project;
        Assert.Equal(new MonthLimits(100_000, 20_000), found.LimitsOf(DataEnvironment.Live));
        Assert.Equal(new MonthLimits(10_000), found.LimitsOf(DataEnvironment.Test));

        await using (var commit = await harness.Store.Commits.BeginAsync(default))
        {
            await commit.ReserveQuotaAsync(new QuotaRequest(tenantId, QuotaMonth.Of(_world.Now).FirstDay, 99_900, 100_000));
            await commit.WriteAndCommitAsync([], [], default);
        }

        // 300 events above the quota cost 15 cents.
        await AcceptAsync(tenantId, project, 400, new MonthLimits(100_000, 20_000));
        Assert.Equal(300, (await Billing.ReadOverageAsync(tenantId, QuotaMonth.Of(_world.Now).FirstDay, default)).Events);
        await ApplyAsync(tenantId, Pro() with { Plan = PlanId.Business, SubscribedPlan = PlanId.Business, OverageCentsPerEvent = 0.015m });
        Assert.Equal(new OverageUse(300, 15), await Billing.ReadOverageAsync(tenantId, QuotaMonth.Of(_world.Now).FirstDay, default));
        found = (await harness.Store.Keys.FindKeyAsync(key.Hash, _world.Now, default))!.Project;
        Assert.Equal(new MonthLimits(1_000_000, (long)(9_85 / 0.015m)), found.LimitsOf(DataEnvironment.Live));
        await Billing.SetOverageCapAsync(tenantId, 15, _world.Line(), default);
        Assert.Equal(0, (await harness.Store.Projects.FindProjectAsync(project, default))!.OverageEvents);
        var tenant = await _world.Elsewhere.Tenants.FindAsync(tenantId, default);
        Assert.Equal(1_000, tenant!.LimitsIn(QuotaMonth.Of(_world.Now.AddMonths(1))).Overage);

        await Billing.SetOverageCapAsync(tenantId, null, _world.Line(), default);
        Assert.Null((await harness.Store.Projects.FindProjectAsync(project, default))!.OverageEvents);
        Assert.Equal(3, (await LinesAsync(tenantId, AuditActions.ProjectChanged)).Count);
    }

    [Fact]
    public async Task An_hour_is_listed_until_its_number_is_reported()
    {
        var (tenantId, customer) = await CustomerAsync();
        var project = (await _world.ProjectAsync(tenantId)).Id;
        await AcceptAsync(tenantId, project, 5, new MonthLimits(2, 100));
        var hour = Assert.Single(await UnreportedAsync(tenantId));
        Assert.Equal((customer, 3), (hour.CustomerId, hour.Events));
        Assert.Equal(0, hour.Hour.Minute);

        await AcceptAsync(tenantId, project, 4, new MonthLimits(2, 100));
        await Elsewhere.SetReportedAsync(hour, default);
        var grown = Assert.Single(await UnreportedAsync(tenantId));
        Assert.Equal(7, grown.Events);
        await Billing.SetReportedAsync(grown, default);
        Assert.Empty(await UnreportedAsync(tenantId));
        // A report of the older number that arrives last is the one that the provider has.
        await Elsewhere.SetReportedAsync(hour, default);
        Assert.Equal([grown], await UnreportedAsync(tenantId));
    }

    [Fact]
    public async Task The_billing_of_a_deleted_tenant_is_kept_until_its_subscription_has_ended_and_all_is_reported()
    {
        var (tenantId, customer) = await CustomerAsync();
        var project = (await _world.ProjectAsync(tenantId)).Id;
        await ApplyAsync(tenantId, Pro() with { Card = new("visa", "4242") });
        await AcceptAsync(tenantId, project, 5, new MonthLimits(2, 100));
        await Billing.ReceiveAsync($"evt_{Guid.NewGuid():N}", customer, _world.Now, default);
        await _world.Accounts.Tenants.DeleteAsync(tenantId, _world.Now, default);

        await MarkDueAsync(customer, _world.Now);
        Assert.DoesNotContain(tenantId, await Billing.ListDueAsync(_world.Now.AddYears(1), int.MaxValue, default));
        Assert.Null(await Billing.BeginSyncAsync(tenantId, default));
        var deleted = Assert.Single(await Elsewhere.ListDeletedAsync(null, int.MaxValue, default), one => one.TenantId == tenantId);
        Assert.Equal((customer, "sub_1", null), (deleted.CustomerId, deleted.State.SubscriptionId, deleted.State.Card));
        var hour = Assert.Single(await UnreportedAsync(tenantId));
        await Billing.SetReportedAsync(hour, default);
        Assert.False(await Billing.ForgetAsync(tenantId, default)); // A commit may be under way.

        await _world.Accounts.Projects.PurgeAsync(_world.Now, default);
        await Billing.SetReportedAsync(hour with { Events = 1 }, default);
        Assert.False(await Billing.ForgetAsync(tenantId, default));
        await Billing.SetReportedAsync(hour, default);
        Assert.True(await Billing.ForgetAsync(tenantId, default));
        Assert.DoesNotContain(await Elsewhere.ListDeletedAsync(null, int.MaxValue, default), one => one.TenantId == tenantId);
        foreach (var table in await harness.WithColumnAsync("tenant_id"))
            Assert.Equal((table, 0L), (table, await harness.CountAsync(table, "tenant_id", tenantId)));
    }

    [Fact]
    public async Task A_deleted_tenant_without_a_customer_leaves_no_billing()
    {
        var (_, tenantId) = await _world.TenantAsync(PlanId.Free);
        await Billing.AddAsync(tenantId, default);

        await _world.Accounts.Tenants.DeleteAsync(tenantId, _world.Now, default);

        Assert.Null(await Billing.FindAsync(tenantId, default));
    }

    private static BillingState Pro() => new()
    {
        Plan = PlanId.Pro, SubscribedPlan = PlanId.Pro, SubscriptionId = "sub_1", Status = SubscriptionStatus.Active,
        OverageCentsPerEvent = ProPrice,
    };

    private static DateTimeOffset At(int day) => new(2026, 12, day, 7, 0, 0, TimeSpan.Zero);

    private Task<bool> MarkDueAsync(string customer, DateTimeOffset at) =>
        Elsewhere.ReceiveAsync($"evt_{Guid.NewGuid():N}", customer, at, default);

    private IBillingAccounts Of(int process) => process % 2 == 0 ? Billing : Elsewhere;

    private CheckoutAttempt NewAttempt(PlanId plan) => new(Guid.CreateVersion7(), plan, BillingInterval.Year, _world.Now);

    private async Task<(Guid TenantId, string CustomerId)> CustomerAsync()
    {
        var (_, tenantId) = await _world.TenantAsync(PlanId.Free);
        await Billing.AddAsync(tenantId, default);
        return (tenantId, await Billing.SetCustomerAsync(tenantId, $"cus_{tenantId:N}", default));
    }

    private async Task<BillingChange?> ApplyAsync(Guid tenantId, BillingState state)
    {
        var sync = (await Elsewhere.BeginSyncAsync(tenantId, default))?.Sync ?? 0;
        return await Billing.ApplyAsync(tenantId, sync, state, _world.Now, default);
    }

    private Task<IReadOnlyList<OverageHour>> UnreportedAsync(Guid tenantId) =>
        Elsewhere.ListUnreportedAsync(tenantId, DateTimeOffset.MaxValue, null, int.MaxValue, default);

    private async Task<List<string?>> LinesAsync(Guid tenantId, string action) =>
    [
        .. (await _world.Accounts.Audit.ReadAsync(tenantId, null, 100, default))
            .Where(line => line.Action == action).Select(line => line.Detail),
    ];

    private async Task AcceptAsync(Guid tenantId, Guid project, int events, MonthLimits limits)
    {
        var now = _world.Now;
        var (day, hour) = (DateOnly.FromDateTime(now.UtcDateTime), new DateTimeOffset(now.Date.AddHours(now.Hour), TimeSpan.Zero));
        OverageCount? overage = limits.Included is { } included ? new(hour, included) : null;
        await using var commit = await harness.Store.Commits.BeginAsync(default);
        Assert.Equal<IEnumerable<long>>(
            [events], await commit.ReserveQuotaAsync(new QuotaRequest(tenantId, QuotaMonth.Of(now).FirstDay, events, limits.Most)));
        await commit.WriteAndCommitAsync(
            [new CommitEvents(project, DataEnvironment.Live, [TestData.Batch(events, day)], new UsageDay(tenantId, day), overage)],
            [],
            default);
    }
}
