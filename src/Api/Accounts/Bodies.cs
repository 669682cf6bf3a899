namespace TelemetryKit.Api.Accounts;

/// <summary>A sign-up.</summary>
/// <param name="Email">The e-mail address.</param>
/// <param name="Password">The password: at least 10 characters, and not a common one.</param>
/// <param name="Name">The display name.</param>
/// <param name="Invitation">The token of an invitation link.</param>
internal sealed record SignUpBody(string? Email, string? Password, string? Name, string? Invitation = null);

/// <summary>The token of a link.</summary>
/// <param name="Token">The part of the link after <c>#token=</c>.</param>
internal sealed record TokenBody(string? Token);

/// <summary>A sign-in.</summary>
/// <param name="Email">The e-mail address.</param>
/// <param name="Password">The password.</param>
internal sealed record SignInBody(string? Email, string? Password);

/// <summary>A second factor. Exactly one of the two is given.</summary>
/// <param name="Code">A six-digit code of the authenticator app.</param>
/// <param name="RecoveryCode">A recovery code.</param>
internal sealed record CodeBody(string? Code = null, string? RecoveryCode = null);

/// <summary>An e-mail address.</summary>
/// <param name="Email">The e-mail address.</param>
internal sealed record EmailBody(string? Email);

/// <summary>A new password, with the token of a link.</summary>
/// <param name="Token">The part of the link after <c>#token=</c>.</param>
/// <param name="Password">The new password.</param>
internal sealed record ResetBody(string? Token, string? Password);

/// <summary>The session that was started.</summary>
/// <param name="SecondFactorRequired">True if a second factor is required before the session can be used.</param>
/// <param name="CsrfToken">The value of X-CSRF-Token for this session.</param>
internal sealed record SignedInBody(bool SecondFactorRequired, string CsrfToken);

/// <summary>The CSRF token of the session.</summary>
/// <param name="CsrfToken">The value of X-CSRF-Token for this session.</param>
internal sealed record CsrfBody(string CsrfToken);

/// <summary>An account that was created.</summary>
/// <param name="Id">The id of the account.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The display name.</param>
internal sealed record AccountBody(Guid Id, string Email, string Name);

/// <summary>The ways to sign up and sign in.</summary>
/// <param name="Hosted">True for the hosted service.</param>
/// <param name="SignUp">Who can sign up: <c>open</c>, <c>first</c> or <c>invitation</c>.</param>
/// <param name="Github">Whether sign-in with GitHub is available.</param>
internal sealed record OptionsBody(bool Hosted, string SignUp, bool Github);

/// <summary>The signed-in account.</summary>
/// <param name="Id">The id of the account.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The display name.</param>
/// <param name="CreatedAt">When the account was created.</param>
/// <param name="HasPassword">Whether the account has a password.</param>
/// <param name="GithubLinked">Whether the account can sign in with GitHub.</param>
/// <param name="TotpEnabled">Whether the second factor is enabled.</param>
/// <param name="RecoveryCodesLeft">The number of unused recovery codes.</param>
/// <param name="Tenants">The tenants of which the account is a member.</param>
internal sealed record MeBody(
    Guid Id, string Email, string Name, DateTimeOffset CreatedAt, bool HasPassword, bool GithubLinked, bool TotpEnabled, int RecoveryCodesLeft,
    IReadOnlyList<MembershipBody> Tenants);

/// <summary>A tenant of which the account is a member.</summary>
/// <param name="Id">The id of the tenant.</param>
/// <param name="Name">The name of the tenant.</param>
/// <param name="Role">The role of the account.</param>
/// <param name="Plan">The plan of the tenant.</param>
internal sealed record MembershipBody(Guid Id, string Name, string Role, string Plan);

/// <summary>A name.</summary>
/// <param name="Name">The name.</param>
internal sealed record NameBody(string? Name);

/// <summary>A change of the e-mail address.</summary>
/// <param name="Email">The new address.</param>
/// <param name="Password">The current password.</param>
internal sealed record ChangeEmailBody(string? Email, string? Password = null);

/// <summary>A change of the password.</summary>
/// <param name="CurrentPassword">The current password. Accounts without a password omit it.</param>
/// <param name="Password">The new password.</param>
internal sealed record ChangePasswordBody(string? Password, string? CurrentPassword = null);

/// <summary>The current password, as a confirmation.</summary>
/// <param name="Password">The current password. Accounts without a password omit it.</param>
internal sealed record PasswordBody(string? Password = null);

/// <summary>The current password and a second factor, as a confirmation. Exactly one of the codes is given.</summary>
/// <param name="Password">The current password. Accounts without a password omit it.</param>
/// <param name="Code">A six-digit code of the authenticator app.</param>
/// <param name="RecoveryCode">A recovery code.</param>
internal sealed record PasswordAndCodeBody(string? Password = null, string? Code = null, string? RecoveryCode = null);

/// <summary>A new TOTP secret.</summary>
/// <param name="Secret">The secret in base32, for manual entry.</param>
/// <param name="Uri">The secret as an otpauth URI, for a QR code.</param>
internal sealed record TotpBody(string Secret, string Uri);

/// <summary>New recovery codes. Only this response contains them.</summary>
/// <param name="RecoveryCodes">The codes.</param>
/// <param name="CsrfToken">The value of X-CSRF-Token for this session.</param>
internal sealed record RecoveryCodesBody(IReadOnlyList<string> RecoveryCodes, string CsrfToken);

/// <summary>A session.</summary>
/// <param name="Id">The id of the session.</param>
/// <param name="Current">Whether it is the session of this request.</param>
/// <param name="Device">The description of the browser.</param>
/// <param name="CreatedAt">When the session was started.</param>
/// <param name="LastSeenAt">When the session was last used, to the minute.</param>
/// <param name="ExpiresAt">When the session expires.</param>
internal sealed record SessionBody(Guid Id, bool Current, string Device, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt);

/// <summary>The sessions of the account.</summary>
/// <param name="Sessions">The sessions, newest first.</param>
internal sealed record SessionsBody(IReadOnlyList<SessionBody> Sessions);

/// <summary>The amount of deleted data.</summary>
/// <param name="Events">The number of events.</param>
/// <param name="Days">The number of days with counters.</param>
/// <param name="Installs">The number of anonymous installs.</param>
/// <param name="Keys">The number of keys.</param>
internal sealed record RemovedBody(long Events, long Days, long Installs, long Keys)
{
    /// <summary>From what the store says.</summary>
    public static RemovedBody Of(Grains.Accounts.Removed removed) => new(removed.Events, removed.Days, removed.Installs, removed.Keys);
}
