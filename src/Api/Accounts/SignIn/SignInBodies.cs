namespace TelemetryKit.Api.Accounts.SignIn;

/// <summary>A sign-in.</summary>
/// <param name="Email">The e-mail address.</param>
/// <param name="Password">The password.</param>
internal sealed record SignInBody(string? Email, string? Password);

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
