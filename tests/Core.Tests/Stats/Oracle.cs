using TelemetryKit.Core.Events;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Tests.Counters;

namespace TelemetryKit.Core.Tests.Stats;

/// <summary>The answers of statistics questions, counted naively from the events.</summary>
internal sealed class Oracle(List<Fact> events, StatsQuery query)
{
    public static bool Passes(Fact e, StatsQuery q) =>
        (q.Subject is null || e.Subject == q.Subject) && (q.Type is null || e.Type == q.Type)
        && (q.Version is null || (e.Version ?? NoValue.Name) == q.Version)
        && (q.Actor is null || (e.Context.Actor ?? NoValue.Name) == q.Actor);

    public Figures Figures(StatsQuery q, Dictionary<DateOnly, long>? newInstalls)
    {
        var own = In(q.From, q.To);
        return new Figures(
            new DayRange(q.From, q.To),
            own.Count,
            Installs(own),
            newInstalls is null || query.HasFilters
                ? null
                : newInstalls.Where(n => n.Key >= q.From && n.Key <= q.To).Sum(n => n.Value),
            own.Where(e => e.Session != 0).Select(e => e.Session).Distinct().Count(),
            own.Count(e => e.Failed),
            Rate(own))
        {
            Errors = own.Count(e => e.IsError),
        };
    }

    private static IEnumerable<string> ValuesOf(Fact e, string by)
    {
        if (by.StartsWith("meta.", StringComparison.Ordinal))
            return e.Metadata.Where(m => "meta." + m.Key == by).Select(m => m.Value).DefaultIfEmpty(NoValue.Name);
        return ValueOf(by)(e) is { } value ? [value] : [];
    }

    private static Func<Fact, string?> ValueOf(string by) => by switch
    {
        "command" => e => e.Type == "command_executed" ? e.Subject ?? NoValue.Name : null,
        "feature" => e => e.Type == "feature_used" ? e.Subject ?? NoValue.Name : null,
        "method" => e => e.Type == "method_called" ? e.Subject ?? NoValue.Name : null,
        "component" => e => e.Type == "component_rendered" ? e.Subject ?? NoValue.Name : null,
        "event" => e => e.Type,
        "version" => e => e.Version ?? NoValue.Name,
        "os" => e => e.Context.Os ?? NoValue.Name,
        "arch" => e => e.Context.Arch ?? NoValue.Name,
        "runtime" => e => e.Context.Runtime ?? NoValue.Name,
        "actor" => e => e.Context.Actor ?? NoValue.Name,
        "sdk" => e => e.Context.Sdk ?? NoValue.Name,
        _ => throw new ArgumentOutOfRangeException(nameof(by), by, "The value is not a dimension."),
    };

    /// <summary>The events by value. Events without a value are those of the dimension's type that have none.</summary>
    public Dictionary<string, List<Fact>> Values(string by) =>
        In(query.From, query.To)
            .SelectMany(e => ValuesOf(e, by).Select(value => (value, e)))
            .GroupBy(p => p.value, p => p.e)
            .ToDictionary(g => g.Key, g => g.ToList());

    public List<(DateTimeOffset Time, long Events, long Installs, long Failures)> Series(SeriesInterval interval)
    {
        var points = new List<(DateTimeOffset, long, long, long)>();
        var all = In(query.From, query.To);
        for (var start = Start(Utc(query.From), interval); start < Utc(query.To.AddDays(1)); start = Next(start, interval))
        {
            var own = all.Where(e => e.Time >= start && e.Time < Next(start, interval)).ToList();
            points.Add((start, own.Count, Installs(own), own.Count(e => e.Failed)));
        }

        return points;
    }

    public long ActiveInstalls(DateOnly from, DateOnly to) => Installs(In(from, to));

    public static long Installs(List<Fact> own) => own.Where(e => e.Install != 0).Select(e => e.Install).Distinct().Count();

    public static double? Rate(List<Fact> own)
    {
        var withOutcome = own.Count(e => e.HasOutcome);
        return withOutcome == 0 ? null : Math.Round(1 - ((double)own.Count(e => e.Failed) / withOutcome), 4);
    }

    private static DateTimeOffset Utc(DateOnly day) => new(day, default, TimeSpan.Zero);

    private static DateTimeOffset Start(DateTimeOffset time, SeriesInterval interval)
    {
        while (interval == SeriesInterval.Week && time.DayOfWeek != DayOfWeek.Monday)
            time = time.AddDays(-1);
        return interval == SeriesInterval.Month ? time.AddDays(1 - time.Day) : time;
    }

    private static DateTimeOffset Next(DateTimeOffset time, SeriesInterval interval) => interval switch
    {
        SeriesInterval.Hour => time.AddHours(1),
        SeriesInterval.Day => time.AddDays(1),
        SeriesInterval.Week => time.AddDays(7),
        _ => time.AddMonths(1),
    };

    private List<Fact> In(DateOnly from, DateOnly to) =>
        events.Where(e => e.Day >= from && e.Day <= to && Passes(e, query)).ToList();
}
