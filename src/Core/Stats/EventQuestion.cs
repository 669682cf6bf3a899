using TelemetryKit.Core.Stats.Explore;
using TelemetryKit.Core.Stats.Ranges;

namespace TelemetryKit.Core.Stats;

/// <summary>
/// A question about a project's statistics that is answered from its events: what to count, and how the answer is computed.
/// </summary>
/// <typeparam name="TAnswer">The type of the answer.</typeparam>
/// <param name="Query">The range and the filters.</param>
public abstract record EventQuestion<TAnswer>(StatsQuery Query)
{
    /// <summary>The days to count. By default those of the query.</summary>
    public virtual IReadOnlyList<DayRange> Ranges => [new(Query.From, Query.To)];

    /// <summary>What to count.</summary>
    public abstract IReadOnlyList<EventCount> Counts { get; }

    /// <summary>Computes the answer.</summary>
    /// <param name="counted">The result of each of <see cref="Counts"/> over <see cref="Ranges"/>.</param>
    public abstract TAnswer Compute(IReadOnlyList<EventTables> counted);
}
