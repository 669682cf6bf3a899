namespace TelemetryKit.Api.Accounts;

/// <summary>A sign-up.</summary>
/// <param name="Email">The address.</param>
/// <param name="Name">What others call you.</param>
/// <param name="Invitation">The token of an invitation's link.</param>
internal sealed record SignUpBody(string? Email, string? Name, string? Invitation = null);

/// <summary>The end of a sign-up.</summary>
/// <param name="Token">What stands behind <c>#token=</c>.</param>
/// <param name="Password">The password, at least 10 characters and not a common one.</param>
/// <param name="Name">What others call you; the name of the sign-up if it is missing.</param>
internal sealed record VerifyBody(string? Token, string? Password, string? Name = null);

/// <summary>The token of a link.</summary>
/// <param name="Token">What stands behind <c>#token=</c>.</param>
internal sealed record TokenBody(string? Token);

/// <summary>The token of a link that only the account's owner may follow.</summary>
/// <param name="Token">What stands behind <c>#token=</c>.</param>
/// <param name="Password">The account's password; not needed in a session of the account.</param>
internal sealed record OwnersLinkBody(string? Token, string? Password = null);

/// <summary>A sign-in.</summary>
/// <param name="Email">The address.</param>
/// <param name="Password">The password.</param>
internal sealed record SignInBody(string? Email, string? Password);

/// <summary>A second factor: one of the two.</summary>
/// <param name="Code">Six digits of the authenticator.</param>
/// <param name="RecoveryCode">A recovery code.</param>
internal sealed record CodeBody(string? Code = null, string? RecoveryCode = null);

/// <summary>An address.</summary>
/// <param name="Email">The address.</param>
internal sealed record EmailBody(string? Email);

/// <summary>A new password by a link.</summary>
/// <param name="Token">What stands behind <c>#token=</c>.</param>
/// <param name="Password">The new password.</param>
internal sealed record ResetBody(string? Token, string? Password);

/// <summary>The answer to a sign-in.</summary>
/// <param name="SecondFactorRequired">True where a second factor has to follow before anything else can be done.</param>
/// <param name="CsrfToken">What X-CSRF-Token must say from now on.</param>
internal sealed record SignedInBody(bool SecondFactorRequired, string CsrfToken);

/// <summary>The CSRF token of the session.</summary>
/// <param name="CsrfToken">What X-CSRF-Token must say.</param>
internal sealed record CsrfBody(string CsrfToken);

/// <summary>An account that was made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Email">Its address.</param>
/// <param name="Name">Its name.</param>
internal sealed record AccountBody(Guid Id, string Email, string Name);

/// <summary>How people get in.</summary>
/// <param name="Hosted">True for the hosted service.</param>
/// <param name="SignUp"><c>open</c>; <c>first</c>: whoever signs up now owns this server; <c>invitation</c>: only with one.</param>
/// <param name="Github">Whether there is a sign-in through GitHub.</param>
internal sealed record OptionsBody(bool Hosted, string SignUp, bool Github);

/// <summary>The signed-in account.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Email">Its address.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">Since when it is there.</param>
/// <param name="HasPassword">Whether it has a password.</param>
/// <param name="GithubLinked">Whether it signs in through GitHub.</param>
/// <param name="TotpEnabled">Whether it has a second factor.</param>
/// <param name="RecoveryCodesLeft">Recovery codes that are left.</param>
/// <param name="Tenants">Where it is a member.</param>
internal sealed record MeBody(
    Guid Id, string Email, string Name, DateTimeOffset CreatedAt, bool HasPassword, bool GithubLinked, bool TotpEnabled, int RecoveryCodesLeft,
    IReadOnlyList<MembershipBody> Tenants);

/// <summary>A tenant the account is a member of.</summary>
/// <param name="Id">The tenant.</param>
/// <param name="Name">Its name.</param>
/// <param name="Role">The account's role.</param>
/// <param name="Plan">The tenant's plan.</param>
internal sealed record MembershipBody(Guid Id, string Name, string Role, string Plan);

/// <summary>A name.</summary>
/// <param name="Name">The name.</param>
internal sealed record NameBody(string? Name);

/// <summary>A change of the address.</summary>
/// <param name="Email">The new one.</param>
/// <param name="Password">The current password.</param>
internal sealed record ChangeEmailBody(string? Email, string? Password = null);

/// <summary>A change of the password.</summary>
/// <param name="CurrentPassword">The current one.</param>
/// <param name="Password">The new one.</param>
internal sealed record ChangePasswordBody(string? CurrentPassword, string? Password);

/// <summary>The current password, for what asks for it again.</summary>
/// <param name="Password">The password.</param>
internal sealed record PasswordBody(string? Password = null);

/// <summary>The current password and a second factor.</summary>
/// <param name="Password">The password.</param>
/// <param name="Code">Six digits of the authenticator.</param>
/// <param name="RecoveryCode">Or a recovery code.</param>
internal sealed record PasswordAndCodeBody(string? Password = null, string? Code = null, string? RecoveryCode = null);

/// <summary>A new TOTP secret.</summary>
/// <param name="Secret">The secret in base32, to be typed.</param>
/// <param name="Uri">The same as an address for a QR code.</param>
internal sealed record TotpBody(string Secret, string Uri);

/// <summary>Recovery codes, shown this once.</summary>
/// <param name="RecoveryCodes">The codes.</param>
/// <param name="CsrfToken">What X-CSRF-Token must say from now on.</param>
internal sealed record RecoveryCodesBody(IReadOnlyList<string> RecoveryCodes, string CsrfToken);

/// <summary>A session.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Current">Whether it is this one.</param>
/// <param name="Device">The browser's own description of itself.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="LastSeenAt">When it was last used, to the minute.</param>
/// <param name="ExpiresAt">Until when at most.</param>
internal sealed record SessionBody(Guid Id, bool Current, string Device, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt);

/// <summary>The sessions of the account.</summary>
/// <param name="Sessions">Newest first.</param>
internal sealed record SessionsBody(IReadOnlyList<SessionBody> Sessions);

/// <summary>What was deleted.</summary>
/// <param name="Events">Events.</param>
/// <param name="Days">Days of counters.</param>
/// <param name="Installs">Anonymous installs.</param>
/// <param name="Keys">Keys.</param>
internal sealed record RemovedBody(long Events, long Days, long Installs, long Keys)
{
    /// <summary>From what the store says.</summary>
    public static RemovedBody Of(Grains.Accounts.Removed removed) => new(removed.Events, removed.Days, removed.Installs, removed.Keys);
}
