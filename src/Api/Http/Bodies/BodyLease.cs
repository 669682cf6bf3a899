using System.IO.Pipelines;
using TelemetryKit.Core;
using TelemetryKit.Core.Ingest;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>What one body holds of the budget while it arrives and until it is disposed, and the watch over how it arrives.</summary>
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

    /// <summary>Why the body has ended; <c>null</c> unless it has.</summary>
    public BodyEnd? End { get; internal set; }

    /// <summary>Those whose shares it uses.</summary>
    internal Parties Parties { get; }

    /// <summary>Where it holds memory. The budget's lock guards this and what follows.</summary>
    internal List<BodyShare> Shares { get; } = new(Parties.Most + 1);

    /// <summary>Bytes that it holds.</summary>
    internal long Held { get; set; }

    /// <summary>Bytes that have arrived.</summary>
    internal long Arrived { get; private set; }

    /// <summary>Whether it has neither arrived whole nor ended.</summary>
    internal bool IsArriving { get; set; } = true;

    /// <summary>How fast it arrives.</summary>
    internal double BytesPerSecond => _rate.At(_time.GetElapsedTime(_opened));

    /// <summary>
    /// Ends the body if it stalls or takes too long; then a pending read of <paramref name="reader"/> is cancelled. Only the first call has
    /// an effect.
    /// </summary>
    public void Watch(PipeReader reader)
    {
        if (_timer is not null)
            return;
        _reader = reader;
        _timer = _time.CreateTimer(static lease => ((BodyLease)lease!).EndWindow(), this, Limits.BodyWindow, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Lets the body hold so many bytes in all. False if it has to end, or has ended.</summary>
    /// <param name="bytes">As many as have arrived; never fewer than before.</param>
    /// <param name="isWhole">Whether these are all.</param>
    public bool TryGrow(long bytes, bool isWhole) => _budget.TryGrow(this, bytes, isWhole);

    /// <inheritdoc />
    public void Dispose()
    {
        _timer?.Dispose();
        _budget.Release(this);
        lock (_waking)
            _isDisposed = true;
    }

    /// <summary>Notes how much has arrived.</summary>
    internal void NoteArrived(long bytes, bool isWhole)
    {
        _rate.Add(bytes - Arrived, _time.GetElapsedTime(_opened));
        Arrived = bytes;
        if (!isWhole)
            return;
        IsArriving = false;
        foreach (var share in Shares)
            share.NoteArrived(this);
    }

    /// <summary>Wakes up the reader, so that it finds the end. Soon, on another thread.</summary>
    internal void WakeLater() => ThreadPool.UnsafeQueueUserWorkItem(static lease => lease.Wake(), this, preferLocal: false);

    private void Wake()
    {
        // The connection's next request has the same reader: it must not be woken up for this one.
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
