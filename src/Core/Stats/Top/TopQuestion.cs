using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Stats.Top;

/// <summary>The values of a dimension, most events first.</summary>
/// <param name="Query">The range and the filters.</param>
/// <param name="By">The dimension.</param>
/// <param name="Limit">The largest number of values in the answer.</param>
public sealed record TopQuestion(StatsQuery Query, Dimension By, int Limit) : StatsQuestion<TopAnswer>(Query)
{
    /// <inheritdoc />
    public override bool IsKeptInRollups
    {
        get
        {
            if (Query is { Version: null, Actor: null })
                return true;
            if (Query is { Version: not null, Actor: not null } || By.MetadataKey is not null)
                return false;
            var filtered = Query.Version is not null ? ContextDimension.Version : ContextDimension.Actor;
            return By.Context is null || By.Context == filtered;
        }
    }

    /// <inheritdoc />
    public override TopAnswer Compute(RollupSet rollups)
    {
        var cover = rollups.Cover(Query.From, Query.To);
        return new TopList(Query, By).Compute(cover, rollups.InstallsOf(cover), Limit);
    }
}
