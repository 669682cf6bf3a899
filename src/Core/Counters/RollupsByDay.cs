using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Counters;

/// <summary>
/// Builds a rollup for each day of a stream of events: a scan for a question that stored rollups can't answer.
/// </summary>
public sealed class RollupsByDay
{
    private const long MicrosecondsOfDay = 24L * 60 * 60 * 1_000_000;

    private static readonly int Epoch = new DateOnly(1970, 1, 1).DayNumber;

    private readonly Dictionary<DateOnly, Rollup> _days = [];

    /// <summary>The rollups by UTC day.</summary>
    public IReadOnlyDictionary<DateOnly, Rollup> Days => _days;

    /// <summary>Returns the UTC day of a timestamp in microseconds since 1970-01-01 UTC.</summary>
    public static DateOnly DayOf(long timestamp) => DateOnly.FromDayNumber(Epoch + (int)DayNumber(timestamp));

    /// <summary>Counts every event of the batch. The batch may be reused afterwards.</summary>
    public void Add(EventBatch batch)
    {
        // A batch is rarely of more than one day, so consecutive events of the same day are added as a range.
        for (int start = 0, end; start < batch.Count; start = end)
        {
            var day = DayNumber(batch.Timestamp[start]);
            end = start + 1;
            while (end < batch.Count && DayNumber(batch.Timestamp[end]) == day)
                end++;
            Of(DayOf(batch.Timestamp[start])).Add(batch, start, end);
        }
    }

    /// <summary>Adds to the number of installs that were first seen on a day.</summary>
    public void AddNewInstalls(DateOnly day, long count) => Of(day).AddNewInstalls(count);

    private static long DayNumber(long timestamp) => timestamp / MicrosecondsOfDay;

    private Rollup Of(DateOnly day)
    {
        if (!_days.TryGetValue(day, out var rollup))
            _days.Add(day, rollup = new Rollup(RollupScale.Day));
        return rollup;
    }
}
