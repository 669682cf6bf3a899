using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats;

/// <summary>
/// The rollups that an answer is computed from: exactly the ranges that its question declares. A range that wasn't loaded is a fault and
/// never a zero.
/// </summary>
public sealed class RollupSet
{
    private readonly IReadOnlyList<WholeRange> _whole;
    private readonly DayByDay? _daily;
    private readonly RangeInstallsCache _installs;

    private RollupSet(IReadOnlyList<WholeRange> whole, DayByDay? daily, RangeInstallsCache? installs) =>
        (_whole, _daily, _installs) = (whole, daily, installs ?? new());

    /// <summary>
    /// Returns the installs that were first active in the days of the rollups, or <c>null</c> under a filter, for which they aren't
    /// counted. They are counted exactly, but if the number of all installs is an estimate and lower, the result is that: new installs are
    /// never more than the installs.
    /// </summary>
    /// <param name="cover">The rollups.</param>
    /// <param name="query">The filters.</param>
    /// <param name="installs">The number of all installs.</param>
    /// <param name="union">What counted them.</param>
    internal static long? NewInstalls(IReadOnlyList<Rollup> cover, StatsQuery query, long? installs, InstallUnion union)
    {
        if (query.HasFilters)
            return null;
        var added = cover.Sum(rollup => rollup.NewInstalls);
        return union.RelativeError > 0 && installs < added ? installs : added;
    }

    /// <summary>The days of <see cref="StatsQuestion{TAnswer}.DailyRange"/>.</summary>
    /// <exception cref="InvalidOperationException">The question declares none.</exception>
    internal DayByDay Daily => _daily ?? throw new InvalidOperationException("The question doesn't declare a range of days.");

    /// <summary>Creates the set for a question from rollups of days, of which those without events may be omitted.</summary>
    /// <param name="question">The question.</param>
    /// <param name="days">All days with events of <see cref="StatsQuestion{TAnswer}.Days"/>.</param>
    public static RollupSet OfDays<TAnswer>(StatsQuestion<TAnswer> question, IReadOnlyDictionary<DateOnly, Rollup> days)
    {
        ArgumentNullException.ThrowIfNull(question);
        return TryCreate(question.WholeRanges, question.DailyRange, new LoadedDays(question.Days, days))
            ?? throw new InvalidOperationException("The question has a range outside of its days.");
    }

    /// <summary>Creates the set from what is loaded. Returns <c>null</c> if a day isn't loaded.</summary>
    internal static RollupSet? TryCreate(
        IReadOnlyList<DayRange> wholeRanges,
        DayRange? dailyRange,
        ILoadedRollups loaded,
        RangeInstallsCache? installs = null)
    {
        var whole = new List<WholeRange>(wholeRanges.Count);
        foreach (var range in wholeRanges)
        {
            if (RangePlan.PlanWhole(range, loaded) is not { } planned)
                return null;
            whole.Add(planned);
        }

        if (dailyRange is null)
            return new(whole, null, installs);
        return RangePlan.PlanDays(dailyRange, loaded) is { } daily ? new(whole, daily, installs) : null;
    }

    /// <summary>Returns a counter of the distinct installs of rollups of this set.</summary>
    internal InstallUnion InstallsOf(IReadOnlyList<Rollup> rollups) => new(_installs.Of(rollups));

    /// <summary>Returns rollups that together count each event of a range of the question once (both ends inclusive).</summary>
    /// <exception cref="ArgumentException">
    /// The range isn't one of <see cref="StatsQuestion{TAnswer}.WholeRanges"/>, so it wasn't loaded.
    /// </exception>
    internal IReadOnlyList<Rollup> Cover(DateOnly from, DateOnly to)
    {
        var range = new DayRange(from, to);
        return _whole.FirstOrDefault(whole => whole.Range == range)?.Rollups
            ?? throw new ArgumentException($"The range {range} wasn't loaded for this question.");
    }
}
