using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Core.Storage.Accounts;

/// <summary>What was counted against quotas, in the very transactions that accepted it.</summary>
public interface IUsage
{
    /// <summary>The tenants that had at least so many live events accepted in a month.</summary>
    /// <param name="month">First day of the UTC calendar month.</param>
    /// <param name="atLeast">Events, 1 or more.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<TenantUsage>> ListTenantsAsync(DateOnly month, long atLeast, CancellationToken cancellationToken);

    /// <summary>A tenant's month, as of one moment: the days add up to the totals.</summary>
    /// <param name="tenantId">The tenant.</param>
    /// <param name="month">First day of the UTC calendar month.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<MonthUsage> ReadAsync(Guid tenantId, DateOnly month, CancellationToken cancellationToken);
}

/// <summary>A tenant's month, for those who look for tenants.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Accepted">Live events that were accepted.</param>
public sealed record TenantUsage(Tenant Tenant, long Accepted);

/// <summary>A tenant's month.</summary>
/// <param name="Live">Live events that its quota counted.</param>
/// <param name="Test">Events of the test environment, likewise.</param>
/// <param name="Days">The same by day, project and environment, in that order.</param>
public sealed record MonthUsage(long Live, long Test, IReadOnlyList<DayUsage> Days);

/// <summary>What a project had accepted on a day.</summary>
/// <param name="Day">The UTC day on which the events arrived.</param>
/// <param name="ProjectId">The project; <c>null</c> for all that were deleted, together.</param>
/// <param name="Environment">Live or test.</param>
/// <param name="Accepted">Events.</param>
public sealed record DayUsage(DateOnly Day, Guid? ProjectId, DataEnvironment Environment, long Accepted);
