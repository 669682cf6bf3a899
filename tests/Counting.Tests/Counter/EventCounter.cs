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
    public Dictionary<string, List<Fact>> Values(Filter filter, string by, DateOnly from, DateOnly to)
    {
        Dictionary<string, List<Fact>> values = [];
        foreach (var fact in Find(filter, from, to))
        {
            foreach (var value in ValuesOf(fact, by))
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

    private bool Passes(Fact fact, Filter filter) =>
        (filter.Subject is null || NameOf(fact.Subject) == NameOf(filter.Subject))
        && (filter.Type is null || fact.Type == filter.Type)
        && (filter.Version is null || (fact.Version ?? None) == filter.Version)
        && (filter.Actor is null || (fact.Actor ?? None) == filter.Actor);

    private string? NameOf(string? subject) => subject is null ? null : aliases.GetValueOrDefault(subject, subject);

    private IEnumerable<string> ValuesOf(Fact fact, string by) => by switch
    {
        "command" => SubjectOf(fact, "command_executed"),
        "feature" => SubjectOf(fact, "feature_used"),
        "method" => SubjectOf(fact, "method_called"),
        "component" => SubjectOf(fact, "component_rendered"),
        "event" => [fact.Type],
        "version" => [fact.Version ?? None],
        "os" => [fact.Os ?? None],
        "arch" => [fact.Arch ?? None],
        "runtime" => [fact.Runtime ?? None],
        "actor" => [fact.Actor ?? None],
        "sdk" => [fact.Sdk ?? None],
        _ => fact.Values.Where(value => "meta." + value.Key == by).Select(value => value.Value)
            .Where(value => value != None).DefaultIfEmpty(None),
    };

    private string[] SubjectOf(Fact fact, string type) => fact.Type == type ? [NameOf(fact.Subject) ?? None] : [];
}
