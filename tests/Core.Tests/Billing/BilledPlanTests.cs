using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;

namespace TelemetryKit.Core.Tests.Billing;

public sealed class BilledPlanTests
{
    private const decimal ProPrice = 0.05m;
    private const decimal BusinessPrice = 0.015m;
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly QuotaMonth Month = QuotaMonth.Of(Now);
    private static readonly QuotaMonth Next = QuotaMonth.Of(Now.AddMonths(1));

    [Fact]
    public void An_upgrade_has_the_larger_quota_at_once_and_what_was_used_counts()
    {
        var after = BilledPlan.ApplyTo(Tenant(PlanId.Free), Account(PlanId.Pro), new(9_000, 0), Now);

        Assert.Equal((PlanId.Pro, new(100_000)), (after.PlanId, after.LimitsIn(Month)));
        Assert.Null(after.InterimMonth);
    }

    [Theory]
    [InlineData(0, 100_000)] // The new quota from now on.
    [InlineData(500_000, 600_000)]
    [InlineData(950_000, 1_000_000)] // No more than the larger plan allowed.
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(1_100_000, 1_000_000)]
    public void After_a_downgrade_what_was_used_does_not_count_in_its_month(long accepted, long quota)
    {
        var after = BilledPlan.ApplyTo(Tenant(PlanId.Business), Account(PlanId.Pro), new(accepted, 0), Now);

        Assert.Equal(quota, after.LimitsIn(Month).Quota);
        Assert.Equal(100_000, after.LimitsIn(Next).Quota);
        // The same state once more changes nothing.
        Assert.Equal(after, BilledPlan.ApplyTo(after, Account(PlanId.Pro), new(accepted + 7, 0), Now.AddDays(1)));
    }

    [Fact]
    public void An_upgrade_after_a_downgrade_has_the_quota_of_the_plan()
    {
        var downgraded = BilledPlan.ApplyTo(Tenant(PlanId.Business), Account(PlanId.Pro), new(500_000, 0), Now);

        var after = BilledPlan.ApplyTo(downgraded, Account(PlanId.Business), new(510_000, 0), Now.AddDays(1));

        Assert.Equal(new MonthLimits(1_000_000), after.LimitsIn(Month));
        Assert.Null(after.InterimMonth);
    }

    [Fact]
    public void The_plan_of_the_operator_is_kept_and_no_event_above_it_is_billed()
    {
        var tenant = Tenant(PlanId.Enterprise) with
        {
            PlanByOperator = true, CustomEventsPerMonth = 77, OverageEvents = 5, InterimMonth = Month.Number,
        };

        var after = BilledPlan.ApplyTo(tenant, Account(PlanId.Pro, ProPrice, cap: 50_00), new(0, 0), Now);

        Assert.Equal((PlanId.Enterprise, new(77)), (after.PlanId, after.LimitsIn(Month)));
    }

    [Fact]
    public void Custom_limits_end_with_the_plan_of_the_operator()
    {
        var tenant = Tenant(PlanId.Enterprise) with { CustomEventsPerMonth = 50_000, CustomMembers = 9 };

        var after = BilledPlan.ApplyTo(tenant, Account(PlanId.Free), new(20_000, 0), Now);

        Assert.Equal((PlanId.Free, CustomLimits.None), (after.PlanId, after.Plan.Custom));
        Assert.Equal((30_000, 10_000), (after.LimitsIn(Month).Quota, after.LimitsIn(Next).Quota));
    }

    [Fact]
    public void The_cap_pays_for_events_above_the_quota()
    {
        var after = BilledPlan.ApplyTo(Tenant(PlanId.Pro), Account(PlanId.Pro, ProPrice, cap: 25_00), new(0, 0), Now);

        var limits = after.LimitsIn(Month);
        Assert.Equal(new(100_000, 50_000), limits);
        Assert.Equal((150_000, 100_000), (limits.Most, limits.Included));
        Assert.Null(after.InterimMonth);
        Assert.Null(BilledPlan.ApplyTo(after, Account(PlanId.Pro, ProPrice, cap: null), new(0, 0), Now).OverageEvents);
    }

    [Fact]
    public void What_was_spent_at_the_former_price_counts_against_the_cap_of_the_month()
    {
        var before = BilledPlan.ApplyTo(Tenant(PlanId.Pro), Account(PlanId.Pro, ProPrice, cap: 50_00), new(100_000, 0), Now);

        // 40,000 events at the price of Pro are 20 of 50 dollars.
        var after = BilledPlan.ApplyTo(before, Account(PlanId.Business, BusinessPrice, cap: 50_00), new(140_000, 20_00), Now);

        Assert.Equal(new(1_000_000, 200_000), after.LimitsIn(Month));
        Assert.Equal(new(1_000_000, 333_333), after.LimitsIn(Next));
    }

    [Theory]
    [InlineData(SubscriptionStatus.PastDue, 20_000L)]
    [InlineData(SubscriptionStatus.Unpaid, null)]
    public void Events_above_the_quota_are_accepted_while_the_subscription_gives_its_plan(SubscriptionStatus status, long? events)
    {
        var account = Account(PlanId.Pro, ProPrice, cap: 10_00);

        Assert.Equal(events, (account with { State = account.State with { Status = status } }).OverageEvents);
    }

    /// <summary>
    /// Whatever the owner changes in a month, no more is spent than the largest cap and no more is accepted free of charge than the largest
    /// quota allowed; and the synchronisation of an unchanged state changes nothing.
    /// </summary>
    [Fact]
    public void Any_changes_in_a_month_stay_within_the_caps_and_the_quotas()
    {
        var steps = Gen.Choose(0, int.MaxValue - 1).ArrayOf();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithReplay(12, 7), Prop.ForAll(steps.ToArbitrary(), changes =>
        {
            var tenant = Tenant(PlanId.Free);
            var (accepted, billed, spent, largestCap, largestQuota) = (0L, 0L, 0m, 0L, 10_000L);
            foreach (var change in changes)
            {
                var plan = (PlanId)(1 + (change % 3));
                decimal? price = plan switch { PlanId.Pro => ProPrice, PlanId.Business => BusinessPrice, _ => null };
                var account = Account(plan, price, change / 3 % 4 == 0 ? null : change / 12 % 6_000);
                tenant = BilledPlan.ApplyTo(tenant, account, new(accepted, spent), Now);
                var limits = tenant.LimitsIn(Month);
                var sent = Math.Clamp(limits.Most!.Value - accepted, 0, change / 72_000);
                var above = limits.Included is { } included
                    ? Math.Max(0, accepted + sent - included) - Math.Max(0, accepted - included)
                    : 0;
                (accepted, billed, spent) = (accepted + sent, billed + above, spent + (above * (price ?? 0)));
                (largestCap, largestQuota) = (
                    Math.Max(largestCap, account.OverageCapCents ?? 0), Math.Max(largestQuota, tenant.Plan.EventsPerMonth!.Value));
                if (spent > largestCap || accepted - billed > largestQuota
                    || BilledPlan.ApplyTo(tenant, account, new(accepted, spent), Now) != tenant)
                    return false;
            }

            return true;
        }));
    }

    private static Tenant Tenant(PlanId plan) => new() { Id = Guid.NewGuid(), Name = "t", CreatedAt = Now.AddYears(-1), PlanId = plan };

    private static BillingAccount Account(PlanId plan, decimal? price = null, long? cap = null) => new()
    {
        TenantId = Guid.NewGuid(),
        CustomerId = "cus_1",
        OverageCapCents = cap,
        State = plan == PlanId.Free
            ? BillingState.None
            : new() { Plan = plan, SubscribedPlan = plan, Status = SubscriptionStatus.Active, OverageCentsPerEvent = price },
    };
}
