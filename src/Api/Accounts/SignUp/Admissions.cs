using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Plans;
using TelemetryKit.Core.Storage;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>
/// Decides who may sign up, and in which tenant. On the hosted service: everyone, in a new tenant on the Free plan. On a self-hosted
/// server: the first account, which becomes the owner, and then only invited people.
/// </summary>
internal sealed class Admissions(IAccountStore accounts, IProjectStore projects, ServerSettings settings, TimeProvider time)
{
    /// <summary>The mode of a self-hosted server without an owner.</summary>
    public const string First = "first";

    /// <summary>Returns who can sign up: <c>open</c>, <c>first</c> or <c>invitation</c>.</summary>
    public async Task<string> ModeAsync(CancellationToken cancellationToken) =>
        settings.Accounts.Hosted ? "open"
        : await accounts.Tenants.HasOwnerAsync(await ServerTenantAsync(cancellationToken), cancellationToken) ? "invitation" : First;

    /// <summary>Returns the membership of a new account, or <c>null</c> if the sign-up is not allowed.</summary>
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

    /// <summary>Returns the tenant that can't be deleted: that of a self-hosted server, or <c>null</c> on the hosted service.</summary>
    public async Task<Guid?> ProtectedTenantAsync(CancellationToken cancellationToken) =>
        settings.Accounts.Hosted ? null : await ServerTenantAsync(cancellationToken);

    private Task<Guid> ServerTenantAsync(CancellationToken cancellationToken) => projects.EnsureDefaultTenantAsync(cancellationToken);
}
