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
/// <param name="AccountId">Whose it is; <c>null</c> while there is no account yet.</param>
/// <param name="Data">What is to happen, as JSON.</param>
/// <param name="CreatedAt">Now.</param>
/// <param name="ExpiresAt">When it stops working.</param>
public sealed record OneTimeToken(byte[] Hash, TokenPurpose Purpose, Guid? AccountId, string Data, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

/// <summary>A sign-up that waits for its address to be proved. Nothing else exists of it until then.</summary>
/// <param name="Email">The address.</param>
/// <param name="Name">The name.</param>
/// <param name="PasswordHash">The slow hash of the password.</param>
/// <param name="Invitation">SHA-256 of the invitation that it came with, base64; <c>null</c> where it came without.</param>
public sealed record PendingSignUp(string Email, string Name, string PasswordHash, string? Invitation);
