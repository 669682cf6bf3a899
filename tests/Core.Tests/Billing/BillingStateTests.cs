using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Core.Tests.Billing;

/// <summary>The state of billing follows from the customer alone.</summary>
public class BillingStateTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 1, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(SubscriptionStatus.Trialing, PlanId.Pro)]
    [InlineData(SubscriptionStatus.Active, PlanId.Pro)]
    [InlineData(SubscriptionStatus.PastDue, PlanId.Pro)]
    [InlineData(SubscriptionStatus.Unpaid, PlanId.Free)]
    [InlineData(SubscriptionStatus.Canceled, PlanId.Free)]
    [InlineData(SubscriptionStatus.Paused, PlanId.Free)]
    [InlineData(SubscriptionStatus.Incomplete, PlanId.Free)]
    [InlineData(SubscriptionStatus.IncompleteExpired, PlanId.Free)]
    public void A_status_gives_the_plan_or_not(SubscriptionStatus status, PlanId expected)
    {
        var state = BillingState.Of(Customer(Subscription("a", status, PlanId.Pro)));
        Assert.Equal(expected, state.Plan);
        Assert.Equal((status, (PlanId?)PlanId.Pro), (state.Status!.Value, state.SubscribedPlan));
    }

    [Fact]
    public void A_deleted_customer_and_one_without_subscriptions_are_free()
    {
        Assert.Equal(BillingState.None, BillingState.Of(null));
        Assert.Equal(BillingState.None, BillingState.Of(Customer(Subscription("a", SubscriptionStatus.Active)) with { IsDeleted = true }));
        Assert.Equal(PlanId.Free, BillingState.Of(Customer()).Plan);
    }

    [Fact]
    public void A_subscription_to_something_else_gives_nothing()
    {
        var state = BillingState.Of(Customer(Subscription("a", SubscriptionStatus.Active) with { Plan = null }));
        Assert.Equal((PlanId.Free, null), (state.Plan, state.SubscriptionId));
    }

    [Fact]
    public void Of_several_subscriptions_one_that_is_paid_decides_whatever_their_order()
    {
        BillingSubscription[] all =
        [
            Subscription("ended", SubscriptionStatus.Canceled, PlanId.Business, days: 9),
            Subscription("failed", SubscriptionStatus.IncompleteExpired, PlanId.Business, days: 8),
            Subscription("small", SubscriptionStatus.Active, PlanId.Pro, days: 7),
            Subscription("large", SubscriptionStatus.PastDue, PlanId.Business, days: 1),
            Subscription("begun", SubscriptionStatus.Incomplete, PlanId.Business, days: 10),
        ];
        var states = Permutations(all).Select(order => BillingState.Of(Customer(order))).Distinct().ToList();
        Assert.Equal("large", Assert.Single(states).SubscriptionId);
        Assert.Equal(PlanId.Business, states[0].Plan);
    }

    [Fact]
    public void A_subscription_that_can_still_be_paid_is_shown_before_one_that_ended()
    {
        var state = BillingState.Of(Customer(
            Subscription("new", SubscriptionStatus.Canceled, days: 5), Subscription("old", SubscriptionStatus.Unpaid, days: 1)));
        Assert.Equal(("old", PlanId.Free), (state.SubscriptionId, state.Plan));
    }

    [Theory]
    [InlineData(1_000, "0.05", 20_000L)]
    [InlineData(1_000, "0.015", 66_666L)]
    [InlineData(0, "0.05", 0L)]
    public void A_cap_pays_for_whole_events(long cents, string price, long events)
    {
        var account = new BillingAccount
        {
            TenantId = Guid.NewGuid(),
            OverageCapCents = cents,
            State = BillingState.Of(Customer(Subscription("a", SubscriptionStatus.Active) with
            {
                OverageCentsPerEvent = decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture),
            })),
        };
        Assert.Equal(events, account.OverageEvents);
        Assert.Null((account with { OverageCapCents = null }).OverageEvents);
        Assert.Null((account with { State = account.State with { Status = SubscriptionStatus.Unpaid } }).OverageEvents);
        Assert.Null((account with { State = BillingState.None }).OverageEvents);
    }

    [Fact]
    public void Each_price_has_a_lookup_key_that_leads_back_to_it()
    {
        foreach (var plan in PlanPrices.Sold)
        {
            foreach (var interval in Enum.GetValues<BillingInterval>())
                Assert.Equal((plan, interval), PlanPrices.Find(PlanPrices.KeyOf(plan, interval)));
            Assert.Null(PlanPrices.Find(PlanPrices.OverageKeyOf(plan)));
            Assert.Equal(PlanTable.Of(plan).MonthlyPriceUsd * 100, PlanPrices.CentsOf(plan, BillingInterval.Month));
        }

        Assert.Null(PlanPrices.Find(null));
    }

    private static IEnumerable<BillingSubscription[]> Permutations(BillingSubscription[] all) =>
        all.Length < 2
            ? [all]
            : all.SelectMany(
                first => Permutations([.. all.Where(other => other != first)]),
                (first, rest) => (BillingSubscription[])[first, .. rest]);

    private static BillingCustomer Customer(params BillingSubscription[] subscriptions) =>
        new() { Id = "cus_1", TenantId = Guid.Empty, Subscriptions = subscriptions };

    private static BillingSubscription Subscription(string id, SubscriptionStatus status, PlanId plan = PlanId.Pro, int days = 0) => new()
    {
        Id = id, Status = status, CreatedAt = Start.AddDays(days), Plan = plan, PeriodStart = Start, PeriodEnd = Start.AddMonths(1),
    };
}
