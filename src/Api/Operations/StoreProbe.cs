using TelemetryKit.Core.Storage;

namespace TelemetryKit.Api.Operations;

/// <summary>Asks the store whether it can be written to: at most once a second, however many ask, and never for longer than a probe waits.</summary>
internal sealed class StoreProbe(IStore store, TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<bool> _answer = Task.FromResult(false);
    private long? _askedAt;

    /// <summary>Whether the store is there.</summary>
    public Task<bool> IsThereAsync()
    {
        lock (_lock)
        {
            if (_askedAt is { } at && time.GetElapsedTime(at) < Age)
                return _answer;
            if (!_answer.IsCompleted)
                return _answer;
            _askedAt = time.GetTimestamp();
            return _answer = AskAsync();
        }
    }

    private async Task<bool> AskAsync()
    {
        // Off the caller's thread: a driver may block before its first await.
        await Task.Yield();
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await store.CheckAsync(patience.Token).WaitAsync(patience.Token);
            return true;
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            return false;
        }
    }
}
