using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>Builds the rollups of events of any days: a commit's deltas, a day that is rebuilt, a scan that no rollup could answer.</summary>
public sealed class RollupsByDay
{
    private const long MicrosecondsOfDay = 24L * 60 * 60 * 1_000_000;

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    private readonly Dictionary<DateOnly, Rollup> _days = [];

    /// <summary>The rollups so far.</summary>
    public IReadOnlyDictionary<DateOnly, Rollup> Days => _days;

    /// <summary>The UTC day of a timestamp in microseconds since 1970-01-01.</summary>
    public static DateOnly DayOf(long timestamp) => DateOnly.FromDayNumber(Epoch + (int)DayNumber(timestamp));

    /// <summary>Counts every event of the batch. The batch may be reused afterwards.</summary>
    public void Add(EventBatch batch)
    {
        // Nearly always a batch is of one day, and nearly never of more than two, so a stretch of one day is added as a range.
        for (int start = 0, end; start < batch.Count; start = end)
        {
            var day = DayNumber(batch.Timestamp[start]);
            end = start + 1;
            while (end < batch.Count && DayNumber(batch.Timestamp[end]) == day)
                end++;
            Of(DayOf(batch.Timestamp[start])).Add(batch, start, end);
        }
    }

    /// <summary>Counts installs that are new on a day.</summary>
    public void AddNewInstalls(DateOnly day, long count) => Of(day).AddNewInstalls(count);

    private static long DayNumber(long timestamp) => timestamp / MicrosecondsOfDay;

    private Rollup Of(DateOnly day)
    {
        if (!_days.TryGetValue(day, out var rollup))
            _days.Add(day, rollup = new Rollup());
        return rollup;
    }
}
