using TelemetryKit.Core.Accounts.Plans;

namespace TelemetryKit.Core.Billing;

/// <summary>What the payment provider knows about a customer, as one synchronisation reads it.</summary>
public sealed record BillingCustomer
{
    /// <summary>The id of the customer at the provider.</summary>
    public required string Id { get; init; }

    /// <summary>The tenant that the customer was created for, or <c>null</c> if the customer isn't one of ours.</summary>
    public Guid? TenantId { get; init; }

    /// <summary>Whether the customer was deleted at the provider.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>The card that is charged, or <c>null</c> if there is none.</summary>
    public BillingCard? Card { get; init; }

    /// <summary>All subscriptions, also ended ones, in no order.</summary>
    public IReadOnlyList<BillingSubscription> Subscriptions { get; init; } = [];
}

/// <summary>A card, as far as it may be shown.</summary>
/// <param name="Brand">Its brand, such as <c>visa</c>.</param>
/// <param name="LastFour">The last four digits.</param>
public sealed record BillingCard(string Brand, string LastFour);

/// <summary>A subscription of a customer.</summary>
public sealed record BillingSubscription
{
    /// <summary>The id of the subscription at the provider.</summary>
    public required string Id { get; init; }

    /// <summary>The status.</summary>
    public required SubscriptionStatus Status { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The plan, or <c>null</c> if the subscription has no price that is one of ours.</summary>
    public PlanId? Plan { get; init; }

    /// <summary>How often it is paid.</summary>
    public BillingInterval Interval { get; init; } = BillingInterval.Month;

    /// <summary>The start of the current period.</summary>
    public required DateTimeOffset PeriodStart { get; init; }

    /// <summary>The end of the current period, which is when it is renewed or ends.</summary>
    public required DateTimeOffset PeriodEnd { get; init; }

    /// <summary>When it ends or ended, or <c>null</c> if it is renewed.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>The change at the end of the period, or <c>null</c> if there is none.</summary>
    public ScheduledChange? Next { get; init; }

    /// <summary>When the oldest unpaid invoice was finalized, or <c>null</c> if none is unpaid.</summary>
    public DateTimeOffset? UnpaidSince { get; init; }

    /// <summary>The price in US cents of one event above the quota, or <c>null</c> if they aren't billed.</summary>
    public decimal? OverageCentsPerEvent { get; init; }
}

/// <summary>A change of the plan at the end of a period.</summary>
/// <param name="Plan">The plan from then on.</param>
/// <param name="Interval">How often it is paid from then on.</param>
/// <param name="At">When.</param>
public sealed record ScheduledChange(PlanId Plan, BillingInterval Interval, DateTimeOffset At);

/// <summary>The status of a subscription, with the provider's names.</summary>
public enum SubscriptionStatus
{
    /// <summary>The first payment is missing. The plan doesn't change.</summary>
    Incomplete = 0,

    /// <summary>The first payment was missing for too long. The subscription never began.</summary>
    IncompleteExpired = 1,

    /// <summary>It isn't paid yet, and has the plan.</summary>
    Trialing = 2,

    /// <summary>It is paid.</summary>
    Active = 3,

    /// <summary>A payment failed and is tried again. The plan is kept.</summary>
    PastDue = 4,

    /// <summary>Payments failed for good.</summary>
    Unpaid = 5,

    /// <summary>It ended.</summary>
    Canceled = 6,

    /// <summary>A trial ended without a card.</summary>
    Paused = 7,
}
