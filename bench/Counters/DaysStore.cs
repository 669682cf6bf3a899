using TelemetryKit.Core;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Bench.Counters;

/// <summary>A store of folded days in memory.</summary>
internal sealed class DaysStore(Dictionary<DateOnly, byte[]> days) : IRollupStore
{
    private readonly Dictionary<DateOnly, long> _revisions = days.Keys.ToDictionary(day => day, _ => 1L);

    /// <summary>Replaces the rollup of a day.</summary>
    public void Fold(DateOnly day, Rollup delta)
    {
        days[day] = Rollup.Fold([days[day], delta.Serialize()]);
        _revisions[day]++;
    }

    public Task<RollupSnapshot> ReadAsync(
        Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken)
    {
        var missing = days.Where(day => request.Days.Any(range => range.Contains(day.Key))
            && request.KnownDays.GetValueOrDefault(day.Key)?.Revision != _revisions[day.Key]);
        return Task.FromResult(
            new RollupSnapshot([], [.. missing.Select(day => new DayState(day.Key, _revisions[day.Key], true, day.Value, []))]));
    }

    public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
        Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(
        int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> FoldDayAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly day,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(
        DateOnly closedBefore, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> FoldMonthAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly month,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken) => throw new NotSupportedException();
}
