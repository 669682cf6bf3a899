namespace TelemetryKit.Api.Accounts.SignUp;

/// <summary>A sign-up.</summary>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The display name.</param>
/// <param name="Invitation">The token of an invitation link.</param>
internal sealed record SignUpBody(string? Email, string? Name, string? Invitation = null);

/// <summary>The completion of a sign-up.</summary>
/// <param name="Token">The token after <c>#token=</c> in the link.</param>
/// <param name="Password">The password: at least 10 characters, and not a common one.</param>
/// <param name="Name">The display name; that of the sign-up if it is missing.</param>
/// <param name="Email">The e-mail address. Required, with the name, for the link on the console of a new server; others have one.</param>
internal sealed record VerifyBody(string? Token, string? Password, string? Name = null, string? Email = null);

/// <summary>An account that was created.</summary>
/// <param name="Id">The id of the account.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The display name.</param>
internal sealed record AccountBody(Guid Id, string Email, string Name);

/// <summary>The ways to sign up and sign in.</summary>
/// <param name="Hosted">True for the hosted service.</param>
/// <param name="SignUp">Who can sign up: <c>open</c>, <c>first</c> or <c>invitation</c>.</param>
/// <param name="Github">Whether sign-in with GitHub is available.</param>
/// <param name="DemoProject">The id of the demo project; null unless the server was started with --demo.</param>
/// <param name="DemoKey">A read key of the demo project, which needs no account; null like its id.</param>
/// <param name="HasSession">Whether the request has the cookie of a session, which may have ended.</param>
/// <param name="SellsPlans">Whether plans can be bought on this server.</param>
/// <param name="HasPrivacy">Whether the operator has set a text about privacy.</param>
/// <param name="HasTerms">Whether the operator has set terms of the service.</param>
internal sealed record OptionsBody(
    bool Hosted,
    string SignUp,
    bool Github,
    Guid? DemoProject,
    string? DemoKey,
    bool HasSession,
    bool SellsPlans,
    bool HasPrivacy,
    bool HasTerms);
