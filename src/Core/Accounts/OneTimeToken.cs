using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Core.Accounts;

/// <summary>The purpose of a link in a mail.</summary>
public enum TokenPurpose : byte
{
    /// <summary>Verifies an address and creates the account.</summary>
    SignUp = 0,

    /// <summary>Sets a new password.</summary>
    PasswordReset = 1,

    /// <summary>Verifies a new address of an account.</summary>
    EmailChange = 2,

    /// <summary>Creates the account that owns a new self-hosted server. The link is on the server's console.</summary>
    ServerOwner = 3,
}

/// <summary>A secret that can be used once before it expires. It is deleted in the same step that uses it.</summary>
/// <param name="Hash">SHA-256 of the token in the link.</param>
/// <param name="Purpose">The purpose.</param>
/// <param name="EmailKey">Key of the address: that of the sign-up, or that of the account when the token was created.</param>
/// <param name="AccountId">The account, or <c>null</c> if it doesn't exist yet.</param>
/// <param name="Data">The data of the action, as JSON or text.</param>
/// <param name="CreatedAt">When it was requested.</param>
/// <param name="ExpiresAt">When it expires.</param>
public sealed record OneTimeToken(
    byte[] Hash, TokenPurpose Purpose, string EmailKey, Guid? AccountId, string Data, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>
    /// The mail that contains the token. Tokens of the same mail, one for each attempt to send it, don't replace each other.
    /// </summary>
    public Guid MailId { get; init; } = Guid.CreateVersion7();

    /// <summary>The <see cref="Account.CredentialsVersion"/> for which the token is valid; 0 without an account.</summary>
    public int CredentialsVersion { get; init; }

    /// <summary>Creates a token for a person without an account.</summary>
    public static (OneTimeToken Token, string Secret) Issue(TokenPurpose purpose, EmailAddress email, string data, DateTimeOffset now) =>
        Issue(purpose, email, account: null, data, now);

    /// <summary>Creates a token for an account.</summary>
    public static (OneTimeToken Token, string Secret) Issue(TokenPurpose purpose, Account account, string data, DateTimeOffset now) =>
        Issue(purpose, EmailAddress.OfStored(account.Email), account, data, now);

    private static (OneTimeToken Token, string Secret) Issue(
        TokenPurpose purpose, EmailAddress email, Account? account, string data, DateTimeOffset now)
    {
        var secret = SecretToken.Generate();
        var age = purpose == TokenPurpose.PasswordReset ? Limits.PasswordResetAge : Limits.SignUpAge;
        var token = new OneTimeToken(SecretToken.Hash(secret), purpose, email.Key, account?.Id, data, now, now + age)
        {
            CredentialsVersion = account?.CredentialsVersion ?? 0,
        };
        return (token, secret);
    }
}

/// <summary>
/// A sign-up whose address isn't verified yet. It contains no secret: the person who verifies the address sets the password.
/// </summary>
/// <param name="Email">The address.</param>
/// <param name="Name">The name.</param>
/// <param name="Invitation">SHA-256 of the token of an invitation, in base64, or <c>null</c> if there is no invitation.</param>
public sealed record PendingSignUp(string Email, string Name, string? Invitation);
