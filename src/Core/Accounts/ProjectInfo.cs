namespace TelemetryKit.Core.Accounts;

/// <summary>A project in the management API.</summary>
public sealed record ProjectInfo
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>The tenant.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>Its name, which is unique in the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the project was suspended, or <c>null</c>.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>
    /// Whether the tenant has more projects than its plan allows, and this is one of the newest. It can be read, but events are refused.
    /// </summary>
    public bool IsSuspended => SuspendedAt is not null;

    /// <summary>Its settings.</summary>
    public required ProjectSettings Settings { get; init; }
}

/// <summary>The settings of a project.</summary>
public sealed record ProjectSettings
{
    /// <summary>Days that its data is kept, up to the plan's maximum, or <c>null</c> for that maximum.</summary>
    public int? KeptDays { get; init; }

    /// <summary>The metadata keys that are stored, or <c>null</c> to store all.</summary>
    public IReadOnlyList<string>? MetadataAllowList { get; init; }

    /// <summary>Renamed subjects: statistics of the key are shown under the value.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();
}

/// <summary>The amount of data that a reset or a deletion removed.</summary>
public sealed record Removed
{
    /// <summary>Nothing.</summary>
    public static Removed Nothing { get; } = new();

    /// <summary>Events.</summary>
    public long Events { get; init; }

    /// <summary>Days of counters.</summary>
    public long Days { get; init; }

    /// <summary>Anonymous installs.</summary>
    public long Installs { get; init; }

    /// <summary>Keys.</summary>
    public long Keys { get; init; }

    /// <summary>Returns the sum of both.</summary>
    public Removed Plus(Removed other) =>
        new() { Events = Events + other.Events, Days = Days + other.Days, Installs = Installs + other.Installs, Keys = Keys + other.Keys };
}
