namespace TelemetryKit.Core.Accounts;

/// <summary>
/// A signed-in browser. The cookie contains the token, the store only its SHA-256, so the table can't be used to take over a session.
/// </summary>
public sealed record Session
{
    /// <summary>UUIDv7, for lists.</summary>
    public required Guid Id { get; init; }

    /// <summary>The account.</summary>
    public required Guid AccountId { get; init; }

    /// <summary>Whether the second factor is still required. Such a session allows nothing else.</summary>
    public required bool AwaitsSecondFactor { get; init; }

    /// <summary>How the session was started.</summary>
    public SignInMethod Method { get; init; }

    /// <summary>The browser's User-Agent, shortened, so that the owner can distinguish sessions.</summary>
    public required string Device { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last used, to within <see cref="Limits.LastUseAccuracy"/>.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When it expires, even if it is used.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
