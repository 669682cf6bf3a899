using TelemetryKit.Core.Accounts.Roles;

namespace TelemetryKit.Core.Accounts;

/// <summary>
/// A personal token for the management API. It acts as its owner in one tenant, with the role that the owner has there at the time of the
/// request, as far as its scopes allow.
/// </summary>
public sealed record ApiToken
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The tenant for which it is valid.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>The account of its owner.</summary>
    public required Guid AccountId { get; init; }

    /// <summary>The name given by its owner.</summary>
    public required string Name { get; init; }

    /// <summary>Its first characters, for lists.</summary>
    public required string Shown { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What it may do.</summary>
    public required TokenScopes Scopes { get; init; }

    /// <summary>When it expires.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>When it was last used, to within <see cref="Limits.LastUseAccuracy"/>, or <c>null</c> if never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }
}
