namespace TelemetryKit.Core.Accounts;

/// <summary>A project as its tenant manages it.</summary>
public sealed record ProjectInfo
{
    /// <summary>UUIDv7.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required Guid TenantId { get; init; }

    /// <summary>Its name, the only one of that spelling in the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What can be set.</summary>
    public required ProjectSettings Settings { get; init; }
}

/// <summary>What can be set of a project.</summary>
public sealed record ProjectSettings
{
    /// <summary>Days its data is kept, within the plan's; <c>null</c> for as long as the plan allows.</summary>
    public int? KeptDays { get; init; }

    /// <summary>The only metadata keys that are stored; <c>null</c> where all are.</summary>
    public IReadOnlyList<string>? MetadataAllowList { get; init; }

    /// <summary>Subjects that were renamed: what counts under the key is shown under the value.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();
}

/// <summary>What a reset or a deletion took away.</summary>
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

    /// <summary>Both together.</summary>
    public Removed Plus(Removed other) =>
        new() { Events = Events + other.Events, Days = Days + other.Days, Installs = Installs + other.Installs, Keys = Keys + other.Keys };
}
