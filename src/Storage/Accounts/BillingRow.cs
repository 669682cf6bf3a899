using System.Globalization;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Billing;
using TelemetryKit.Core.Quotas;

namespace TelemetryKit.Storage.Accounts;

/// <summary>A row of the table <c>billing</c>.</summary>
internal sealed class BillingRow
{
    /// <summary>The columns, of the table with the alias <c>b</c>.</summary>
    public const string Columns =
        """
        b.tenant_id, b.customer_id, b.plan, b.subscription_id, b.status, b.subscribed_plan, b.billing_interval, b.period_start,
        b.period_end, b.ends_at, b.next_plan, b.next_interval, b.next_at, b.unpaid_since, b.overage_price, b.card_brand,
        b.card_last_four, b.overage_cap, b.spent_month, b.spent_cents, b.spent_events, b.checkout_id, b.checkout_plan,
        b.checkout_interval, b.checkout_begun_at, b.checkout_page, b.due_at, b.synced_at, b.failures, b.sync, b.applied_sync,
        b.revision, b.plan_since
        """;

    public Guid TenantId { get; init; }

    public string? CustomerId { get; init; }

    public int Plan { get; init; }

    public string? SubscriptionId { get; init; }

    public int? Status { get; init; }

    public int? SubscribedPlan { get; init; }

    public int? BillingInterval { get; init; }

    public DateTimeOffset? PeriodStart { get; init; }

    public DateTimeOffset? PeriodEnd { get; init; }

    public DateTimeOffset? EndsAt { get; init; }

    public int? NextPlan { get; init; }

    public int? NextInterval { get; init; }

    public DateTimeOffset? NextAt { get; init; }

    public DateTimeOffset? UnpaidSince { get; init; }

    public string? OveragePrice { get; init; }

    public string? CardBrand { get; init; }

    public string? CardLastFour { get; init; }

    public long? OverageCap { get; init; }

    public int? SpentMonth { get; init; }

    public string? SpentCents { get; init; }

    public long? SpentEvents { get; init; }

    public Guid? CheckoutId { get; init; }

    public int? CheckoutPlan { get; init; }

    public int? CheckoutInterval { get; init; }

    public DateTimeOffset? CheckoutBegunAt { get; init; }

    public string? CheckoutPage { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? SyncedAt { get; init; }

    public int Failures { get; init; }

    public long Sync { get; init; }

    public long AppliedSync { get; init; }

    public long Revision { get; init; }

    public DateTimeOffset? PlanSince { get; init; }

    /// <summary>Returns what the events above the quota of a month have cost in US cents, each at the price of its time.</summary>
    /// <param name="month">The current month.</param>
    /// <param name="events">The number of these events up to now.</param>
    public decimal SpentIn(QuotaMonth month, long events)
    {
        var (cents, counted) = SpentMonth == month.Number ? (ReadDecimal(SpentCents) ?? 0, SpentEvents ?? 0) : (0, 0);
        return cents + ((events - counted) * (ReadDecimal(OveragePrice) ?? 0));
    }

    public BillingAccount ToAccount() => new()
    {
        TenantId = TenantId,
        CustomerId = CustomerId,
        State = ToState(),
        OverageCapCents = OverageCap,
        Checkout = CheckoutId is { } id
            ? new(id, (PlanId)CheckoutPlan!.Value, (BillingInterval)CheckoutInterval!.Value, CheckoutBegunAt!.Value, CheckoutPage)
            : null,
        DueAt = DueAt,
        SyncedAt = SyncedAt,
        Failures = Failures,
        Sync = Sync,
        Revision = Revision,
        PlanSince = PlanSince,
    };

    /// <summary>Returns the values of a state, by column.</summary>
    public static object ParametersOf(
        Guid tenantId, BillingState state, MonthSpending spending, long sync, int change, DateTimeOffset now) => new
    {
        tenantId,
        state.Plan,
        state.SubscriptionId,
        state.Status,
        state.SubscribedPlan,
        state.Interval,
        state.PeriodStart,
        state.PeriodEnd,
        state.EndsAt,
        nextPlan = state.Next?.Plan,
        nextInterval = state.Next?.Interval,
        nextAt = state.Next?.At,
        state.UnpaidSince,
        overagePrice = WriteDecimal(state.OverageCentsPerEvent),
        cardBrand = state.Card?.Brand,
        cardLastFour = state.Card?.LastFour,
        spentMonth = spending.Month,
        spentCents = WriteDecimal(spending.Cents),
        spentEvents = spending.Events,
        sync,
        change,
        now,
    };

    public static string? WriteDecimal(decimal? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static decimal? ReadDecimal(string? text) => text is null ? null : decimal.Parse(text, CultureInfo.InvariantCulture);

    private BillingState ToState() => new()
    {
        Plan = (PlanId)Plan,
        SubscriptionId = SubscriptionId,
        Status = (SubscriptionStatus?)Status,
        SubscribedPlan = (PlanId?)SubscribedPlan,
        Interval = (BillingInterval?)BillingInterval,
        PeriodStart = PeriodStart,
        PeriodEnd = PeriodEnd,
        EndsAt = EndsAt,
        Next = NextPlan is { } plan ? new((PlanId)plan, (BillingInterval)NextInterval!.Value, NextAt!.Value) : null,
        UnpaidSince = UnpaidSince,
        OverageCentsPerEvent = ReadDecimal(OveragePrice),
        Card = CardBrand is { } brand ? new(brand, CardLastFour ?? "") : null,
    };
}

/// <summary>What a tenant has spent on events above the quota in a month, up to the last change of its billing.</summary>
/// <param name="Month">The month, as <see cref="QuotaMonth.Number"/>.</param>
/// <param name="Cents">The US cents.</param>
/// <param name="Events">The events.</param>
/// <param name="Accepted">All live events of the month.</param>
internal readonly record struct MonthSpending(int Month, decimal Cents, long Events, long Accepted);
