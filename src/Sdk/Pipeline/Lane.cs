using TelemetryKit.Context;
using TelemetryKit.Queue;

namespace TelemetryKit.Pipeline;

/// <summary>One backend with the queue that feeds it. Lanes share nothing, so a backend that is down holds up no other.</summary>
internal sealed class Lane(
    ITelemetryBackend backend, ITelemetryQueue? durable, QueueSettings settings, RetryState retry, TelemetryOptions options,
    Clock clock, VerboseLog log)
{
    private static readonly TimeSpan Recheck = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly MemoryQueue _memory = new(settings, clock);
    private readonly Random _random = new();
    private Task<bool> _sending = Task.FromResult(true);
    private volatile bool _stopped;
    private long _checkAtTicks;

    /// <summary>When it is worth looking for a batch to send; the end of time when there is nothing to expect.</summary>
    public DateTimeOffset CheckAt
    {
        get => new(Interlocked.Read(ref _checkAtTicks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref _checkAtTicks, value.UtcTicks);
    }

    /// <summary>The backend delivers without a network, so what waits may be delivered at exit.</summary>
    public bool IsLocal => durable is null && backend is ConsoleBackend;

    public DateTimeOffset? Oldest => durable?.Oldest;

    public void Append(EventBlock block)
    {
        var ready = false;
        try
        {
            if (durable is not null) ready = durable.Append(block);
        }
#pragma warning disable CA1031 // A queue may be anyone's code; a full disk and a read-only home must not be heard of either.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.Write("events are kept in memory, the queue said " + e.GetType().Name);
        }
        if (block.Remaining > 0) ready |= _memory.Append(block);
        var now = clock.UtcNow;
        var check = ready ? now : now + settings.Interval;
        if (check < CheckAt) CheckAt = check;
    }

    /// <summary>
    /// Sends what is due in the background; with <paramref name="everything"/> also batches that could still grow. The result says
    /// whether nothing is left that could have been sent.
    /// </summary>
    public Task<bool> Send(bool everything)
    {
        lock (_gate)
        {
            if (_sending.IsCompleted)
            {
                CheckAt = DateTimeOffset.MaxValue;
                return _sending = Task.Run(() => SendAll(everything));
            }
            if (everything) return _sending = SendAfter(_sending);
            // What is being sent may be over before it sees what has just come due: look again shortly.
            CheckAt = clock.UtcNow + Recheck;
            return _sending;
        }
    }

    /// <summary>No further batch is begun; one that is under way may finish while the process lives.</summary>
    public void Stop() => _stopped = true;

    public void Clear()
    {
        durable?.Clear();
        _memory.Clear();
    }

    public QueueStatus GetStatus() => durable?.GetStatus() ?? _memory.GetStatus();

    private async Task<bool> SendAfter(Task<bool> before)
    {
        await before.ConfigureAwait(false);
        return await Task.Run(() => SendAll(everything: true)).ConfigureAwait(false);
    }

    private async Task<bool> SendAll(bool everything)
    {
        while (!_stopped)
        {
            if (retry.NotBefore > clock.UtcNow)
            {
                CheckAt = retry.NotBefore;
                return false;
            }
            if ((Take(durable, everything) ?? _memory.Take(everything)) is not { } queued) return true;
            if (!await SendOne(queued).ConfigureAwait(false)) return false;
        }
        return false;
    }

    private async Task<bool> SendOne(QueuedBatch queued)
    {
        var batch = new TelemetryBatch(queued);
        var result = await Attempt(batch).ConfigureAwait(false);
        if (log.Enabled) log.Write($"{batch.Count} events to {backend.Name}: {result.Outcome} {result.Detail}");
        switch (result.Outcome)
        {
            case SendOutcome.Delivered:
                retry.Succeeded();
                Finish(queued.Complete);
                return true;
            case SendOutcome.Rejected:
                settings.Dropped("rejected", batch.Count);
                Finish(queued.Complete);
                return true;
            case SendOutcome.Stop:
                Finish(queued.Return);
                Stop();
                CheckAt = DateTimeOffset.MaxValue;
                return false;
            default:
                Finish(queued.Return);
                retry.Failed(result.RetryAfter ??
                    Backoff.Delay(retry.Failures + 1, options.RetryMinDelay, options.RetryMaxDelay, _random.NextDouble()));
                CheckAt = retry.NotBefore;
                return false;
        }
    }

    private async Task<SendResult> Attempt(TelemetryBatch batch)
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.Timeout);
            return await backend.SendAsync(batch, timeout.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A backend may be anyone's code, and whatever a network does is one thing to us: it did not arrive.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return SendResult.Retry(e.GetType().Name);
        }
    }

    private QueuedBatch? Take(ITelemetryQueue? queue, bool everything)
    {
        try
        {
            return queue?.Take(everything);
        }
#pragma warning disable CA1031 // As in Append.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.Write("the queue cannot be read: " + e.GetType().Name);
            return null;
        }
    }

    private void Finish(Action end)
    {
        try
        {
            end();
        }
#pragma warning disable CA1031 // The batch is then sent once more, and the server counts it once.
        catch (Exception e)
#pragma warning restore CA1031
        {
            log.Write("the queue cannot be written: " + e.GetType().Name);
        }
    }
}
