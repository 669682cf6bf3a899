using TelemetryKit.Grains.Events;

namespace TelemetryKit.Grains.Counters;

/// <summary>Builds the rollups of events of any days: a commit's deltas, a day that is rebuilt, a scan that no rollup could answer.</summary>
public sealed class RollupsByDay
{
    /// <summary>The rollups so far.</summary>
    public IReadOnlyDictionary<DateOnly, Rollup> Days => throw new NotImplementedException();

    /// <summary>The UTC day of a timestamp in microseconds since 1970-01-01.</summary>
    public static DateOnly DayOf(long timestamp) => throw new NotImplementedException();

    /// <summary>Counts every event of the batch. The batch may be reused afterwards.</summary>
    public void Add(EventBatch batch) => throw new NotImplementedException();

    /// <summary>Counts installs that are new on a day.</summary>
    public void AddNewInstalls(DateOnly day, long count) => throw new NotImplementedException();
}
