namespace TelemetryKit.Api.Accounts.Me;

/// <summary>The signed-in account.</summary>
/// <param name="Id">The id of the account.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The display name.</param>
/// <param name="CreatedAt">When the account was created.</param>
/// <param name="HasPassword">Whether the account has a password.</param>
/// <param name="GithubLinked">Whether the account can sign in with GitHub.</param>
/// <param name="GithubLogin">
/// The name of the linked GitHub account when it was linked; null if none is linked, or if an earlier version of the server linked it.
/// </param>
/// <param name="GithubLinkedAt">When it was linked; null likewise.</param>
/// <param name="TotpEnabled">Whether the second factor is enabled.</param>
/// <param name="RecoveryCodesLeft">The number of unused recovery codes.</param>
/// <param name="Tenants">The tenants of which the account is a member.</param>
internal sealed record MeBody(
    Guid Id, string Email, string Name, DateTimeOffset CreatedAt, bool HasPassword, bool GithubLinked, string? GithubLogin,
    DateTimeOffset? GithubLinkedAt, bool TotpEnabled, int RecoveryCodesLeft, IReadOnlyList<MembershipBody> Tenants);

/// <summary>A tenant of which the account is a member.</summary>
/// <param name="Id">The id of the tenant.</param>
/// <param name="Name">The name of the tenant.</param>
/// <param name="Role">The role of the account.</param>
/// <param name="Suspended">Whether the account is suspended, because the tenant has more members than its plan allows.</param>
/// <param name="Plan">The plan of the tenant.</param>
internal sealed record MembershipBody(Guid Id, string Name, string Role, bool Suspended, string Plan);

/// <summary>A change of the e-mail address.</summary>
/// <param name="Email">The new address.</param>
/// <param name="Password">The current password.</param>
internal sealed record ChangeEmailBody(string? Email, string? Password = null);

/// <summary>A change of the password.</summary>
/// <param name="CurrentPassword">The current password. Accounts without a password omit it.</param>
/// <param name="Password">The new password.</param>
/// <param name="EndTokens">Whether all API tokens of the account end as well.</param>
internal sealed record ChangePasswordBody(string? CurrentPassword, string? Password, bool EndTokens = false);

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
internal sealed record SessionBody(
    Guid Id, bool Current, string Device, DateTimeOffset CreatedAt, DateTimeOffset LastSeenAt, DateTimeOffset ExpiresAt);

/// <summary>The sessions of the account.</summary>
/// <param name="Sessions">The sessions, newest first.</param>
internal sealed record SessionsBody(IReadOnlyList<SessionBody> Sessions);

/// <summary>A sign-in.</summary>
/// <param name="At">When it was completed.</param>
/// <param name="Method">How it was started: <c>password</c> or <c>github</c>.</param>
/// <param name="SecondFactor">Whether it was completed with a second factor.</param>
/// <param name="NewDevice">Whether the account had not been used on this device before.</param>
/// <param name="Browser">The family of the browser, such as <c>Firefox</c>, or <c>other</c>.</param>
/// <param name="Os">The family of the operating system, such as <c>Windows</c>, or <c>other</c>.</param>
internal sealed record SignInItem(DateTimeOffset At, string Method, bool SecondFactor, bool NewDevice, string Browser, string Os);

/// <summary>The sign-ins to the account.</summary>
/// <param name="SignIns">The last sign-ins of 90 days, newest first, at most 100.</param>
internal sealed record SignInsBody(IReadOnlyList<SignInItem> SignIns);

/// <summary>The token of a link that only the owner of the account may use.</summary>
/// <param name="Token">The token after <c>#token=</c> in the link.</param>
/// <param name="Password">The password of the account. Not required in a session of the account.</param>
internal sealed record OwnersLinkBody(string? Token, string? Password = null);
