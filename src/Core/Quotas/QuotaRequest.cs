namespace TelemetryKit.Core.Quotas;

/// <summary>A request to reserve quota: the events that a tenant wants to add to a month.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Month">First day of the UTC calendar month.</param>
/// <param name="Wanted">Number of events to add, 1 or more.</param>
/// <param name="Limit">The most events the month may hold: the quota and what is billed above it; <c>null</c> if there is no limit.</param>
/// <param name="Environment">Live or test. Each has its own quota.</param>
public readonly record struct QuotaRequest(
    Guid TenantId, DateOnly Month, long Wanted, long? Limit, DataEnvironment Environment = DataEnvironment.Live);
