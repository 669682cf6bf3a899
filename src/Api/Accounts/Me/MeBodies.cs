namespace TelemetryKit.Api.Accounts.Me;

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

/// <summary>A change of the address.</summary>
/// <param name="Email">The new one.</param>
/// <param name="Password">The current password.</param>
internal sealed record ChangeEmailBody(string? Email, string? Password = null);

/// <summary>A change of the password.</summary>
/// <param name="CurrentPassword">The current one.</param>
/// <param name="Password">The new one.</param>
internal sealed record ChangePasswordBody(string? CurrentPassword, string? Password);

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
