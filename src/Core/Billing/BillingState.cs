using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Billing;

/// <summary>
/// What a synchronisation stores for a tenant: the plan that is paid for, and what is shown about the subscription. It follows from the
/// provider's state alone, so any number of synchronisations, in any order after the last change, store the same.
/// </summary>
public sealed record BillingState
{
    /// <summary>A tenant without a subscription.</summary>
    public static BillingState None { get; } = new();

    /// <summary>The plan that is paid for: <see cref="PlanId.Free"/> if none is.</summary>
    public PlanId Plan { get; init; } = PlanId.Free;

    /// <summary>The subscription, or <c>null</c> if there never was one.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>Its status, or <c>null</c> if there never was one.</summary>
    public SubscriptionStatus? Status { get; init; }

    /// <summary>The plan of the subscription, also if it isn't paid.</summary>
    public PlanId? SubscribedPlan { get; init; }

    /// <summary>How often it is paid.</summary>
    public BillingInterval? Interval { get; init; }

    /// <summary>The start of the current period.</summary>
    public DateTimeOffset? PeriodStart { get; init; }

    /// <summary>The end of the current period.</summary>
    public DateTimeOffset? PeriodEnd { get; init; }

    /// <summary>When the subscription ends, or <c>null</c> if it is renewed.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The change at the end of the period, or <c>null</c> if there is none.</summary>
    public ScheduledChange? Next { get; init; }

    /// <summary>Since when an invoice is unpaid, or <c>null</c> if none is.</summary>
    public DateTimeOffset? UnpaidSince { get; init; }

    /// <summary>The price in US cents of one event above the quota, or <c>null</c> if they aren't billed.</summary>
    public decimal? OverageCentsPerEvent { get; init; }

    /// <summary>The card, or <c>null</c> if there is none.</summary>
    public BillingCard? Card { get; init; }

    /// <summary>
    /// Returns the state that follows from a customer. A subscription that gives a plan wins over others, then the larger plan, then the
    /// newer one. A customer that was deleted has no subscription.
    /// </summary>
    public static BillingState Of(BillingCustomer? customer)
    {
        if (customer is null or { IsDeleted: true })
            return None;
        var subscription = customer.Subscriptions.Where(s => s.Plan is not null)
            .OrderByDescending(s => GivesPlan(s.Status)).ThenByDescending(s => IsOpen(s.Status))
            .ThenByDescending(s => GivesPlan(s.Status) ? s.Plan : null).ThenByDescending(s => s.CreatedAt)
            .ThenByDescending(s => s.Id, StringComparer.Ordinal).FirstOrDefault();
        if (subscription is null)
            return None with { Card = customer.Card };
        return new()
        {
            Plan = GivesPlan(subscription.Status) ? subscription.Plan!.Value : PlanId.Free,
            SubscriptionId = subscription.Id,
            Status = subscription.Status,
            SubscribedPlan = subscription.Plan,
            Interval = subscription.Interval,
            PeriodStart = subscription.PeriodStart,
            PeriodEnd = subscription.PeriodEnd,
            EndsAt = subscription.EndsAt,
            Next = subscription.Next,
            UnpaidSince = subscription.UnpaidSince,
            OverageCentsPerEvent = subscription.OverageCentsPerEvent,
            Card = customer.Card,
        };
    }

    /// <summary>Whether a subscription gives its plan: an unpaid invoice doesn't end it before the provider gives up.</summary>
    public static bool GivesPlan(SubscriptionStatus status) =>
        status is SubscriptionStatus.Trialing or SubscriptionStatus.Active or SubscriptionStatus.PastDue;

    /// <summary>Whether a subscription can still be paid or changed, so that a second one must not be begun.</summary>
    public static bool IsOpen(SubscriptionStatus status) =>
        status is not (SubscriptionStatus.Canceled or SubscriptionStatus.IncompleteExpired);
}
