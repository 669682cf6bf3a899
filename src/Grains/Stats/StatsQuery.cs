using TelemetryKit.Grains.Projects;

namespace TelemetryKit.Grains.Stats;

/// <summary>What a statistics question is about. Filters that are <c>null</c> don't restrict.</summary>
/// <param name="Environment">Live or test.</param>
/// <param name="From">First UTC day, inclusive.</param>
/// <param name="To">Last UTC day, inclusive; at most <see cref="Limits.QueryDays"/> days after <paramref name="From"/>.</param>
public sealed record StatsQuery(DataEnvironment Environment, DateOnly From, DateOnly To)
{
    /// <summary>Only this subject.</summary>
    public string? Subject { get; init; }

    /// <summary>Only this event type.</summary>
    public string? Type { get; init; }

    /// <summary>Only this version of the tool.</summary>
    public string? Version { get; init; }

    /// <summary>Only this actor.</summary>
    public string? Actor { get; init; }

    /// <summary>Days in the range.</summary>
    public int Days => To.DayNumber - From.DayNumber + 1;

    /// <summary>Whether anything restricts it but the range.</summary>
    public bool HasFilters => Subject is not null || Type is not null || Version is not null || Actor is not null;

    /// <summary>The same range with nothing else restricted: what is asked of rollups that were built from events the filters had chosen.</summary>
    public StatsQuery WithoutFilters() => this with { Subject = null, Type = null, Version = null, Actor = null };

    /// <summary>The range of the same length just before this one.</summary>
    public StatsQuery Previous() => this with { From = From.AddDays(-Days), To = From.AddDays(-1) };
}

/// <summary>Width of a series' points.</summary>
public enum SeriesInterval
{
    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A UTC day.</summary>
    Day,

    /// <summary>A week that starts on Monday, UTC.</summary>
    Week,

    /// <summary>A calendar month, UTC.</summary>
    Month,
}
