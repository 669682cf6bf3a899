using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Access;

/// <summary>Finds what a caller is in a tenant. Nothing, no such tenant, and another tenant than the caller's token is for are the same answer.</summary>
internal sealed class Memberships(IAccountStore store)
{
    /// <summary>By the tenant.</summary>
    public async ValueTask<TenantCaller?> OfTenantAsync(Caller caller, Guid tenantId, CancellationToken cancellationToken)
    {
        if (caller.Bearer is { } bearer)
            return bearer.Membership.Tenant.Id == tenantId ? new(caller, bearer.Membership) : null;
        return Join(caller, await store.Tenants.FindMembershipAsync(tenantId, caller.Account.Id, cancellationToken));
    }

    /// <summary>By one of its projects.</summary>
    public async ValueTask<TenantCaller?> OfProjectAsync(Caller caller, Guid projectId, CancellationToken cancellationToken)
    {
        var membership = await store.Tenants.FindMembershipOfProjectAsync(projectId, caller.Account.Id, cancellationToken);
        return caller.Bearer is { } bearer && bearer.Membership.Tenant.Id != membership?.Tenant.Id ? null : Join(caller, membership);
    }

    private static TenantCaller? Join(Caller caller, Membership? membership) => membership is null ? null : new(caller, membership);
}
