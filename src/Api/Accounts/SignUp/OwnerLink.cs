using TelemetryKit.Api.Mail;
using TelemetryKit.Api.Settings;
using TelemetryKit.Core;
using TelemetryKit.Core.Accounts;
using TelemetryKit.Core.Accounts.Secrets;
using TelemetryKit.Core.Storage.Accounts;

namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>
/// The link on the console of a self-hosted server without an owner. The person who opens it becomes the owner without a mail, because the
/// console proves access to the machine. Each start replaces the link of the former one.
/// </summary>
internal sealed class OwnerLink(
    Admissions admissions, IAccountStore store, PublicAddress address, ServerSettings settings, TimeProvider time)
{
    // It belongs to no address: the person enters one.
    private const string NoAddress = "";

    /// <summary>Creates the link, or returns <c>null</c> if the server has an owner or is the hosted service.</summary>
    public async Task<Uri?> CreateAsync(CancellationToken cancellationToken)
    {
        if (settings.Accounts.Hosted || await admissions.ModeAsync(cancellationToken) != Admissions.First)
            return null;
        var (now, secret) = (time.GetUtcNow(), SecretToken.Generate());
        var token = new OneTimeToken(
            SecretToken.Hash(secret), TokenPurpose.ServerOwner, NoAddress, null, "{}", now, now + Limits.SignUpAge);
        return await store.OneTimeTokens.AddAsync(token, cancellationToken)
            ? await address.PageAsync("owner", secret, cancellationToken)
            : null;
    }
}
