namespace TelemetryKit.Grains.Stats;

/// <summary>
/// The answers of <c>/v1/stats</c> as pure functions of rollups. Ask <c>CanAnswer…</c> first; where it says no, scan the events with the filter, build
/// rollups from them (<c>RollupsByDay</c>) and ask the same function with <see cref="StatsQuery.WithoutFilters"/>. Load the days that <c>…Needs</c> names.
/// </summary>
public static class Statistics
{
    /// <summary>The days that <see cref="Overview"/> reads: the range and the one before it.</summary>
    public static DayRange OverviewNeeds(StatsQuery query) => throw new NotImplementedException();

    /// <summary>The days that <see cref="Top"/> and <see cref="Series"/> read: the range.</summary>
    public static DayRange RangeNeeds(StatsQuery query) => throw new NotImplementedException();

    /// <summary>The days that <see cref="Users"/> reads: the range, and at least 30 days up to its end.</summary>
    public static DayRange UsersNeeds(StatsQuery query) => throw new NotImplementedException();

    /// <summary>Whether rollups keep what this overview asks for.</summary>
    public static bool CanAnswerOverview(StatsQuery query) => throw new NotImplementedException();

    /// <summary>Whether rollups keep what this top list asks for.</summary>
    public static bool CanAnswerTop(StatsQuery query, Dimension by) => throw new NotImplementedException();

    /// <summary>Whether rollups keep what this series asks for.</summary>
    public static bool CanAnswerSeries(StatsQuery query, SeriesInterval interval) => throw new NotImplementedException();

    /// <summary>Whether rollups keep what this question about users asks for.</summary>
    public static bool CanAnswerUsers(StatsQuery query) => throw new NotImplementedException();

    /// <summary>Figures of the range and of the one before it.</summary>
    public static OverviewAnswer Overview(RollupSet rollups, StatsQuery query) => throw new NotImplementedException();

    /// <summary>The values of a dimension, most events first.</summary>
    public static TopAnswer Top(RollupSet rollups, StatsQuery query, Dimension by, int limit) => throw new NotImplementedException();

    /// <summary>Events, installs and failures over time.</summary>
    public static SeriesAnswer Series(RollupSet rollups, StatsQuery query, SeriesInterval interval) => throw new NotImplementedException();

    /// <summary>Active, new and returning installs.</summary>
    public static UsersAnswer Users(RollupSet rollups, StatsQuery query) => throw new NotImplementedException();
}
