using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Access;

/// <summary>
/// Finds the caller's membership in a tenant. Returns <c>null</c> if the caller is not a member, if the tenant doesn't exist, or if the
/// caller's API token belongs to another tenant.
/// </summary>
internal sealed class Memberships(IAccountStore store)
{
    /// <summary>Finds the membership by the tenant's id.</summary>
    public async ValueTask<TenantCaller?> OfTenantAsync(Caller caller, Guid tenantId, CancellationToken cancellationToken)
    {
        if (caller.Bearer is { } bearer)
            return bearer.Membership.Tenant.Id == tenantId ? new(caller, bearer.Membership) : null;
        return Join(caller, await store.Tenants.FindMembershipAsync(tenantId, caller.Account.Id, cancellationToken));
    }

    /// <summary>Finds the membership by the id of one of the tenant's projects.</summary>
    public async ValueTask<TenantCaller?> OfProjectAsync(Caller caller, Guid projectId, CancellationToken cancellationToken)
    {
        var membership = await store.Tenants.FindMembershipOfProjectAsync(projectId, caller.Account.Id, cancellationToken);
        return caller.Bearer is { } bearer && bearer.Membership.Tenant.Id != membership?.Tenant.Id ? null : Join(caller, membership);
    }

    private static TenantCaller? Join(Caller caller, Membership? membership) => membership is null ? null : new(caller, membership);
}
