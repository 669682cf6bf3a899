namespace TelemetryKit.Core.Stats;

/// <summary>What a statistics question is about. Filters that are <c>null</c> don't restrict.</summary>
/// <param name="Environment">Live or test.</param>
/// <param name="From">First UTC day, inclusive.</param>
/// <param name="To">Last UTC day, inclusive; at most <see cref="Limits.QueryDays"/> days after <paramref name="From"/>.</param>
public sealed record StatsQuery(DataEnvironment Environment, DateOnly From, DateOnly To)
{
    /// <summary>Only this subject.</summary>
    public string? Subject { get; init; }

    /// <summary>
    /// Subjects that were renamed: what counted under the key is answered under the value. Rollups and events stay as they were sent, so that an alias can be taken
    /// back, and that both what was counted before and what old versions of the tool still send are found under the new name.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Aliases { get; init; }

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

    /// <summary>The query with its aliases, and with the subject it asks for under the name that it has now.</summary>
    public StatsQuery With(IReadOnlyDictionary<string, string> aliases) =>
        aliases.Count == 0 ? this : this with { Aliases = aliases, Subject = Subject is null ? null : aliases.GetValueOrDefault(Subject, Subject) };

    /// <summary>The name that a subject is answered under.</summary>
    public string? NameOf(string? subject) => subject is not null && Aliases is not null && Aliases.TryGetValue(subject, out var name) ? name : subject;

    /// <summary>All names under which the subject that is asked for was counted; <c>null</c> where all subjects are asked for.</summary>
    public IReadOnlyList<string>? SubjectNames() =>
        Subject is null ? null : Aliases is null ? [Subject] : [Subject, .. Aliases.Where(alias => alias.Value == Subject).Select(alias => alias.Key)];

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
