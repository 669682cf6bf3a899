using TelemetryKit.Context;
using TelemetryKit.Json;
using TelemetryKit.Options;
using TelemetryKit.Platform;

namespace TelemetryKit.Pipeline;

/// <summary>
/// The background thread of a client. Callers put events into a ring and go on; the thread gathers them, writes them to the
/// lanes' queues, and starts sending when something is due.
/// </summary>
internal sealed class Recorder
{
    /// <summary>How long events gather before they are written: one write for a burst, and little to lose in a crash.</summary>
    private const int GatherMs = 200;

    /// <summary>Events that end the gathering early.</summary>
    private const int GatherEvents = 512;

    /// <summary>A run this short sends nothing: its process would be gone before the connection stood.</summary>
    private const int SendAfterMs = 100;

    /// <summary>
    /// How long disposing waits for the disk. What is not written by then is lost rather than waited for. It is milliseconds as a rule,
    /// and seconds where hundreds of runs share a processor, which is no reason to lose what they recorded.
    /// </summary>
    private const int DiskPatienceMs = 10_000;

    /// <summary>How long a run may send at exit, when its oldest batch has waited for longer than a day.</summary>
    private const int ExitPatienceMs = 500;

    private readonly object _gate = new();
    private readonly EventRing _ring;
    private readonly DropCounters _dropped = new();
    private readonly OptionValues _options;
    private readonly Host _host;
    private readonly LaneBuilder _builder;
    private readonly VerboseLog _log;
    private readonly Utf8Buffer _lines = new();
    private TaskCompletionSource<bool>[] _flushes = [];
    private readonly Thread _thread;
    private EventWriter? _writer;
    private bool _stopping;
    private volatile bool _forgetting;

    public Recorder(OptionValues options, Host host, Switches switches, VerboseLog log)
    {
        _options = options;
        _host = host;
        _log = log;
        _ring = new(options.QueueEvents, options.QueueBytes);
        _builder = new(options, host, switches, log, _dropped, Wake);
        _thread = new(Run) { IsBackground = true, Name = "TelemetryKit" };
    }

    public void Start() => _thread.Start();

    public void Record(in PendingEvent recorded)
    {
        int dropped;
        lock (_gate)
        {
            if (_stopping)
                return;
            dropped = _ring.Add(recorded);
            if (_ring.Count is 1 or GatherEvents)
                Monitor.Pulse(_gate);
        }

        if (dropped > 0)
            _dropped.Add("queue_full", dropped);
    }

    /// <summary>Writes down and sends everything; the result says whether nothing is left.</summary>
    public Task<bool> Flush()
    {
        var flush = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_stopping)
                return Task.FromResult(false);
            _flushes = [.. _flushes, flush];
            Monitor.Pulse(_gate);
        }

        return flush.Task;
    }

    /// <summary>Writes down what was recorded and ends the thread. A second call does nothing.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        if (!_thread.Join(DiskPatienceMs))
            _log.Write("the disk takes too long, what is not written is lost");
    }

    /// <summary>As <see cref="Stop"/>, but forgets everything that was recorded and not yet sent.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            _forgetting = true;
            while (_ring.TryTake(out _))
            {
            }
        }

        Stop();
    }

    /// <summary>Counts an event that was not recorded.</summary>
    public void Drop(string reason) => _dropped.Add(reason, 1);

    public QueueStatus GetStatus()
    {
        // The lanes are complete once the writer exists, a few milliseconds after the start.
        SpinWait.SpinUntil(() => Volatile.Read(ref _writer) is not null, TimeSpan.FromSeconds(1));
        var waiting = default(QueueStatus);
        if (Volatile.Read(ref _writer) is not null)
        {
            foreach (var lane in _builder.Lanes)
                waiting = waiting.With(lane.GetStatus());
        }

        lock (_gate)
            return waiting.With(new(_ring.Count, 0, null));
    }

    private void Wake()
    {
        lock (_gate)
            Monitor.Pulse(_gate);
    }

    private void Run()
    {
        try
        {
            Prepare();
            while (WriteAndSend())
            {
            }
        }
#pragma warning disable CA1031 // An exception on this thread would end the host's process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.Write("telemetry ends: " + e.GetType().Name);
            lock (_gate)
                _stopping = true;
        }

        // A flush that was asked for and not begun must not be waited for for ever.
        foreach (var flush in _flushes)
            flush.TrySetResult(false);
    }

    private void Prepare()
    {
        _builder.Build();
        foreach (var lane in _builder.Lanes)
            lane.CheckAt = _host.Clock.UtcNow.UtcTicks + SendAfterMs * TimeSpan.TicksPerMillisecond;
        Volatile.Write(
            ref _writer, new(_options, _dropped, _builder.Installation!.UserId, new Uuid7().Create(_host.Clock.UtcNow)));
    }

    /// <summary>One round; false when it was the last.</summary>
    private bool WriteAndSend()
    {
        bool stopping;
        TaskCompletionSource<bool>[] flushes;
        lock (_gate)
        {
            WaitForWork();
            stopping = _stopping;
            flushes = _flushes;
            _flushes = [];
        }

        WriteDown();
        foreach (var flush in flushes)
            _ = Send(flush);
        if (stopping)
        {
            Leave();
            return false;
        }

        foreach (var lane in _builder.Lanes)
        {
            if (lane.CheckAt <= _host.Clock.UtcNow.UtcTicks)
                _ = lane.Send(everything: false);
        }

        return true;
    }

    private void WaitForWork()
    {
        // First until there is anything to do: an event, a flush, a batch that is due.
        while (!_stopping && _flushes.Length == 0 && _ring.Count == 0)
        {
            var wait = UntilNextCheck();
            if (wait == 0 || !Monitor.Wait(_gate, wait))
                return;
        }

        // Then, for events alone, until a burst has gathered.
        if (!_stopping && _flushes.Length == 0 && _ring.Count < GatherEvents)
            Monitor.Wait(_gate, GatherMs);
    }

    private int UntilNextCheck()
    {
        var next = long.MaxValue;
        foreach (var lane in _builder.Lanes)
        {
            if (lane.CheckAt < next)
                next = lane.CheckAt;
        }

        if (next == long.MaxValue)
            return Timeout.Infinite;
        // Not longer than a minute at a time: the clock may be put forward meanwhile.
        var wait = (next - _host.Clock.UtcNow.UtcTicks) / TimeSpan.TicksPerMillisecond + 1;
        return wait <= 0 ? 0 : wait < 60_000 ? (int)wait : 60_000;
    }

    private void WriteDown()
    {
        var count = 0;
        while (true)
        {
            PendingEvent pending;
            lock (_gate)
            {
                if (!_ring.TryTake(out pending))
                    break;
            }

            if (_writer!.TryWrite(pending, _lines))
                count++;
            if (_lines.Length >= _options.BatchBytes)
                WriteToLanes(ref count);
        }

        if (count > 0)
            WriteToLanes(ref count);
    }

    /// <summary>Hands over what was written down, and with it the counts of what was dropped.</summary>
    private void WriteToLanes(ref int count)
    {
        if (_dropped.Any && _dropped.TryWriteLine(_lines))
            count++;
        foreach (var lane in _builder.Lanes)
            lane.Append(new(_builder.Head, _lines.Bytes, _lines.Length, count));
        _lines.Length = 0;
        count = 0;
    }

    private async Task Send(TaskCompletionSource<bool> flush)
    {
        var all = true;
        try
        {
            foreach (var lane in _builder.Lanes)
                all &= await lane.Send(everything: true).ConfigureAwait(false);
        }
        finally
        {
            // Whoever flushed must not wait for ever, whatever happened here.
            flush.TrySetResult(all);
        }
    }

    private void Leave()
    {
        if (_forgetting)
        {
            // By this thread, which is the one that writes: nothing comes after it.
            foreach (var lane in _builder.Lanes)
            {
                lane.Stop();
                lane.Clear();
            }

            return;
        }

        var sending = Task.CompletedTask;
        foreach (var lane in _builder.Lanes)
        {
            if (!lane.IsDueAtExit(before: _host.Clock.UtcNow.AddDays(-1)))
                continue;
            var sent = lane.Send(everything: false);
            if (lane.NeedsNetwork)
                sending = Task.WhenAll(sending, sent);
            else
                sent.Wait(DiskPatienceMs);
        }

        // For all at once: a tool with three backends waits no longer than one with a single one.
        sending.Wait(ExitPatienceMs);
        foreach (var lane in _builder.Lanes)
            lane.Stop();
        if (!_dropped.Any)
            return;
        // What was dropped since the last event was written; a later run sends the counts.
        var count = 0;
        WriteToLanes(ref count);
    }
}
