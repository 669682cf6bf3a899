using TelemetryKit.Context;
using TelemetryKit.Options;
using TelemetryKit.Platform;
using TelemetryKit.Queue;

#pragma warning disable CA1031 // A queue and a backend may be anyone's code, a disk full, a network anything: the tool must not hear of it.

namespace TelemetryKit.Pipeline;

/// <summary>One backend with the queue that feeds it. Lanes share nothing, so a backend that is down holds up no other.</summary>
internal sealed class Lane(
    ITelemetryBackend backend, ITelemetryQueue? durable, QueueSettings settings, RetryState retry, OptionValues options,
    Clock clock, VerboseLog log, Action wake)
{
    private const int RecheckMs = 200;

    private readonly object _gate = new();
    private MemoryQueue? _memory;
    private Random? _random;
    private Task<bool>? _sending;
    private volatile bool _stopped;

    // When the batch that events are added to will be old enough to be sent.
    private long _openDueAt;

    /// <summary>
    /// When it is worth looking for a batch to send, in UTC ticks; <see cref="long.MaxValue"/> when there is nothing to expect. Read and
    /// written by two threads: the worst that can come of a torn value is one look too many.
    /// </summary>
    public long CheckAt;

    /// <summary>False for what is printed: that is no more to wait for than a disk.</summary>
    public bool NeedsNetwork => backend is not ConsoleBackend;

    /// <summary>Whether to send at exit: the backend needs no network, or the oldest batch has waited since before a time.</summary>
    public bool IsDueAtExit(DateTimeOffset before)
    {
        if (durable is null)
            return backend is ConsoleBackend;
        try
        {
            return durable.IsOverdue(before);
        }
        catch (Exception e)
        {
            log.Write("the queue cannot be read: " + e.GetType().Name);
            return false;
        }
    }

    public void Append(EventBlock block)
    {
        var ready = false;
        try
        {
            if (durable is not null)
                ready = durable.Append(block);
        }
        catch (Exception e)
        {
            log.Write("events are kept in memory, the queue said " + e.GetType().Name);
        }

        if (block.Left > 0)
            ready |= Memory().Append(block);
        var now = clock.UtcNow.UtcTicks;
        // A time further away than the interval was told before the clock was put back.
        if (_openDueAt <= now || _openDueAt > now + settings.Interval.Ticks)
            _openDueAt = now + settings.Interval.Ticks;
        var check = ready ? now : _openDueAt;
        if (check < CheckAt)
            CheckAt = check;
    }

    /// <summary>
    /// Sends what is due in the background; with <paramref name="everything"/> also batches that could still grow. The result says
    /// whether nothing is left that could have been sent.
    /// </summary>
    public Task<bool> Send(bool everything)
    {
        lock (_gate)
        {
            if (_sending is null || _sending.IsCompleted)
            {
                CheckAt = _openDueAt > clock.UtcNow.UtcTicks ? _openDueAt : long.MaxValue;
                return _sending = Task.Run(() => SendAll(everything));
            }

            if (everything)
                return _sending = SendAfter(_sending);
            // What is being sent may be over before it sees what has just come due: look again shortly.
            CheckAt = clock.UtcNow.UtcTicks + RecheckMs * TimeSpan.TicksPerMillisecond;
            return _sending;
        }
    }

    /// <summary>No further batch is begun; one that is under way may finish while the process lives.</summary>
    public void Stop() => _stopped = true;

    public void Clear()
    {
        if (durable is not null)
            Finish(durable.Clear);
        _memory?.Clear();
    }

    /// <summary>What waits in the queue, and in memory where that could not take it.</summary>
    public QueueStatus GetStatus()
    {
        var inMemory = _memory?.GetStatus() ?? default;
        if (durable is null)
            return inMemory;
        try
        {
            return durable.GetStatus().With(inMemory);
        }
        catch (Exception e)
        {
            log.Write("the queue cannot be read: " + e.GetType().Name);
            return inMemory;
        }
    }

    private MemoryQueue Memory()
    {
        lock (_gate)
            return _memory ??= new(settings, clock);
    }

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
                Wait();
                return false;
            }

            if ((Take(durable, everything) ?? _memory?.Take(everything)) is not { } queued)
                return true;
            if (!await SendOne(queued).ConfigureAwait(false))
                return false;
        }

        return false;
    }

    private async Task<bool> SendOne(QueuedBatch queued)
    {
        var batch = new TelemetryBatch(queued);
        var result = await Attempt(batch).ConfigureAwait(false);
        if (log.Enabled)
            log.Write($"{batch.Count} events to {backend.Name}: {result.Outcome} {result.Detail}");
        switch (result.Outcome)
        {
            case SendOutcome.Delivered:
                retry.Succeeded();
                settings.Dropped("rejected", result.Refused);
                Finish(queued.Complete);
                return true;
            case SendOutcome.Rejected:
                settings.Dropped("rejected", batch.Count);
                // The report that it carried is still to be made.
                foreach (var reported in batch.Dropped)
                    settings.Dropped(reported.Key, (int)reported.Value);
                Finish(queued.Complete);
                return true;
            case SendOutcome.Stop:
                Finish(queued.Return);
                Stop();
                CheckAt = long.MaxValue;
                return false;
            default:
                Finish(queued.Return);
                retry.Failed(result.RetryAfter ??
                    Backoff.Delay(retry.Failures + 1, options.RetryMinDelay, options.RetryMaxDelay, (_random ??= new()).NextDouble()));
                Wait();
                return false;
        }
    }

    private void Wait()
    {
        CheckAt = retry.NotBefore.UtcTicks;
        // The recorder sleeps until the time it last saw.
        wake();
    }

    private async Task<SendResult> Attempt(TelemetryBatch batch)
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.Timeout);
            return await backend.SendAsync(batch, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e)
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
        catch (Exception e)
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
        catch (Exception e)
        {
            // A batch that stays though it arrived is sent once more, and the server counts it once.
            log.Write("the queue cannot be written: " + e.GetType().Name);
        }
    }
}
