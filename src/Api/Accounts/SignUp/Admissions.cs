using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>
/// Who may have an account, and where it goes. Hosted: anybody, with a tenant of their own on the Free plan. One's own server: the first one, who comes to
/// own it, and after that whoever is invited.
/// </summary>
internal sealed class Admissions(IAccountStore accounts, IProjectStore projects, ServerSettings settings, TimeProvider time)
{
    /// <summary>Whether a sign-up may begin, seen from outside: <c>open</c>, <c>first</c> or <c>invitation</c>.</summary>
    public async Task<string> ModeAsync(CancellationToken cancellationToken) =>
        settings.Accounts.Hosted ? "open"
        : await accounts.Tenants.HasOwnerAsync(await ServerTenantAsync(cancellationToken), cancellationToken) ? "invitation" : "first";

    /// <summary>Where a new account goes now; <c>null</c> where it may not be.</summary>
    public async Task<Admission?> FindAsync(EmailAddress email, string name, byte[]? invitation, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (settings.Accounts.Hosted)
            return new Admission.OwnTenant(Guid.CreateVersion7(now), $"{name}'s tools", PlanId.Free, invitation, now);
        if (invitation is not null)
        {
            var found = await accounts.Invitations.FindAsync(invitation, now, cancellationToken);
            return found is not null && EmailAddress.OfStored(found.Email).Key == email.Key ? new Admission.Invited(invitation, now) : null;
        }

        var server = await ServerTenantAsync(cancellationToken);
        return await accounts.Tenants.HasOwnerAsync(server, cancellationToken) ? null : new Admission.ServerOwner(server, now);
    }

    /// <summary>The tenant that can't be deleted: one's own server's; <c>null</c> on the hosted service.</summary>
    public async Task<Guid?> ProtectedTenantAsync(CancellationToken cancellationToken) => settings.Accounts.Hosted ? null : await ServerTenantAsync(cancellationToken);

    private Task<Guid> ServerTenantAsync(CancellationToken cancellationToken) => projects.EnsureDefaultTenantAsync(cancellationToken);
}
