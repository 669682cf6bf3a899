using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats.Users;

/// <summary>Active, new and returning installs.</summary>
/// <param name="Query">The range and the filters.</param>
public sealed record UsersQuestion(StatsQuery Query) : StatsQuestion<UsersAnswer>(Query)
{
    internal const int DaysOfWeek = 7;
    internal const int DaysOfMonth = 30;

    /// <inheritdoc />
    public override IReadOnlyList<DayRange> WholeRanges => [];

    /// <summary>The range, and at least 30 days up to its end.</summary>
    public override DayRange DailyRange
    {
        get
        {
            var month = Query.To.AddDays(1 - DaysOfMonth);
            return new(month < Query.From ? month : Query.From, Query.To);
        }
    }

    /// <inheritdoc />
    public override UsersAnswer Compute(RollupSet rollups)
    {
        var days = new List<UsersDay>(Query.Days);
        for (var day = Query.From; day <= Query.To; day = day.AddDays(1))
        {
            var active = Installs(rollups, day, day);
            long? added = rollups.KnowsNewInstalls && !Query.HasFilters ? rollups.Daily.Find(day)?.NewInstalls ?? 0 : null;

            // Active may be an estimate a little below the exact number of new ones.
            days.Add(new UsersDay(day, active, added, added is null ? null : Math.Max(0, active - added.Value)));
        }

        return new UsersAnswer(
            days[^1].Active,
            Installs(rollups, Query.To.AddDays(1 - DaysOfWeek), Query.To),
            Installs(rollups, Query.To.AddDays(1 - DaysOfMonth), Query.To),
            days,
            Accuracy.Exact);
    }

    /// <inheritdoc />
    public override EventQuestion<UsersAnswer> FromEvents() => new UsersFromEvents(Query, DailyRange);

    private long Installs(RollupSet rollups, DateOnly from, DateOnly to) =>
        Totals.Of(rollups.Daily.Between(from, to), Query).Installs
        ?? throw new InvalidOperationException("Every filter of this question keeps installs.");
}
