using TelemetryKit.Core;
using TelemetryKit.Core.Stats.Ranges;
using TelemetryKit.Core.Storage;

namespace TelemetryKit.Grains.Tests;

/// <summary>A store whose reads are counted and can fail or hang.</summary>
internal sealed class ObservedRollups(IRollupStore store) : IRollupStore
{
    private readonly TaskCompletionSource _hasRead = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The fault of each read, or <c>null</c>.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What the next read waits for.</summary>
    public Task? NextRead { get; set; }

    public int Reads { get; private set; }

    /// <summary>Completes with the beginning of the first read.</summary>
    public Task HasRead => _hasRead.Task;

    public async Task<RollupSnapshot> ReadAsync(
        Guid projectId, DataEnvironment environment, RollupRequest request, CancellationToken cancellationToken)
    {
        Reads++;
        _hasRead.TrySetResult();
        if (Fault is not null)
            throw Fault;
        if (NextRead is { } hang)
        {
            NextRead = null;
            await hang;
        }

        return await store.ReadAsync(projectId, environment, request, cancellationToken);
    }

    public Task<IReadOnlyDictionary<DateOnly, DayContent>> ReadContentAsync(
        Guid projectId, DataEnvironment environment, IReadOnlyList<DayRange> ranges, CancellationToken cancellationToken) =>
        store.ReadContentAsync(projectId, environment, ranges, cancellationToken);

    public Task<IReadOnlyList<PendingDay>> FindPendingDaysAsync(
        int minimum, DateTimeOffset olderThan, int limit, CancellationToken cancellationToken) =>
        store.FindPendingDaysAsync(minimum, olderThan, limit, cancellationToken);

    public Task<int> FoldDayAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly day,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken) => store.FoldDayAsync(projectId, environment, day, fold, cancellationToken);

    public Task<IReadOnlyList<PendingDay>> FindOpenMonthsAsync(DateOnly closedBefore, int limit, CancellationToken cancellationToken) =>
        store.FindOpenMonthsAsync(closedBefore, limit, cancellationToken);

    public Task<bool> FoldMonthAsync(
        Guid projectId,
        DataEnvironment environment,
        DateOnly month,
        Func<IReadOnlyList<ReadOnlyMemory<byte>>, byte[]> fold,
        CancellationToken cancellationToken) => store.FoldMonthAsync(projectId, environment, month, fold, cancellationToken);
}
