using TelemetryKit.Core;
using TelemetryKit.Core.Rollups;

namespace TelemetryKit.Grains;

/// <summary>A grain in memory that runs one call at a time, in order of arrival, with a bounded number of calls waiting.</summary>
internal sealed class Activation<TGrain>(TGrain grain, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _lastUsed = time.GetTimestamp();
    private int _calls;
    private bool _closed;

    /// <summary>Time since the last call ended.</summary>
    public TimeSpan Idle => time.GetElapsedTime(Volatile.Read(ref _lastUsed));

    /// <summary>
    /// Runs a call after the calls before it have ended. <c>Ran</c> is false if the grain was closed meanwhile; then activate it again.
    /// </summary>
    /// <exception cref="ProjectOverloadedException"><see cref="Limits.WaitingCallsPerGrain"/> calls wait already.</exception>
    public async Task<(bool Ran, T? Result)> CallAsync<T>(Func<TGrain, Task<T>> call)
    {
        if (Interlocked.Increment(ref _calls) > Limits.WaitingCallsPerGrain)
        {
            Interlocked.Decrement(ref _calls);
            throw new ProjectOverloadedException("Too many calls wait for this project.");
        }

        try
        {
            await _turn.WaitAsync().ConfigureAwait(false);
            try
            {
                return _closed ? (false, default) : (true, await call(grain).ConfigureAwait(false));
            }
            finally
            {
                Volatile.Write(ref _lastUsed, time.GetTimestamp());
                _turn.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    /// <summary>Closes the grain if no call is running. Returns false otherwise.</summary>
    public bool TryClose()
    {
        if (!_turn.Wait(0))
            return false;
        _closed = true;
        _turn.Release();
        return true;
    }

    public void Dispose() => _turn.Dispose();
}
