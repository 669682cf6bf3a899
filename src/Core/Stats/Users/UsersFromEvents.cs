using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Users;

/// <summary>Active installs of the events that pass the filters. Which of them are new isn't known.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="Days">The days to count.</param>
internal sealed record UsersFromEvents(StatsQuery Query, DayRange Days) : EventQuestion<UsersAnswer>(Query)
{
    public override IReadOnlyList<DayRange> Ranges => [Days];

    public override IReadOnlyList<EventCount> Counts => [Query.Count()];

    public override UsersAnswer Compute(IReadOnlyList<EventTables> counted)
    {
        var days = new List<(DateOnly Day, GroupTotals Totals)>();
        for (var day = Query.From; day <= Query.To; day = day.AddDays(1))
            days.Add((day, counted[0].Sum(day, day)));
        var week = counted[0].Sum(Query.To.AddDays(1 - UsersQuestion.DaysOfWeek), Query.To);
        var month = counted[0].Sum(Query.To.AddDays(1 - UsersQuestion.DaysOfMonth), Query.To);
        return new(
            days[^1].Totals.Installs.Count,
            week.Installs.Count,
            month.Installs.Count,
            days.ConvertAll(day => new UsersDay(day.Day, day.Totals.Installs.Count, null, null)),
            Estimates.AccuracyOf([.. days.Select(day => day.Totals), week, month]));
    }
}
