using Stripe;
using TelemetryKit.Core.Billing;

namespace TelemetryKit.Billing;

/// <summary>Reads subscriptions.</summary>
internal sealed class SubscriptionReader(StripeCalls calls, PriceBook prices)
{
    /// <summary>The metadata of a subscription that says if events above the quota are billed.</summary>
    public const string OverageMetadata = "telemetrykit_overage";

    /// <summary>The value of <see cref="OverageMetadata"/> if they are.</summary>
    public const string On = "on";

    /// <summary>Returns the item of the plan, or <c>null</c> if there is none.</summary>
    public static SubscriptionItem? PlanItemOf(Subscription subscription) =>
        subscription.Items.Data.Find(item => PlanPrices.Find(PriceBook.KeyOf(item.Price)) is not null);

    /// <summary>Returns the item of events above the quota, or <c>null</c> if there is none.</summary>
    public static SubscriptionItem? OverageItemOf(Subscription subscription) =>
        subscription.Items.Data.Find(item => PriceBook.IsOverage(PriceBook.KeyOf(item.Price)));

    /// <summary>Whether events above the quota are billed.</summary>
    public static bool BillsOverage(Subscription subscription) =>
        OverageItemOf(subscription) is not null && subscription.Metadata?.GetValueOrDefault(OverageMetadata) == On;

    /// <summary>Returns the schedule that changes a subscription, or <c>null</c> if there is none or it ended.</summary>
    public static SubscriptionSchedule? ScheduleOf(Subscription subscription) =>
        subscription.Schedule is { Status: "active" or "not_started" } schedule ? schedule : null;

    /// <summary>Returns the status with a name of Stripe. An unknown one gives no plan and takes none.</summary>
    public static SubscriptionStatus StatusOf(string status) => status switch
    {
        "incomplete_expired" => SubscriptionStatus.IncompleteExpired,
        "trialing" => SubscriptionStatus.Trialing,
        "active" => SubscriptionStatus.Active,
        "past_due" => SubscriptionStatus.PastDue,
        "unpaid" => SubscriptionStatus.Unpaid,
        "canceled" => SubscriptionStatus.Canceled,
        "paused" => SubscriptionStatus.Paused,
        _ => SubscriptionStatus.Incomplete,
    };

    /// <summary>Reads a subscription with its schedule.</summary>
    /// <exception cref="BillingRefusedException">There is no such subscription.</exception>
    public Task<Subscription> GetAsync(string id, CancellationToken cancellationToken) =>
        calls.RunAsync(
            () => calls.V1.Subscriptions.GetAsync(
                id, new SubscriptionGetOptions { Expand = ["schedule"] }, cancellationToken: cancellationToken),
            cancellationToken);

    /// <summary>Reads all subscriptions of a customer, also ended ones.</summary>
    public async Task<List<Subscription>> ListAsync(string customerId, CancellationToken cancellationToken)
    {
        var options = new SubscriptionListOptions
        {
            Customer = customerId, Status = "all", Limit = 100, Expand = ["data.schedule", "data.default_payment_method"],
        };
        List<Subscription> all = [];
        await foreach (var one in calls.ListAsync(calls.V1.Subscriptions.ListAsync, options, one => one.Id, cancellationToken))
            all.Add(one);
        return all;
    }

    /// <summary>Returns what is stored about a subscription.</summary>
    /// <param name="subscription">The subscription, with its schedule.</param>
    /// <param name="unpaid">The unpaid invoices of its customer.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<BillingSubscription> ReadAsync(
        Subscription subscription, IReadOnlyList<Invoice> unpaid, CancellationToken cancellationToken)
    {
        var item = PlanItemOf(subscription);
        var period = item ?? subscription.Items.Data.FirstOrDefault();
        var plan = PlanPrices.Find(PriceBook.KeyOf(item?.Price));
        var periodEnd = period is null ? Utc(subscription.Created) : Utc(period.CurrentPeriodEnd);
        return new()
        {
            Id = subscription.Id,
            Status = StatusOf(subscription.Status),
            CreatedAt = Utc(subscription.Created),
            Plan = plan?.Plan,
            Interval = plan?.Interval ?? BillingInterval.Month,
            PeriodStart = period is null ? Utc(subscription.Created) : Utc(period.CurrentPeriodStart),
            PeriodEnd = periodEnd,
            EndsAt = Utc(subscription.EndedAt) ?? Utc(subscription.CancelAt)
                ?? (subscription.CancelAtPeriodEnd ? periodEnd : null),
            Next = await ReadNextAsync(subscription, cancellationToken),
            UnpaidSince = unpaid.Where(invoice => invoice.Parent?.SubscriptionDetails?.SubscriptionId == subscription.Id)
                .Select(invoice => (DateTimeOffset?)Utc(invoice.StatusTransitions?.FinalizedAt ?? invoice.Created)).Min(),
            OverageCentsPerEvent = BillsOverage(subscription) ? OverageItemOf(subscription)!.Price.UnitAmountDecimal : null,
        };
    }

    // The first later phase with another plan is the change. A schedule that only continues the plan is none.
    private async Task<ScheduledChange?> ReadNextAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        if (ScheduleOf(subscription) is not { } schedule)
            return null;
        var now = PlanPrices.Find(PriceBook.KeyOf(PlanItemOf(subscription)?.Price));
        var end = schedule.CurrentPhase?.EndDate ?? DateTime.MinValue;
        foreach (var phase in schedule.Phases.Where(phase => phase.StartDate >= end).OrderBy(phase => phase.StartDate))
        {
            foreach (var item in phase.Items)
            {
                if (PlanPrices.Find(await prices.KeyOfAsync(item.PriceId, cancellationToken)) is { } next && next != now)
                    return new(next.Plan, next.Interval, Utc(phase.StartDate));
            }
        }

        return null;
    }

    /// <summary>Returns a time of Stripe.</summary>
    public static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static DateTimeOffset? Utc(DateTime? time) => time is { } value ? Utc(value) : null;
}
