namespace TelemetryKit.Api.Accounts.SignIn;

/// <summary>A sign-in.</summary>
/// <param name="Email">The address.</param>
/// <param name="Password">The password.</param>
internal sealed record SignInBody(string? Email, string? Password);

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
