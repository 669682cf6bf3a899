namespace TelemetryKit.Core.Accounts;

/// <summary>A person who signs in. There is none before its address is verified.</summary>
public sealed record Account
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The address as its owner wrote it.</summary>
    public required string Email { get; init; }

    /// <summary>What members call them.</summary>
    public required string Name { get; init; }

    /// <summary>The slow hash of the password; <c>null</c> where they only sign in through GitHub.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>
    /// Whether the password was set by a link to the account's mailbox. Sign-ups once had a password before their address was proved: such
    /// a password may be that of another person, who signed up with this address.
    /// </summary>
    public bool PasswordProved { get; init; }

    /// <summary>The id of their GitHub account, where it is linked.</summary>
    public long? GithubId { get; init; }

    /// <summary>
    /// Grows with every change of what the account signs in with: address, password, second factor, GitHub account. What was checked
    /// against one version counts for nothing with the next.
    /// </summary>
    public int CredentialsVersion { get; init; }

    /// <summary>When a session last changed the password; <c>null</c> if a link to the account's mailbox has set it since.</summary>
    public DateTimeOffset? PasswordChangedAt { get; init; }

    /// <summary>When the account was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether there is a password that may not be the owner's: see <see cref="PasswordProved"/>.</summary>
    public bool HasUnprovedPassword => PasswordHash is not null && !PasswordProved;

    /// <summary>
    /// Whether the address may be changed. A change can be undone with the password from before it: that must not be one that a thief has
    /// just set, so the owner has had time to notice it, or the mailbox has set it.
    /// </summary>
    public bool MayChangeEmailAt(DateTimeOffset now) => PasswordChangedAt is not { } changedAt || now >= changedAt + Limits.EmailUndoAge;
}

/// <summary>The second factor of an account.</summary>
public sealed record TotpState
{
    /// <summary>The secret, protected by the host's data-protection keys.</summary>
    public required string ProtectedSecret { get; init; }

    /// <summary>When a first code proved that an authenticator has the secret; <c>null</c> until then, and until then no code is asked for.</summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>The step of the last code that was accepted.</summary>
    public required long LastStep { get; init; }

    /// <summary>Recovery codes that are left.</summary>
    public required int RecoveryCodes { get; init; }
}
