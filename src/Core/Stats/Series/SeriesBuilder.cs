using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Series;

/// <summary>Computes a series from rollups.</summary>
internal static class SeriesBuilder
{
    public static SeriesAnswer Build(RollupSet rollups, StatsQuery query, SeriesInterval interval)
    {
        var selection = new Selection(query);
        var points = new List<SeriesPoint>();
        var found = new Totals();
        var accuracy = Accuracy.Exact;
        if (interval == SeriesInterval.Hour)
        {
            for (var day = query.From; day <= query.To; day = day.AddDays(1))
            {
                found.Clear();
                if (rollups.Daily.Find(day) is { } rollup)
                    selection.Find(rollup, found);
                AddHours(day, found, points);
                accuracy = Accuracy.Worse(accuracy, Accuracy.Of(0, found.Missed));
            }

            return new SeriesAnswer(interval, points, accuracy);
        }

        foreach (var (start, range) in Points(query, interval))
        {
            found.Clear();
            var counted = interval == SeriesInterval.Month
                ? rollups.Cover(range.From, range.To)
                : rollups.Daily.Between(range.From, range.To);
            var union = rollups.InstallsOf(counted);
            foreach (var rollup in counted)
                selection.Find(rollup, found);
            points.Add(Point(Utc(start), found, union));
            accuracy = Accuracy.Worse(accuracy, Accuracy.Of(union.RelativeError, found.Missed));
        }

        return new SeriesAnswer(interval, points, accuracy);
    }

    /// <summary>
    /// Returns the start and the days of each point. If the query begins or ends inside an interval, the point includes only the days of
    /// the query.
    /// </summary>
    public static IEnumerable<(DateOnly Start, DayRange Range)> Points(StatsQuery query, SeriesInterval interval)
    {
        for (var start = StartOf(query.From, interval); start <= query.To; start = Next(start, interval))
        {
            var to = Next(start, interval).AddDays(-1);
            yield return (start, new(start > query.From ? start : query.From, to < query.To ? to : query.To));
        }
    }

    private static SeriesPoint Point(DateTimeOffset time, Totals found, InstallUnion union) =>
        found.IsKnown
            ? new SeriesPoint(time, found.Events, found.Installs(union), found.Failures) { EventsMax = found.EventsMax }
            : new SeriesPoint(time, null, null, null);

    private static void AddHours(DateOnly day, Totals found, List<SeriesPoint> points)
    {
        Span<long> events = stackalloc long[24];
        Span<long> failures = stackalloc long[24];
        events.Clear();
        failures.Clear();
        foreach (var details in found.Details)
        {
            details.Hours?.AddTo(events);
            details.FailureHours?.AddTo(failures);
        }

        for (var hour = 0; hour < 24; hour++)
        {
            // Events that aren't counted may be of any hour.
            var time = Utc(day).AddHours(hour);
            points.Add(found.IsKnown
                ? new SeriesPoint(time, events[hour], null, failures[hour])
                {
                    EventsMax = found.Missed > 0 ? events[hour] + found.Missed : null,
                }
                : new SeriesPoint(time, null, null, null));
        }
    }

    private static DateOnly StartOf(DateOnly day, SeriesInterval interval) => interval switch
    {
        SeriesInterval.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        SeriesInterval.Month => new DateOnly(day.Year, day.Month, 1),
        _ => day,
    };

    private static DateOnly Next(DateOnly start, SeriesInterval interval) => interval switch
    {
        SeriesInterval.Week => start.AddDays(7),
        SeriesInterval.Month => start.AddMonths(1),
        _ => start.AddDays(1),
    };

    internal static DateTimeOffset Utc(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
