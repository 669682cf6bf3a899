namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>A second factor. Exactly one of the two is given.</summary>
/// <param name="Code">A six-digit code of the authenticator app.</param>
/// <param name="RecoveryCode">A recovery code.</param>
internal sealed record CodeBody(string? Code = null, string? RecoveryCode = null);

/// <summary>The CSRF token of the session.</summary>
/// <param name="CsrfToken">The value of X-CSRF-Token for this session.</param>
internal sealed record CsrfBody(string CsrfToken);

/// <summary>The current password, as a confirmation.</summary>
/// <param name="Password">The current password. Accounts without a password omit it.</param>
internal sealed record PasswordBody(string? Password = null);
