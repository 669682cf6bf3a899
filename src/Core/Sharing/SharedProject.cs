namespace TelemetryKit.Core.Sharing;

/// <summary>A project with a public page.</summary>
public sealed record SharedProject
{
    /// <summary>The project.</summary>
    public required Guid ProjectId { get; init; }

    /// <summary>The name in the addresses of the page and its badges: see <see cref="ShareName"/>.</summary>
    public required string Name { get; init; }

    /// <summary>What the page shows.</summary>
    public required ShareSections Sections { get; init; }

    /// <summary>When the project was first shared.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The parts of a public page. Each is shown only if the project's members chose it.</summary>
[Flags]
public enum ShareSections
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Installs, events and the success rate, and installs by day.</summary>
    Overview = 1 << 0,

    /// <summary>Installs of each command.</summary>
    Commands = 1 << 1,

    /// <summary>Installs of each minor version.</summary>
    Versions = 1 << 2,

    /// <summary>Installs of each operating system.</summary>
    Platforms = 1 << 3,

    /// <summary>Installs of people, of CI services and of agents.</summary>
    Actors = 1 << 4,
}
