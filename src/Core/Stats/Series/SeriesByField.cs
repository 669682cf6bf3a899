using TelemetryKit.Core.Stats.Explore;

namespace TelemetryKit.Core.Stats.Series;

/// <summary>Events over time, with the most frequent values of a field in each interval.</summary>
/// <param name="Series">The question.</param>
/// <param name="By">The field.</param>
internal sealed record SeriesByField(SeriesQuestion Series, EventField By) : EventQuestion<SeriesAnswer>(Series.Query)
{
    private bool IsHourly => Series.Interval == SeriesInterval.Hour;

    // The sums of all events are counted apart: of a list, an event is in several groups.
    public override IReadOnlyList<EventCount> Counts =>
        [(Query.Count() with { Filters = Query.Count(By).Filters, Hours = IsHourly }), Query.Count(By) with { Hours = IsHourly }];

    public override SeriesAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        var whole = new SeriesFromEvents(Query, Series.Interval).Compute(counted);
        var totals = new List<GroupTotals>();
        var points = IsHourly ? Hours(whole, counted[1]) : Days(whole, counted[1], totals);
        var floor = counted[1].Merge(Query.From, Query.To).Floor;
        return whole with { Points = points, Accuracy = Accuracy.Worse(whole.Accuracy, Estimates.AccuracyOf(totals, floor)) };
    }

    private List<SeriesPoint> Days(SeriesAnswer whole, EventTables tables, List<GroupTotals> listed)
    {
        var points = new List<SeriesPoint>();
        foreach (var (point, (_, range)) in whole.Points.Zip(SeriesBuilder.Points(Query, Series.Interval)))
        {
            var merged = tables.Merge(range.From, range.To);
            var top = merged.Ordered(Series.Group).OrderByDescending(group => group.Value.Events).Take(Series.Limit).ToList();
            listed.AddRange(top.Select(group => group.Value));
            points.Add(WithValues(
                point,
                merged.Total,
                [.. top.Select(g => new SeriesValue(g.Key.Text, g.Value.Events, g.Value.Installs.Count, g.Value.Failures))]));
        }

        return points;
    }

    private List<SeriesPoint> Hours(SeriesAnswer whole, EventTables tables)
    {
        var points = new List<SeriesPoint>();
        var day = Query.From;
        foreach (var hours in whole.Points.Chunk(24))
        {
            var merged = tables.Merge(day, day);
            var groups = merged.Ordered(Series.Group).ConvertAll(group => (group.Key.Text, ByHour: HoursOf(group.Value)));
            for (var hour = 0; hour < hours.Length; hour++)
            {
                var values = groups.Select(g => new SeriesValue(g.Text, g.ByHour.Events[hour], null, g.ByHour.Failures[hour]))
                    .Where(value => value.Events > 0).OrderByDescending(value => value.Events).ToList();
                // The hours of events whose value the day's table didn't keep aren't known.
                long? total = merged.Floor > 0 ? null : values.Sum(value => value.Events);
                points.Add(WithValues(hours[hour], total, [.. values.Take(Series.Limit)]));
            }

            day = day.AddDays(1);
        }

        return points;
    }

    private static (long[] Events, long[] Failures) HoursOf(GroupTotals totals)
    {
        var (events, failures) = (new long[24], new long[24]);
        foreach (var part in totals.Parts)
        {
            part.Hours?.AddTo(events);
            part.FailureHours?.AddTo(failures);
        }

        return (events, failures);
    }

    private static SeriesPoint WithValues(SeriesPoint point, long? total, List<SeriesValue> values) =>
        point with { Values = values, Other = total - values.Sum(value => value.Events) };
}
