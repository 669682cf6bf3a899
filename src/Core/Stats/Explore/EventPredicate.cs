using TelemetryKit.Core.Events;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Core.Stats.Explore;

/// <summary>
/// Evaluates filters for single events: for statistics, the explorer, the live view and exports. An instance isn't thread-safe.
/// </summary>
/// <param name="filters">The filters, all of which an event must pass.</param>
/// <param name="aliases">Renamed subjects.</param>
public sealed class EventPredicate(IEnumerable<FieldFilter> filters, IReadOnlyDictionary<string, string>? aliases)
{
    private readonly (FieldReader Reader, FieldFilter Filter)[] _filters =
        [.. filters.Select(filter => (new FieldReader(filter.Field, aliases), filter))];

    /// <summary>The parts of events that are read.</summary>
    internal EventParts Parts => _filters.Aggregate(EventParts.None, (parts, filter) => parts | filter.Reader.Parts);

    /// <summary>Returns whether an event passes all filters.</summary>
    public bool Passes(EventBatch batch, int index)
    {
        foreach (var (reader, filter) in _filters)
        {
            if (!filter.Selects(reader.Read(batch, index)))
                return false;
        }

        return true;
    }
}
