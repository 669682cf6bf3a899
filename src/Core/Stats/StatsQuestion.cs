using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats;

/// <summary>
/// A question about a project's statistics: the days to load, whether stored rollups contain the necessary data, and how the answer is
/// computed from them. If they don't, the answer is that of <see cref="FromEvents"/>.
/// </summary>
/// <typeparam name="TAnswer">The type of the answer.</typeparam>
/// <param name="Query">The range and the filters.</param>
public abstract record StatsQuestion<TAnswer>(StatsQuery Query)
{
    /// <summary>
    /// The ranges whose sums the answer needs. It doesn't distinguish their days, so the rollup of a month may be loaded instead of its
    /// days. By default that of the query.
    /// </summary>
    public virtual IReadOnlyList<DayRange> WholeRanges => [new(Query.From, Query.To)];

    /// <summary>The range of which the answer needs each day, or <c>null</c> if it needs none.</summary>
    public virtual DayRange? DailyRange => null;

    /// <summary>The first and the last day of all ranges.</summary>
    public DayRange Days
    {
        get
        {
            DayRange[] ranges = DailyRange is { } daily ? [.. WholeRanges, daily] : [.. WholeRanges];
            return new(ranges.Min(range => range.From), ranges.Max(range => range.To));
        }
    }

    /// <summary>Whether stored rollups contain the data for the answer.</summary>
    public virtual bool IsKeptInRollups => Query.IsKeptInRollups;

    /// <summary>Computes the answer.</summary>
    /// <param name="rollups">The rollups of <see cref="WholeRanges"/> and <see cref="DailyRange"/>.</param>
    /// <exception cref="ArgumentException">Rollups don't contain the data for the answer (<see cref="IsKeptInRollups"/>).</exception>
    public abstract TAnswer Compute(RollupSet rollups);

    /// <summary>Returns how accurate an answer is.</summary>
    public abstract Accuracy AccuracyOf(TAnswer answer);

    /// <summary>
    /// Whether an answer from rollups is to be replaced by that from the events: a filter selects a name that a truncated summary doesn't
    /// have, or has only in part.
    /// </summary>
    public bool NeedsEvents(TAnswer answer) => Query.HasFilters && AccuracyOf(answer).Kind == AccuracyKind.Truncated;

    /// <summary>Returns the question whose answer, of the same form, is computed from the events.</summary>
    public abstract EventQuestion<TAnswer> FromEvents();
}
