namespace TelemetryKit.Core.Billing;

/// <summary>What is stored about the billing of a tenant. There is at most one for each tenant.</summary>
public sealed record BillingAccount
{
    private const long MostEvents = 1L << 60;

    /// <summary>The tenant.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>The customer at the provider, or <c>null</c> if it isn't created yet.</summary>
    public string? CustomerId { get; init; }

    /// <summary>What the last synchronisation stored.</summary>
    public BillingState State { get; init; } = BillingState.None;

    /// <summary>Increases with each change of <see cref="State"/>. It tells repeated calls from later ones in idempotency keys.</summary>
    public long Revision { get; init; }

    /// <summary>When the plan of <see cref="State"/> last changed, or <c>null</c> if it never did.</summary>
    public DateTimeOffset? PlanSince { get; init; }

    /// <summary>
    /// The most US cents that the owner spends on events above the quota in a UTC calendar month, or <c>null</c> if they are refused.
    /// </summary>
    public long? OverageCapCents { get; init; }

    /// <summary>The Checkout that was begun last, or <c>null</c> if there was none.</summary>
    public CheckoutAttempt? Checkout { get; init; }

    /// <summary>When a synchronisation is due, or <c>null</c> if none is.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When it was last synchronised, or <c>null</c> if it never was.</summary>
    public DateTimeOffset? SyncedAt { get; init; }

    /// <summary>The failed synchronisations since the last one that succeeded.</summary>
    public int Failures { get; init; }

    /// <summary>
    /// The number of events above the quota of a UTC calendar month that are accepted: what the cap pays for, or <c>null</c> if none are.
    /// </summary>
    public long? OverageEvents =>
        OverageCapCents is { } cap && State.OverageCentsPerEvent is { } price && BillingState.GivesPlan(State.Status ?? default)
            ? price <= 0 ? null : EventsFor(cap, price)
            : null;

    /// <summary>The number of the synchronisation that began last, or 0 if none did. The store counts them for each tenant.</summary>
    public long Sync { get; init; }

    /// <summary>Returns the number of whole events that a sum pays for, at most 2^60.</summary>
    /// <param name="cents">The sum in US cents, 0 or more.</param>
    /// <param name="centsPerEvent">The price of an event in US cents, above 0.</param>
    public static long EventsFor(decimal cents, decimal centsPerEvent) =>
        cents >= centsPerEvent * MostEvents ? MostEvents : (long)decimal.Floor(cents / centsPerEvent);
}

/// <summary>
/// A Checkout that a tenant began. It is stored before the page is created, so that two tabs, or a process that repeats the call after a
/// crash, get one page.
/// </summary>
/// <param name="Id">Identifies the attempt, in the idempotency key of the page.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Interval">How often it is paid.</param>
/// <param name="BegunAt">When it was begun.</param>
/// <param name="PageId">The page, or <c>null</c> if it isn't created yet.</param>
public sealed record CheckoutAttempt(
    Guid Id, Accounts.Plans.PlanId Plan, BillingInterval Interval, DateTimeOffset BegunAt, string? PageId = null);

/// <summary>The events above the quota in a month.</summary>
/// <param name="Events">Their number.</param>
/// <param name="Cents">What they cost in US cents, each at the price of its time, without taxes.</param>
public readonly record struct OverageUse(long Events, decimal Cents);

/// <summary>The events above the quota in an hour, which are billed.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="CustomerId">Its customer.</param>
/// <param name="Hour">The start of the UTC hour.</param>
/// <param name="Events">Their number, 1 or more.</param>
public sealed record OverageHour(Guid TenantId, string CustomerId, DateTimeOffset Hour, long Events);
