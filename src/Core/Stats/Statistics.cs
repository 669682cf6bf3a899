using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats;

/// <summary>
/// The answers of <c>/v1/stats</c> as pure functions of rollups. Ask <c>CanAnswer…</c> first; where it says no, scan the events with the filter, build
/// rollups from them (<see cref="RollupsByDay"/>) and ask the same function with <see cref="StatsQuery.WithoutFilters"/>. Load the days that <c>…Needs</c> names.
/// </summary>
public static class Statistics
{
    private const int DaysOfWeek = 7;
    private const int DaysOfMonth = 30;

    /// <summary>The days that <see cref="Overview"/> reads: the range and the one before it.</summary>
    public static DayRange OverviewNeeds(StatsQuery query) => new(query.Previous().From, query.To);

    /// <summary>The days that <see cref="Top"/> and <see cref="Series"/> read: the range.</summary>
    public static DayRange RangeNeeds(StatsQuery query) => new(query.From, query.To);

    /// <summary>The days that <see cref="Users"/> reads: the range, and at least 30 days up to its end.</summary>
    public static DayRange UsersNeeds(StatsQuery query)
    {
        var month = query.To.AddDays(1 - DaysOfMonth);
        return new(month < query.From ? month : query.From, query.To);
    }

    /// <summary>Whether rollups keep what this overview asks for.</summary>
    public static bool CanAnswerOverview(StatsQuery query) => query.Version is null || query.Actor is null;

    /// <summary>Whether rollups keep what this top list asks for.</summary>
    public static bool CanAnswerTop(StatsQuery query, Dimension by) => TopList.CanAnswer(query, by);

    /// <summary>Whether rollups keep what this series asks for.</summary>
    public static bool CanAnswerSeries(StatsQuery query, SeriesInterval interval) => SeriesBuilder.CanAnswer(query, interval);

    /// <summary>Whether rollups keep what this question about users asks for.</summary>
    public static bool CanAnswerUsers(StatsQuery query) => query.Version is null || query.Actor is null;

    /// <summary>Figures of the range and of the one before it.</summary>
    public static OverviewAnswer Overview(RollupSet rollups, StatsQuery query) => new(Figures(rollups, query), Figures(rollups, query.Previous()));

    /// <summary>The values of a dimension, most events first, at most <paramref name="limit"/>.</summary>
    public static TopAnswer Top(RollupSet rollups, StatsQuery query, Dimension by, int limit) =>
        new TopList(query, by).Answer(rollups.Cover(query.From, query.To), limit);

    /// <summary>Events, installs and failures over time.</summary>
    public static SeriesAnswer Series(RollupSet rollups, StatsQuery query, SeriesInterval interval) => SeriesBuilder.Answer(rollups, query, interval);

    /// <summary>Active, new and returning installs.</summary>
    public static UsersAnswer Users(RollupSet rollups, StatsQuery query)
    {
        var days = new List<UsersDay>(query.Days);
        for (var day = query.From; day <= query.To; day = day.AddDays(1))
        {
            var active = Installs(rollups, query, day, day);
            long? added = rollups.KnowsNewInstalls && !query.HasFilters ? rollups.Day(day)?.NewInstalls ?? 0 : null;

            // Active may be an estimate a little below the exact number of new ones.
            days.Add(new UsersDay(day, active, added, added is null ? null : Math.Max(0, active - added.Value)));
        }

        return new UsersAnswer(
            days[^1].Active,
            Installs(rollups, query, query.To.AddDays(1 - DaysOfWeek), query.To),
            Installs(rollups, query, query.To.AddDays(1 - DaysOfMonth), query.To),
            days);
    }

    private static long Installs(RollupSet rollups, StatsQuery query, DateOnly from, DateOnly to) =>
        Select(rollups.Cover(from, to), query).Installs ?? throw new InvalidOperationException("All that users can be filtered by keeps installs.");

    private static Figures Figures(RollupSet rollups, StatsQuery query)
    {
        var cover = rollups.Cover(query.From, query.To);
        var totals = Select(cover, query);
        var knowsNew = rollups.KnowsNewInstalls && !query.HasFilters;
        return new Figures(
            new DayRange(query.From, query.To),
            totals.Events,
            totals.Installs,
            knowsNew ? cover.Sum(rollup => rollup.NewInstalls) : null,
            query.HasFilters ? null : Sessions(cover),
            totals.Failures,
            totals.SuccessRate);
    }

    private static Totals Select(List<Rollup> rollups, StatsQuery query)
    {
        var selection = new Selection(query);
        var found = new Totals();
        foreach (var rollup in rollups)
            selection.Find(rollup, found);
        return found;
    }

    private static long Sessions(List<Rollup> rollups)
    {
        var union = new DistinctCounter(DistinctCounter.FinePrecision, Limits.ExactSetSize);
        foreach (var rollup in rollups)
            union.MergeFrom(rollup.Sessions);
        return union.Count;
    }
}
