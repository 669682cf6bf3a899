namespace TelemetryKit.Core.Quotas;

/// <summary>Reserved quota that isn't needed and is returned to the tenant.</summary>
/// <param name="TenantId">The tenant.</param>
/// <param name="Month">First day of the UTC calendar month.</param>
/// <param name="Events">Number of events to subtract, 1 or more.</param>
/// <param name="Environment">Live or test.</param>
public readonly record struct QuotaRelease(Guid TenantId, DateOnly Month, long Events, DataEnvironment Environment = DataEnvironment.Live);
