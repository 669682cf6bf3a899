namespace TelemetryKit.Core.Accounts;

/// <summary>A personal token for the management API: it acts as its owner, in one tenant, and with whatever role they have there at the time.</summary>
public sealed record ApiToken
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The tenant it works in.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>Whom it acts for.</summary>
    public required Guid AccountId { get; init; }

    /// <summary>What its owner calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Its first characters.</summary>
    public required string Shown { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it stops working; <c>null</c> where never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was last used, to within <see cref="Limits.LastUseAccuracy"/>; <c>null</c> where never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
