namespace TelemetryKit.Core.Accounts;

/// <summary>A person who signs in. An account is created only when its address has been verified.</summary>
public sealed record Account
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The address as entered by its owner.</summary>
    public required string Email { get; init; }

    /// <summary>The display name.</summary>
    public required string Name { get; init; }

    /// <summary>The slow hash of the password, or <c>null</c> if the account has none and signs in through GitHub.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>
    /// Whether the password was set by a link to the account's mailbox. In earlier versions a sign-up set a password before the address was
    /// verified, so the password may be that of another person who signed up with this address.
    /// </summary>
    public bool PasswordProved { get; init; }

    /// <summary>The id of the linked GitHub account, or <c>null</c> if none is linked.</summary>
    public long? GithubId { get; init; }

    /// <summary>
    /// The name of the linked GitHub account when it was linked, or <c>null</c> if none is or an earlier version linked it.
    /// </summary>
    public string? GithubLogin { get; init; }

    /// <summary>When the GitHub account was linked, or <c>null</c> if none is or an earlier version linked it.</summary>
    public DateTimeOffset? GithubLinkedAt { get; init; }

    /// <summary>
    /// Increases with each change of the credentials: address, password, second factor, GitHub account. A check against one version is
    /// invalid for the next.
    /// </summary>
    public int CredentialsVersion { get; init; }

    /// <summary>When a session last changed the password, or <c>null</c> if a link to the account's mailbox has set it since.</summary>
    public DateTimeOffset? PasswordChangedAt { get; init; }

    /// <summary>
    /// When the password was last set, or <c>null</c> if it wasn't since the account was created. Devices that signed in before are not
    /// known any more.
    /// </summary>
    public DateTimeOffset? DevicesKnownSince { get; init; }

    /// <summary>When the account was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the account has a password that may not be the owner's. See <see cref="PasswordProved"/>.</summary>
    public bool HasUnprovedPassword => PasswordHash is not null && !PasswordProved;

    /// <summary>
    /// Whether the address may be changed. A change can be undone with the previous password, which must not be one that a thief has just
    /// set. So the password must be old enough for the owner to have noticed, or set by a link to the mailbox.
    /// </summary>
    public bool MayChangeEmailAt(DateTimeOffset now) => PasswordChangedAt is not { } changedAt || now >= changedAt + Limits.EmailUndoAge;
}

/// <summary>The second factor of an account.</summary>
public sealed record TotpState
{
    /// <summary>The secret, protected by the host's data-protection keys.</summary>
    public required string ProtectedSecret { get; init; }

    /// <summary>
    /// When a first code confirmed that an authenticator has the secret. Until then it is <c>null</c>, and no code is required.
    /// </summary>
    public DateTimeOffset? ConfirmedAt { get; init; }

    /// <summary>The time step of the last accepted code.</summary>
    public required long LastStep { get; init; }

    /// <summary>The number of unused recovery codes.</summary>
    public required int RecoveryCodes { get; init; }
}
