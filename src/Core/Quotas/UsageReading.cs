namespace TelemetryKit.Core.Quotas;

/// <summary>The accepted live events of a tenant in a month, as read from the store.</summary>
/// <param name="Month">First day of the UTC calendar month.</param>
/// <param name="Accepted">The number of events.</param>
/// <param name="Limit">The quota, without the events above it that are billed; <c>null</c> if there is no limit.</param>
/// <param name="Overage">The events above the quota that are accepted and billed, or <c>null</c> if none are.</param>
public sealed record UsageReading(DateOnly Month, long Accepted, long? Limit, long? Overage = null);
