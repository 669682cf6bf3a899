namespace TelemetryKit.Core.Accounts;

/// <summary>One signed-in browser. The cookie has the token, the store its SHA-256: whoever reads the table can't be anybody.</summary>
public sealed record Session
{
    /// <summary>UUIDv7; names the session in lists.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required Guid AccountId { get; init; }

    /// <summary>True while the second factor is still to come: such a session may do nothing else.</summary>
    public required bool AwaitsSecondFactor { get; init; }

    /// <summary>The browser's own description of itself, shortened, so that its owner can tell sessions apart.</summary>
    public required string Device { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last used, to within <see cref="Limits.LastUseAccuracy"/>.</summary>
    public required DateTimeOffset LastSeenAt { get; init; }

    /// <summary>When it ends, however much it is used.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
