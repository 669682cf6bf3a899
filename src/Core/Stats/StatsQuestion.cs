namespace TelemetryKit.Core.Stats;

/// <summary>
/// A question about a project's statistics: the days to load, whether stored rollups contain the necessary data, and how the answer is
/// computed from them. If they don't, scan the events that pass the filters, build rollups from them
/// (<see cref="Counters.RollupsByDay"/>) and compute the answer of <see cref="WithoutFilters"/> from those.
/// </summary>
/// <typeparam name="TAnswer">The type of the answer.</typeparam>
/// <param name="Query">The range and the filters.</param>
public abstract record StatsQuestion<TAnswer>(StatsQuery Query)
{
    /// <summary>The days to load; by default those of the range.</summary>
    public virtual DayRange Days => new(Query.From, Query.To);

    /// <summary>
    /// Whether a month's rollup may be loaded instead of its days, because the answer doesn't distinguish the days of a month.
    /// </summary>
    public virtual bool AcceptsMonths => true;

    /// <summary>Whether stored rollups contain the data for the answer. Rollups don't keep versions by actor.</summary>
    public virtual bool IsKeptInRollups => Query.Version is null || Query.Actor is null;

    /// <summary>Computes the answer.</summary>
    /// <param name="rollups">The rollups of <see cref="Days"/>.</param>
    /// <exception cref="ArgumentException">Rollups don't contain the data for the answer (<see cref="IsKeptInRollups"/>).</exception>
    public abstract TAnswer Compute(RollupSet rollups);

    /// <summary>Returns the same question for rollups that were built from filtered events.</summary>
    public StatsQuestion<TAnswer> WithoutFilters() => this with { Query = Query.WithoutFilters() };
}
