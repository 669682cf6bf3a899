namespace TelemetryKit.Api.Accounts.Credentials;

/// <summary>A second factor: one of the two.</summary>
/// <param name="Code">Six digits of the authenticator.</param>
/// <param name="RecoveryCode">A recovery code.</param>
internal sealed record CodeBody(string? Code = null, string? RecoveryCode = null);

/// <summary>The CSRF token of the session.</summary>
/// <param name="CsrfToken">What X-CSRF-Token must say.</param>
internal sealed record CsrfBody(string CsrfToken);

/// <summary>The current password, for what asks for it again.</summary>
/// <param name="Password">The password.</param>
internal sealed record PasswordBody(string? Password = null);
