using TelemetryKit.Core.Accounts.Secrets;

namespace TelemetryKit.Core.Accounts;

/// <summary>What a link in a mail is for.</summary>
public enum TokenPurpose : byte
{
    /// <summary>Proves an address and makes the account.</summary>
    SignUp = 0,

    /// <summary>Sets a new password.</summary>
    PasswordReset = 1,

    /// <summary>Proves a new address of an account.</summary>
    EmailChange = 2,
}

/// <summary>A secret that works once, until it expires. Using it and losing it are one step.</summary>
/// <param name="Hash">SHA-256 of what the link carries.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="EmailKey">Key of the address that it is for: the one that signs up, or the one that the account has at the time.</param>
/// <param name="AccountId">Whose it is; <c>null</c> while there is no account yet.</param>
/// <param name="Data">What is to happen, as JSON.</param>
/// <param name="CreatedAt">Now.</param>
/// <param name="ExpiresAt">When it stops working.</param>
public sealed record OneTimeToken(
    byte[] Hash, TokenPurpose Purpose, string EmailKey, Guid? AccountId, string Data, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Makes a token for a person without an account.</summary>
    public static (OneTimeToken Token, string Secret) Issue(TokenPurpose purpose, EmailAddress email, string data, DateTimeOffset now) =>
        Issue(purpose, email, null, data, now);

    /// <summary>Makes a token for an account.</summary>
    public static (OneTimeToken Token, string Secret) Issue(TokenPurpose purpose, Account account, string data, DateTimeOffset now) =>
        Issue(purpose, EmailAddress.OfStored(account.Email), account.Id, data, now);

    private static (OneTimeToken Token, string Secret) Issue(
        TokenPurpose purpose, EmailAddress email, Guid? accountId, string data, DateTimeOffset now)
    {
        var secret = SecretToken.Generate();
        var age = purpose == TokenPurpose.PasswordReset ? Limits.PasswordResetAge : Limits.SignUpAge;
        return (new OneTimeToken(SecretToken.Hash(secret), purpose, email.Key, accountId, data, now, now + age), secret);
    }
}

/// <summary>
/// A sign-up that waits for its address to be proved. Nothing else exists of it until then, and it has no secret: the person who proves the
/// address sets the password.
/// </summary>
/// <param name="Email">The address.</param>
/// <param name="Name">The name.</param>
/// <param name="Invitation">SHA-256 of the invitation that it came with, base64; <c>null</c> where it came without.</param>
public sealed record PendingSignUp(string Email, string Name, string? Invitation);
