using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>
/// The events that were counted against quotas. They are counted in the transactions that accept them, so the counts are exact.
/// </summary>
public interface IUsage
{
    /// <summary>Returns the tenants with at least <paramref name="atLeast"/> accepted live events in a month.</summary>
    /// <param name="month">First day of the UTC calendar month.</param>
    /// <param name="atLeast">The minimum number of events, 1 or more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<IReadOnlyList<TenantUsage>> ListTenantsAsync(DateOnly month, long atLeast, CancellationToken cancellationToken);

    /// <summary>Returns the usage of a tenant in a month from one snapshot: the sums of the days equal the totals.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="month">First day of the UTC calendar month.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<MonthUsage> ReadAsync(Guid tenantId, DateOnly month, CancellationToken cancellationToken);
}

/// <summary>The live events of a tenant in a month.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Accepted">The number of accepted live events.</param>
public sealed record TenantUsage(Tenant Tenant, long Accepted);

/// <summary>The usage of a tenant in a month.</summary>
/// <param name="Live">Live events that count against the quota.</param>
/// <param name="Test">Events of the test environment that count against their quota.</param>
/// <param name="Days">The same events by day, project and environment, in that order.</param>
public sealed record MonthUsage(long Live, long Test, IReadOnlyList<DayUsage> Days);

/// <summary>The accepted events of a project on a day.</summary>
/// <param name="Day">The UTC day on which the events arrived.</param>
/// <param name="ProjectId">The project, or <c>null</c> for all deleted projects together.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Accepted">The number of events.</param>
public sealed record DayUsage(DateOnly Day, Guid? ProjectId, DataEnvironment Environment, long Accepted);
