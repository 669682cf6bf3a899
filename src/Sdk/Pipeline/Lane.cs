using System.Globalization;
using TelemetryKit.Context;
using TelemetryKit.Options;
using TelemetryKit.Platform;
using TelemetryKit.Queue;

#pragma warning disable CA1031 // Queues and backends may be custom code, and disks and networks fail: the tool must not be affected.

namespace TelemetryKit.Pipeline;

/// <summary>A backend and its queue. Lanes share nothing, so an unavailable backend does not block the others.</summary>
internal sealed class Lane(
    ITelemetryBackend backend, ITelemetryQueue? durable, ITelemetryQueue? spare, QueueSettings settings, RetryState retry,
    DailyMark delivered, OptionValues options, Clock clock, VerboseLog log, Action wake, CurrentUser user, Action withdraw,
    ErasureQueue? erasures = null, SentLedger? ledger = null)
{
    private const int RecheckMs = 200;

    /// <summary>The number of batches that fail in succession until the server itself is considered to be the cause.</summary>
    private const int MaxConsecutiveFailures = 3;

    /// <summary>
    /// One more batch is tried after each failed attempt, up to this number, so that batches that always fail don't keep others from being
    /// sent.
    /// </summary>
    private const int MostConsecutiveFailures = 20;

    /// <summary>
    /// How long an exit may wait in CI, in a new container and without a home directory, where no later run sends: 500 ms, less the time
    /// for what follows, such as storing that there was no response.
    /// </summary>
    private const int LastChanceMs = 470;

    /// <summary>How long an exit may wait once a day, and at the first run: 250 ms, less the time for what follows.</summary>
    private const int OnceADayMs = 220;

    private readonly object _gate = new();
    private MemoryQueue? _memory;
    private Random? _random;
    private Task<bool>? _sending;
    private volatile bool _stopped;
    private volatile bool _firstOfDay;

    // Whether everything was to be sent when a delay had not passed. The attempt after the delay then includes the open batch.
    private volatile bool _everythingIsDue;

    // When the open batch will be old enough to be sent, in UTC ticks.
    private long _openDueAt;

    /// <summary>
    /// When to look for a batch to send, in UTC ticks; <see cref="long.MaxValue"/> if no batch is expected. Read and written by two threads
    /// without a lock: a torn value causes at most one unnecessary check.
    /// </summary>
    public long CheckAt;

    /// <summary>Whether this run has added events.</summary>
    public bool HasEvents;

    /// <summary>Whether sending uses the network. Printing does not.</summary>
    public bool NeedsNetwork => backend is not ConsoleBackend;

    /// <summary>Starts another process that sends; null if the tool does not support it.</summary>
    public static Action<string, OptionValues, Clock, VerboseLog>? Sender;

    /// <summary>Whether another process may send what this run has stored.</summary>
    public bool CanDetach => HasSender && !IsLastChance && !retry.FailedRecently;

    /// <summary>
    /// Whether the tool supports another process that sends, and it can send in the same way: it has the files, the environment, the key
    /// and the address, but not the objects of this process.
    /// </summary>
    private bool HasSender => Sender is not null && durable is FileQueue && backend is TelemetryKitBackend
        && options.Proxy is null && options.HttpHandler is null && options.Backends is not { Count: > 0 };

    /// <summary>Whether no later run may exist that could send.</summary>
    private bool IsLastChance => settings.Interval == TimeSpan.Zero || durable is null;

    /// <summary>Returns how long an exit of this run may wait until the events are sent, in milliseconds; usually 0.</summary>
    public int ExitTimeoutMs()
    {
        // A dead network costs nothing again: the failure is remembered.
        var longest = retry.FailedRecently ? 0
            : IsLastChance ? LastChanceMs
            : HasSender ? 0
            : delivered.IsDue || _firstOfDay ? OnceADayMs
            : 0;
        return longest > 0 && options.ExitTimeout is { } timeout ? (int)timeout.TotalMilliseconds : longest;
    }

    /// <summary>
    /// Opens a connection in the background, so that sending at exit costs one round trip. Has no effect if the backend cannot.
    /// </summary>
    public void Connect()
    {
        if (backend is TelemetryKitBackend server && retry.NotBefore <= clock.UtcNow)
            _ = Task.Run(() => TryConnect(server));
    }

    /// <summary>Sends everything at exit. Remembers the time, so that other runs of the day do not wait.</summary>
    public Task<bool> SendAtExit()
    {
        delivered.TrySet();
        return Send(everything: true);
    }

    /// <summary>Remembers that sending at exit took too long, so that the next runs do not wait for it.</summary>
    public void Abandon() => retry.Failed(NextDelay(null));

    public void Append(EventBlock block)
    {
        var ready = false;
        HasEvents = true;
        if (durable is not null)
            ready = TryAppend(durable, block);
        if (block.Left > 0 && spare is not null)
            ready |= TryAppend(spare, block);
        if (block.Left > 0)
            ready |= Memory().Append(block);
        var now = clock.UtcNow.UtcTicks;
        // A time that is further away than the interval was set before the clock was set back.
        if (_openDueAt <= now || _openDueAt > now + settings.Interval.Ticks)
            _openDueAt = now + settings.Interval.Ticks;
        var check = ready ? now : _openDueAt;
        if (check < CheckAt)
            CheckAt = check;
    }

    private bool TryAppend(ITelemetryQueue queue, EventBlock block)
    {
        try
        {
            return queue.Append(block);
        }
        catch (Exception e)
        {
            log.Write("the queue cannot be written: " + e.GetType().Name);
            return false;
        }
    }

    /// <summary>
    /// Sends due batches in the background, or all batches if <paramref name="everything"/> is true. The result is true if no such batch is
    /// left.
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
            // The current operation may end without noticing a batch that has just become due, so check again soon.
            CheckAt = clock.UtcNow.UtcTicks + RecheckMs * TimeSpan.TicksPerMillisecond;
            return _sending;
        }
    }

    /// <summary>Prevents further batches from being sent. A batch that is being sent may complete while the process is running.</summary>
    public void Stop() => _stopped = true;

    public void Clear()
    {
        if (durable is not null)
            Finish(durable.Clear);
        if (spare is not null)
            Finish(spare.Clear);
        _memory?.Clear();
    }

    /// <summary>Returns the status of the queue, including events that are in memory because the queue failed.</summary>
    public QueueStatus GetStatus()
    {
        var status = _memory?.GetStatus() ?? default;
        if (durable is not null)
            status = Read(queue => queue.GetStatus(), durable).Add(status);
        return spare is null ? status : Read(queue => queue.GetStatus(), spare).Add(status);
    }

    /// <summary>Reports the events that remain, and when a later run sends them.</summary>
    public void ReportKept()
    {
        if (!log.Enabled || !NeedsNetwork || GetStatus() is not { Events: > 0 } kept)
            return;
        var due = (kept.Oldest ?? clock.UtcNow) + settings.Interval;
        if (retry.NotBefore > due)
            due = retry.NotBefore;
        log.Write(
            durable is null
                ? $"{kept.Events} events are lost, because they could not be sent and there is no folder to keep them"
                : string.Format(
                    CultureInfo.InvariantCulture,
                    "{0} events kept for {1}, to be sent by a run after {2:yyyy-MM-dd HH:mm:ss}Z, or by Flush",
                    kept.Events, backend.Name, due));
    }

    /// <summary>The name of the backend.</summary>
    public string Name => backend.Name;

    /// <summary>Returns the batches that wait, without taking them.</summary>
    public List<WaitingBatch> Peek()
    {
        var waiting = new List<WaitingBatch>();
        foreach (var queue in new[] { durable, spare, _memory })
        {
            if (queue is not null)
                Finish(() => waiting.AddRange(queue.Peek()));
        }

        return waiting;
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
        everything |= _everythingIsDue;
        // Before anything else: the user asked for it.
        var mayPass = erasures is null || await erasures.SendDue(clock.UtcNow).ConfigureAwait(false);
        var notBefore = mayPass ? retry.NotBefore : erasures!.NotBefore;
        var waits = !mayPass || notBefore > clock.UtcNow;
        _everythingIsDue = everything && waits;
        if (waits)
        {
            ScheduleRetry(notBefore);
            return false;
        }

        // Kept until the end, so that a batch that always fails does not block those after it.
        var failed = new List<QueuedBatch>();
        var consecutive = 0;
        var most = Math.Min(MaxConsecutiveFailures + retry.Failures, MostConsecutiveFailures);
        TimeSpan? requested = null;
        try
        {
            while (!_stopped && consecutive < most)
            {
                if ((Take(durable, everything) ?? Take(spare, everything) ?? _memory?.Take(everything)) is not { } queued)
                    break;
                var result = await SendBatch(queued).ConfigureAwait(false);
                if (result.Outcome != SendOutcome.Retry)
                {
                    consecutive = 0;
                    continue;
                }

                failed.Add(queued);
                requested = result.RetryAfter;
                // Only a response that concerns this batch lets others succeed.
                consecutive = result.IsBatchFault ? consecutive + 1 : most;
            }
        }
        finally
        {
            foreach (var queued in failed)
                Finish(queued.Return);
        }

        if (failed.Count > 0)
        {
            retry.Failed(NextDelay(requested));
            ScheduleRetry(retry.NotBefore);
        }

        return failed.Count == 0 && !_stopped;
    }

    private async Task<SendResult> SendBatch(QueuedBatch queued)
    {
        using var permit = user.Enter();
        if (permit == SendingPermit.Withdrawn)
        {
            Finish(queued.Complete);
            Stop();
            Clear();
            withdraw();
            return SendResult.Stop("the user has said no");
        }

        if (permit == SendingPermit.NotNow)
            return SendResult.Retry("the id cannot be read");
        var batch = new TelemetryBatch(queued, permit.UserId, permit.IsAnyId);
        if (batch.Count == 0 && batch.Dropped.Count == 0)
        {
            // The user has had the id of these events forgotten.
            Finish(queued.Complete);
            return SendResult.Delivered();
        }

        var result = await TrySend(batch).ConfigureAwait(false);
        if (log.Enabled)
            log.Write($"{batch.Count} events to {backend.Name}: {result.Outcome} {result.Detail}");
        switch (result.Outcome)
        {
            case SendOutcome.Delivered:
                retry.Succeeded();
                // This run may still wait for the rest of its events at its exit. Others need not.
                _firstOfDay |= delivered.IsDue;
                delivered.TrySet();
                settings.Dropped("rejected", result.Refused);
                Finish(queued.Complete);
                Enter(batch);
                break;
            case SendOutcome.Rejected:
                settings.Dropped("rejected", batch.Count);
                // The numbers of dropped events in the batch must be reported again.
                foreach (var reported in batch.Dropped)
                    settings.Dropped(reported.Key, (int)reported.Value);
                Finish(queued.Complete);
                Enter(batch);
                break;
            case SendOutcome.Stop:
                Finish(queued.Return);
                Stop();
                CheckAt = long.MaxValue;
                break;
            default:
                // The caller returns it.
                break;
        }

        return result;
    }

    /// <summary>Returns the delay after a failure. A server can lengthen it, but not shorten it.</summary>
    private TimeSpan NextDelay(TimeSpan? requested)
    {
        double random;
        lock (_gate)
            random = (_random ??= new()).NextDouble();
        var own = Backoff.Delay(retry.Failures + 1, options.RetryMinDelay, options.RetryMaxDelay, random);
        return requested is { } delay && Backoff.Requested(delay, random) is var longer && longer > own ? longer : own;
    }

    private void ScheduleRetry(DateTimeOffset at)
    {
        CheckAt = at.UtcTicks;
        // The recorder sleeps until the earlier value of CheckAt.
        wake();
    }

    private async Task TryConnect(TelemetryKitBackend server)
    {
        try
        {
            using var timeout = new CancellationTokenSource(options.Timeout);
            await server.ConnectAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Sending fails as well, and reports it.
            log.Write("no connection to " + backend.Name + ": " + e.GetType().Name);
        }
    }

    private async Task<SendResult> TrySend(TelemetryBatch batch)
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

    private QueuedBatch? Take(ITelemetryQueue? queue, bool everything) => queue is null ? null : Read(queue.Take, everything);

    /// <summary>Calls a method of the queue. Logs its exceptions and returns the default value instead.</summary>
    private TResult? Read<T, TResult>(Func<T, TResult> read, T argument)
    {
        try
        {
            return read(argument);
        }
        catch (Exception e)
        {
            log.Write("the queue cannot be read: " + e.GetType().Name);
            return default;
        }
    }

    /// <summary>Enters a batch in the ledger, which is complete unless the disk fails.</summary>
    private void Enter(TelemetryBatch batch)
    {
        try
        {
            ledger?.Add(batch);
        }
        catch (Exception e)
        {
            log.Write("the ledger cannot be written: " + e.GetType().Name);
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
            // A delivered batch that could not be removed is sent again, and the server counts it once.
            log.Write("the queue cannot be written: " + e.GetType().Name);
        }
    }
}
