using TelemetryKit.Counting.Tests.Questions;

namespace TelemetryKit.Counting.Tests.Counter;

/// <summary>
/// The oracle: counts the events of one environment of a project, one by one. It shares no code with the server's statistics.
/// </summary>
/// <param name="facts">The events.</param>
/// <param name="aliases">The current names of renamed subjects.</param>
/// <param name="firstDays">The first day on which each install was active.</param>
internal sealed class EventCounter(
    IEnumerable<Fact> facts, IReadOnlyDictionary<string, string> aliases, IReadOnlyDictionary<string, DateOnly> firstDays)
{
    /// <summary>The value of events that have none.</summary>
    public const string None = "(none)";

    private readonly Dictionary<DateOnly, List<Fact>> _days =
        facts.GroupBy(fact => fact.Day).ToDictionary(day => day.Key, day => day.ToList());
    private readonly Dictionary<DateOnly, long> _newInstalls =
        firstDays.Values.GroupBy(day => day).ToDictionary(day => day.Key, day => (long)day.Count());

    /// <summary>Returns the events of a range that pass a filter.</summary>
    public List<Fact> Find(Filter filter, DateOnly from, DateOnly to)
    {
        List<Fact> found = [];
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            foreach (var fact in _days.GetValueOrDefault(day) ?? [])
            {
                if (Passes(fact, filter))
                    found.Add(fact);
            }
        }

        return found;
    }

    /// <summary>Returns what is counted of the events of a range that pass a filter.</summary>
    public Count CountOf(Filter filter, DateOnly from, DateOnly to) => Count.Of(Find(filter, from, to));

    /// <summary>Returns the installs whose first active day is in a range.</summary>
    public long NewInstalls(DateOnly from, DateOnly to)
    {
        long sum = 0;
        for (var day = from; day <= to; day = day.AddDays(1))
            sum += _newInstalls.GetValueOrDefault(day);
        return sum;
    }

    /// <summary>
    /// Returns the events of each value of a dimension. An event that has several values of a metadata key is in several.
    /// </summary>
    /// <param name="filter">The filter.</param>
    /// <param name="by">The dimension.</param>
    /// <param name="from">The first day.</param>
    /// <param name="to">The last day.</param>
    /// <param name="group">How versions are grouped: <c>minor</c>, <c>major</c>, or <c>null</c>.</param>
    /// <param name="combinations">Whether all values of a list are one.</param>
    public Dictionary<string, List<Fact>> Values(
        Filter filter, string by, DateOnly from, DateOnly to, string? group = null, bool combinations = false) =>
        Values(Find(filter, from, to), by, group, combinations);

    /// <summary>Returns the events of each value of a dimension, as above.</summary>
    public Dictionary<string, List<Fact>> Values(IEnumerable<Fact> facts, string by, string? group = null, bool combinations = false)
    {
        Dictionary<string, List<Fact>> values = [];
        foreach (var fact in facts)
        {
            var all = ValuesOf(fact, by);
            if (combinations)
                all = [string.Join(", ", all.Order(StringComparer.Ordinal))];
            foreach (var value in all.Select(value => VersionOrder.GroupOf(value, group)))
            {
                if (!values.TryGetValue(value, out var own))
                    values[value] = own = [];
                own.Add(fact);
            }
        }

        return values;
    }

    /// <summary>Returns the starts of the intervals of a range.</summary>
    public static List<DateTimeOffset> Intervals(string interval, DateOnly from, DateOnly to)
    {
        List<DateTimeOffset> starts = [];
        var start = new DateTimeOffset(from, TimeOnly.MinValue, TimeSpan.Zero);
        while (interval == "week" && start.DayOfWeek != DayOfWeek.Monday)
            start = start.AddDays(-1);
        if (interval == "month")
            start = start.AddDays(1 - start.Day);
        for (; DateOnly.FromDateTime(start.UtcDateTime) <= to; start = Next(interval, start))
            starts.Add(start);
        return starts;
    }

    /// <summary>Returns the start of the next interval.</summary>
    public static DateTimeOffset Next(string interval, DateTimeOffset start) => interval switch
    {
        "hour" => start.AddHours(1),
        "day" => start.AddDays(1),
        "week" => start.AddDays(7),
        "month" => start.AddMonths(1),
        _ => throw new ArgumentOutOfRangeException(nameof(interval), interval, "It is not an interval."),
    };

    private bool Passes(Fact fact, Filter filter)
    {
        foreach (var (parameter, value) in filter.All)
        {
            var excludes = parameter.StartsWith("not.", StringComparison.Ordinal);
            var name = excludes ? parameter["not.".Length..] : parameter;
            var isPassed = name switch
            {
                "subject" => (NameOf(fact.Subject) ?? None) == NameOf(value),
                "version" => ValuesOf(fact, name).Any(version => version == value || VersionOrder.IsIn(version, value)),
                "os" or "arch" or "runtime" => ValuesOf(fact, name).Contains(value.ToLowerInvariant()),
                _ => ValuesOf(fact, name).Contains(value),
            };
            if (isPassed == excludes)
                return false;
        }

        return true;
    }

    /// <summary>Returns the current name of a subject.</summary>
    public string? NameOf(string? subject) => subject is null ? null : aliases.GetValueOrDefault(subject, subject);

    private IEnumerable<string> ValuesOf(Fact fact, string by) => by switch
    {
        "command" => SubjectOf(fact, "command_executed"),
        "feature" => SubjectOf(fact, "feature_used"),
        "method" => SubjectOf(fact, "method_called"),
        "component" => SubjectOf(fact, "component_rendered"),
        "event" or "type" => [fact.Type],
        "subject" => [NameOf(fact.Subject) ?? None],
        "version" => [fact.Version ?? None],
        "os" => [fact.Os ?? None],
        "arch" => [fact.Arch ?? None],
        "runtime" => [fact.Runtime ?? None],
        "actor" => [fact.Actor ?? None],
        "sdk" => [fact.Sdk ?? None],
        "os_version" => [fact.OsVersion ?? None],
        "agent" => [fact.Agent ?? None],
        "ci_name" => [fact.CiName ?? None],
        "shell" => [fact.Shell ?? None],
        "terminal" => [Text(fact.Terminal)],
        "success" => [Text(fact.Success)],
        "exit_code" => MetadataOf(fact, "exit_code"),
        "error_type" when MetadataOf(fact, "error_type") is [None] && fact.IsError => [NameOf(fact.Subject) ?? None],
        "error_type" => MetadataOf(fact, "error_type"),
        _ when by.StartsWith("meta.", StringComparison.Ordinal) => MetadataOf(fact, by["meta.".Length..]),
        _ => throw new ArgumentOutOfRangeException(nameof(by), by, "It is not a dimension."),
    };

    private static string Text(bool? value) => value switch { null => None, true => "true", false => "false" };

    private static List<string> MetadataOf(Fact fact, string key)
    {
        List<string> values = [];
        foreach (var (name, value) in fact.Values)
        {
            if (name == key && value != None)
                values.Add(value);
        }

        return values.Count == 0 ? [None] : values;
    }

    private string[] SubjectOf(Fact fact, string type) => fact.Type == type ? [NameOf(fact.Subject) ?? None] : [];
}
