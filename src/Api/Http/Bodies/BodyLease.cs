using System.Diagnostics;
using System.IO.Pipelines;
using TelemetryKit.Core;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>
/// The memory that one body holds of the budget, from its arrival until this object is disposed. It also ends a body that arrives too
/// slowly.
/// </summary>
internal sealed class BodyLease : IDisposable
{
    private readonly BodyBudget _budget;
    private readonly TimeProvider _time;
    private readonly long _opened;
    private readonly Lock _waking = new();
    private ArrivalRate _rate;
    private PipeReader? _reader;
    private ITimer? _timer;
    private int _windows;
    private long _arrivedBefore;
    private bool _isDisposed;

    internal BodyLease(BodyBudget budget, Parties parties, TimeProvider time)
    {
        (_budget, Parties, _time) = (budget, parties, time);
        _opened = time.GetTimestamp();
    }

    /// <summary>The reason why the body was ended, or <c>null</c> if it wasn't.</summary>
    public BodyEnd? End { get; internal set; }

    /// <summary>The parties whose shares it uses.</summary>
    internal Parties Parties { get; }

    /// <summary>The shares that it holds memory of. The budget's lock guards this and the following members.</summary>
    internal List<BodyShare> Shares { get; } = new(Parties.Most + 1);

    /// <summary>The bytes that it holds.</summary>
    internal long Held { get; set; }

    /// <summary>The bytes that have arrived.</summary>
    internal long Arrived { get; private set; }

    /// <summary>Whether it is neither complete nor ended.</summary>
    internal bool IsArriving { get; set; } = true;

    /// <summary>The rate at which it arrives.</summary>
    internal double BytesPerSecond => _rate.At(_time.GetElapsedTime(_opened));

    /// <summary>
    /// Ends the body if it stalls or takes too long, and cancels the pending read of <paramref name="reader"/> in this case. Only the first
    /// call has an effect.
    /// </summary>
    public void Watch(PipeReader reader)
    {
        if (_timer is not null)
            return;
        _reader = reader;
        _timer = _time.CreateTimer(static lease => ((BodyLease)lease!).EndWindow(), this, Limits.BodyWindow, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Grows the body to <paramref name="bytes"/> in total. Returns false if it has ended, or ends because of this.</summary>
    /// <param name="bytes">The bytes that have arrived so far. It must not decrease.</param>
    /// <param name="isWhole">Whether the body is complete.</param>
    public bool TryGrow(long bytes, bool isWhole) => _budget.TryGrow(this, bytes, isWhole);

    /// <inheritdoc />
    public void Dispose()
    {
        _timer?.Dispose();
        _budget.Release(this);
        lock (_waking)
            _isDisposed = true;
    }

    /// <summary>Sets the number of bytes that have arrived.</summary>
    internal void NoteArrived(long bytes, bool isWhole)
    {
        Debug.Assert(bytes >= Arrived, "The bytes that have arrived must not decrease.");
        _rate.Add(bytes - Arrived, _time.GetElapsedTime(_opened));
        Arrived = bytes;
        if (!isWhole)
            return;
        IsArriving = false;
        foreach (var share in Shares)
            share.NoteArrived(this);
    }

    /// <summary>Cancels the pending read on another thread, so that the reader observes <see cref="End"/>.</summary>
    internal void WakeLater() => ThreadPool.UnsafeQueueUserWorkItem(static lease => lease.Wake(), this, preferLocal: false);

    private void Wake()
    {
        // The next request of the connection has the same reader, and its read must not be cancelled.
        lock (_waking)
        {
            if (!_isDisposed)
                _reader?.CancelPendingRead();
        }
    }

    private void EndWindow()
    {
        var arrived = Arrived;
        if (++_windows * Limits.BodyWindow >= Limits.BodyTime)
            _budget.End(this, BodyEnd.OutOfTime);
        else if (arrived - _arrivedBefore < Limits.BodyWindowBytes)
            _budget.End(this, BodyEnd.Stalled);
        else
            _timer!.Change(Limits.BodyWindow, Timeout.InfiniteTimeSpan);
        _arrivedBefore = arrived;
    }
}
