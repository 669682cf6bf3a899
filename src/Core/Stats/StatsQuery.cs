using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats;

/// <summary>The range and the filters of a statistics question. Filters that are <c>null</c> don't restrict.</summary>
/// <param name="Environment">Live or test.</param>
/// <param name="From">First UTC day, inclusive.</param>
/// <param name="To">Last UTC day, inclusive; at most <see cref="Limits.QueryDays"/> days after <paramref name="From"/>.</param>
public sealed record StatsQuery(DataEnvironment Environment, DateOnly From, DateOnly To)
{
    /// <summary>Only this subject.</summary>
    public string? Subject { get; init; }

    /// <summary>
    /// Renamed subjects: what was counted under the key is reported under the value. Rollups and events keep the names as sent, so that
    /// an alias can be removed, and so that the new name also covers earlier events and old versions of the tool.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Aliases { get; init; }

    /// <summary>The generation of the project's data (<see cref="Project.Generation"/>) that the answer must include at least.</summary>
    public long Generation { get; init; }

    /// <summary>Only this event type.</summary>
    public string? Type { get; init; }

    /// <summary>Only this version of the tool, or this group of versions, such as <c>1.4.x</c>.</summary>
    public string? Version { get; init; }

    /// <summary>Only this actor.</summary>
    public string? Actor { get; init; }

    /// <summary>The filters by other fields, all of which an event must pass. Rollups don't keep them.</summary>
    public IReadOnlyList<FieldFilter> Filters { get; init; } = [];

    /// <summary>Days in the range.</summary>
    public int Days => To.DayNumber - From.DayNumber + 1;

    /// <summary>Whether any filter is set.</summary>
    public bool HasFilters => Named().Any() || Filters.Count > 0;

    /// <summary>Whether rollups keep events by the combination of filters. They don't keep versions by actor, and groups of them.</summary>
    public bool IsKeptInRollups =>
        Filters.Count == 0 && (Version is null || Actor is null) && Named().All(filter => filter is { Value: not null, IsGroup: false });

    /// <summary>Whether the version is a group of versions, which stores can't select.</summary>
    internal bool SelectsVersionGroup => VersionPattern.TryParse(Version) is not null;

    /// <summary>Returns the count of the events that pass the filters.</summary>
    /// <param name="by">The fields to group by.</param>
    public EventCount Count(params IReadOnlyList<EventField> by)
    {
        var types = by.Where(field => field.OfType is not null).Select(field => new FieldFilter(EventField.Of("type"), field.OfType));
        return new([.. Named(), .. Filters, .. types], by) { Aliases = Aliases };
    }

    /// <summary>Returns the predicate of the events that pass the filters.</summary>
    public EventPredicate Predicate() => new([.. Named(), .. Filters], Aliases);

    /// <summary>Returns the query with the aliases and the generation of a project.</summary>
    public StatsQuery For(Project project) => With(project.Aliases) with { Generation = project.Generation };

    /// <summary>Returns the query with aliases, and with its subject under its current name.</summary>
    public StatsQuery With(IReadOnlyDictionary<string, string> aliases) =>
        aliases.Count == 0
            ? this
            : this with
            {
                Aliases = aliases,
                Subject = Subject is null ? null : aliases.GetValueOrDefault(Subject, Subject),
                Filters = [.. Filters.Select(filter => WithCurrentName(filter, aliases))],
            };

    /// <summary>Returns the name that a subject is reported under.</summary>
    public string? NameOf(string? subject) =>
        subject is not null && Aliases is not null && Aliases.TryGetValue(subject, out var name) ? name : subject;

    /// <summary>Returns all names under which the filter's subject was counted, or <c>null</c> without a filter by subject.</summary>
    public IReadOnlyList<string>? SubjectNames()
    {
        if (Subject is null)
            return null;
        return Aliases is null ? [Subject] : [Subject, .. Aliases.Where(alias => alias.Value == Subject).Select(alias => alias.Key)];
    }

    /// <summary>Returns the query for the range of the same length just before this one.</summary>
    public StatsQuery Previous() => this with { From = From.AddDays(-Days), To = From.AddDays(-1) };

    // A subject can be excluded by a former name, too.
    private static FieldFilter WithCurrentName(FieldFilter filter, IReadOnlyDictionary<string, string> aliases) =>
        filter.Value is { } name && filter.Field.Name == "subject" ? filter with { Value = aliases.GetValueOrDefault(name, name) } : filter;

    private IEnumerable<FieldFilter> Named()
    {
        foreach (var (name, value) in new[] { ("type", Type), ("subject", Subject), ("version", Version), ("actor", Actor) })
        {
            if (value is not null)
                yield return FieldFilter.Of(EventField.Of(name), value);
        }
    }
}
