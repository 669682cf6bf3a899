using TelemetryKit.Core;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Bench.Counters;

/// <summary>A store of folded days in memory.</summary>
internal sealed class DaysStore(IReadOnlyDictionary<DateOnly, byte[]> days) : IRollupStore
{
    public Task<RollupSnapshot> ReadAsync(
        Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken)
    {
        var missing = days.Where(day => !request.KnownDays.ContainsKey(day.Key) && request.Days.Any(range => range.Contains(day.Key)));
        return Task.FromResult(new RollupSnapshot([], [.. missing.Select(day => new DayState(day.Key, 1, true, day.Value, []))]));
    }

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
