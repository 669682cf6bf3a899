namespace TelemetryKit.Grains.Accounts.Storage;

/// <summary>What was counted against quotas.</summary>
public interface IUsage
{
    /// <summary>The tenants that had at least so many live events accepted in a month.</summary>
    /// <param name="month">First day of the UTC calendar month.</param>
    /// <param name="atLeast">Events, 1 or more.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<TenantUsage>> ListTenantsAsync(DateOnly month, long atLeast, CancellationToken cancellationToken);
}

/// <summary>A tenant's month.</summary>
/// <param name="Tenant">The tenant.</param>
/// <param name="Accepted">Live events that were accepted.</param>
public sealed record TenantUsage(Tenant Tenant, long Accepted);
