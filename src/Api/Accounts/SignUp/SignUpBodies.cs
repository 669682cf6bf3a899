namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>A sign-up.</summary>
/// <param name="Email">The address.</param>
/// <param name="Password">The password, at least 10 characters and not a common one.</param>
/// <param name="Name">What others call you.</param>
/// <param name="Invitation">The token of an invitation's link.</param>
internal sealed record SignUpBody(string? Email, string? Password, string? Name, string? Invitation = null);

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
