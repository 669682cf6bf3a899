using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Operations;

/// <summary>
/// Checks whether the store can be written to. Results are cached for a second, concurrent callers share one check, and a check times out
/// before an orchestrator's probe does.
/// </summary>
internal sealed class StoreProbe(IStore store, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<bool> _check = Task.FromResult(false);
    private long? _checkedAt;

    /// <summary>Returns whether the store is available.</summary>
    public Task<bool> IsAvailableAsync()
    {
        lock (_lock)
        {
            if (_checkedAt is { } at && time.GetElapsedTime(at) < MaxAge)
                return _check;
            if (!_check.IsCompleted)
                return _check;
            _checkedAt = time.GetTimestamp();
            return _check = CheckAsync();
        }
    }

    private async Task<bool> CheckAsync()
    {
        // Leaves the caller's thread, because a driver may block before its first await.
        await Task.Yield();
        using var timeout = new CancellationTokenSource(Timeout, time);
        try
        {
            await store.CheckAsync(timeout.Token).WaitAsync(timeout.Token);
            return true;
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }
}
