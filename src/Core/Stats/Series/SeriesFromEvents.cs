using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats.Series;

/// <summary>Events, installs and failures over time, of the events that pass the filters.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Interval">Width of a point.</param>
internal sealed record SeriesFromEvents(StatsQuery Query, SeriesInterval Interval) : EventQuestion<SeriesAnswer>(Query)
{
    public override IReadOnlyList<EventCount> Counts => [Query.Count() with { Hours = Interval == SeriesInterval.Hour }];

    public override SeriesAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        if (Interval == SeriesInterval.Hour)
            return new(Interval, [.. Hours(counted[0])], Accuracy.Exact);
        var points = SeriesBuilder.Points(Query, Interval)
            .Select(point => (point.Start, Totals: counted[0].Sum(point.Range.From, point.Range.To))).ToList();
        return new(
            Interval,
            points.ConvertAll(point => Point(point.Start, point.Totals)),
            Estimates.AccuracyOf(points.Select(point => point.Totals)));
    }

    /// <summary>Creates the point of a day, week or month.</summary>
    internal static SeriesPoint Point(DateOnly start, GroupTotals totals) =>
        new(SeriesBuilder.Utc(start), totals.Events, totals.Installs.Count, totals.Failures);

    private IEnumerable<SeriesPoint> Hours(EventTables tables)
    {
        var events = new long[24];
        var failures = new long[24];
        for (var day = Query.From; day <= Query.To; day = day.AddDays(1))
        {
            Array.Clear(events);
            Array.Clear(failures);
            foreach (var part in tables.Sum(day, day).Parts)
            {
                part.Hours?.AddTo(events);
                part.FailureHours?.AddTo(failures);
            }

            for (var hour = 0; hour < 24; hour++)
                yield return new(SeriesBuilder.Utc(day).AddHours(hour), events[hour], null, failures[hour]);
        }
    }
}
