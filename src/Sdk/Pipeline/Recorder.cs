using System.Diagnostics;
using TelemetryKit.Context;
using TelemetryKit.Json;
using TelemetryKit.Options;
using TelemetryKit.Platform;

namespace TelemetryKit.Pipeline;

/// <summary>
/// The background thread of a client. Callers add events to a ring buffer and return; the thread writes them to the queues of the lanes,
/// and starts sending when batches are due.
/// </summary>
internal sealed class Recorder
{
    /// <summary>How long events are collected before they are written: a burst is one write, and a crash loses little.</summary>
    private const int WriteDelayMs = 200;

    /// <summary>The number of events at which they are written without further delay.</summary>
    private const int WriteThreshold = 512;

    /// <summary>Shorter runs do not send, because they would end before a connection is established.</summary>
    private const int FirstSendDelayMs = 100;

    /// <summary>
    /// How long disposing waits for the disk. Events that are not written by then are lost. Writing usually takes milliseconds.
    /// </summary>
    private const int WriteTimeoutMs = 10_000;

    /// <summary>
    /// How long disposing waits at most, if the process still gets processor time: when hundreds of runs share a processor, compiling and
    /// writing take longer than <see cref="WriteTimeoutMs"/>.
    /// </summary>
    private const int BusyWriteTimeoutMs = 60_000;

    private const int ProgressCheckMs = 5_000;

    /// <summary>The processor time between two checks below which the process is waiting for something that hangs.</summary>
    private const int MinProgressMs = 1;

    private readonly object _gate = new();
    private readonly EventRing _ring;
    private readonly DropCounters _dropped = new();
    private readonly OptionValues _options;
    private readonly Host _host;
    private readonly LaneBuilder _builder;
    private readonly Action _started;
    private readonly VerboseLog _log;
    private readonly Utf8Buffer _lines = new();
    private TaskCompletionSource<bool>[] _flushes = [];
    private readonly Thread _thread;
    private EventWriter? _writer;
    private bool _stopping;
    private volatile bool _discarding;

    /// <param name="options">The options.</param>
    /// <param name="host">The host.</param>
    /// <param name="switches">The switches of the environment.</param>
    /// <param name="log">Receives faults.</param>
    /// <param name="started">Called on the thread when it starts.</param>
    /// <param name="isWithdrawn">Returns whether another process has stored a no.</param>
    public Recorder(OptionValues options, Host host, Switches switches, VerboseLog log, Action started, Func<bool> isWithdrawn)
    {
        _started = started;
        _options = options;
        _host = host;
        _log = log;
        _ring = new(options.QueueEvents, options.QueueBytes);
        _builder = new(options, host, switches, log, _dropped, Wake, isWithdrawn, Withdraw);
        _thread = new(Run) { IsBackground = true, Name = "TelemetryKit" };
    }

    /// <summary>Whether events are recorded: until the end, an error or a no.</summary>
    public bool IsRecording => !Volatile.Read(ref _stopping);

    public void Start() => _thread.Start();

    public void Record(in PendingEvent recorded)
    {
        int dropped;
        lock (_gate)
        {
            if (_stopping)
                return;
            dropped = _ring.Add(recorded);
            if (_ring.Count is 1 or WriteThreshold)
                Monitor.Pulse(_gate);
        }

        if (dropped > 0)
            _dropped.Add("queue_full", dropped);
    }

    /// <summary>Writes and sends everything. The result is true if no event is left pending.</summary>
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

    /// <summary>
    /// Writes all recorded events and ends the thread. Further calls have no effect, except to wait for <see cref="Withdraw"/>.
    /// </summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_stopping && !_discarding)
                return;
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        if (!WaitForThread())
            _log.Write("writing takes too long, events that are not written are lost");
    }

    /// <summary>
    /// Waits for the end of the thread. Gives up after <see cref="WriteTimeoutMs"/> if the process only waits, as for a disk that hangs. A
    /// process that has used processor time meanwhile is slow, so it may take longer.
    /// </summary>
    private bool WaitForThread()
    {
        if (_thread.Join(WriteTimeoutMs - ProgressCheckMs))
            return true;
        for (var waited = WriteTimeoutMs; waited <= BusyWriteTimeoutMs; waited += ProgressCheckMs)
        {
            var before = ProcessorTime();
            if (_thread.Join(ProgressCheckMs))
                return true;
            if ((ProcessorTime() - before).TotalMilliseconds < MinProgressMs)
                return false;
        }

        return false;
    }

#if NET9_0_OR_GREATER
    private static TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime;
#else
    private static TimeSpan ProcessorTime()
    {
        using var own = Process.GetCurrentProcess();
        return own.TotalProcessorTime;
    }
#endif

    /// <summary>Like <see cref="Stop"/>, but deletes all events that were recorded and not yet sent.</summary>
    public void Discard()
    {
        Withdraw();
        Stop();
    }

    /// <summary>The same, without waiting for it.</summary>
    private void Withdraw()
    {
        lock (_gate)
        {
            _discarding = true;
            _stopping = true;
            while (_ring.TryTake(out _))
            {
            }

            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Counts a dropped event.</summary>
    public void Drop(string reason) => _dropped.Add(reason, 1);

    /// <summary>Returns the lanes; none if they don't exist after a second.</summary>
    public Lane[] Lanes()
    {
        // The lanes are complete when the writer exists, a few milliseconds after the start.
        SpinWait.SpinUntil(() => Volatile.Read(ref _writer) is not null, TimeSpan.FromSeconds(1));
        return Volatile.Read(ref _writer) is null ? [] : _builder.Lanes;
    }

    public QueueStatus GetStatus()
    {
        var status = default(QueueStatus);
        foreach (var lane in Lanes())
            status = status.Add(lane.GetStatus());

        lock (_gate)
            return status.Add(new(_ring.Count, 0, null));
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
            // First, because handlers of the tool that are registered later are called before.
            _started();
            Initialize();
            while (WriteAndSend())
            {
            }
        }
#pragma warning disable CA1031 // An unhandled exception on this thread would end the host's process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.Write("recording ends because of an error: " + e.GetType().Name);
            lock (_gate)
                _stopping = true;
        }

        // Complete flushes that were requested and not started, so that no caller waits forever.
        foreach (var flush in _flushes)
            flush.TrySetResult(false);
    }

    private void Initialize()
    {
        _builder.Build();
        // A run of the command "telemetry" opens no connection, which may be one that says no. The tool hasn't called the command yet.
        var records = Array.IndexOf(Environment.GetCommandLineArgs(), "telemetry") < 0;
        foreach (var lane in _builder.Lanes)
        {
            lane.CheckAt = _host.Clock.UtcNow.UtcTicks + FirstSendDelayMs * TimeSpan.TicksPerMillisecond;
            if (records && lane.ExitTimeoutMs() > 0)
                lane.Connect();
        }

        UseCurrentId();
    }

    private void UseCurrentId() => Volatile.Write(
        ref _writer, new(_options, _dropped, _builder.User!.Installation.UserId, new Uuid7().Create(_host.Clock.UtcNow)));

    /// <summary>Executes an iteration of the thread's loop. Returns false if it was the last one.</summary>
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

        WriteEvents();
        foreach (var flush in flushes)
        {
            if (_discarding)
                flush.TrySetResult(false);
            else
                _ = Send(flush);
        }

        if (stopping || _discarding)
        {
            Shutdown();
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
        Debug.Assert(Monitor.IsEntered(_gate), "The caller holds the lock.");
        // First wait for something to do: an event, a flush or a due batch.
        while (!_stopping && _flushes.Length == 0 && _ring.Count == 0)
        {
            var wait = UntilNextCheck();
            if (wait == 0 || !Monitor.Wait(_gate, wait))
                return;
        }

        // Then, if there are only events, wait for the rest of the burst.
        if (!_stopping && _flushes.Length == 0 && _ring.Count < WriteThreshold)
            Monitor.Wait(_gate, WriteDelayMs);
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
        // At most one minute at a time, because the clock may be set forward meanwhile.
        var wait = (next - _host.Clock.UtcNow.UtcTicks) / TimeSpan.TicksPerMillisecond + 1;
        return wait <= 0 ? 0 : wait < 60_000 ? (int)wait : 60_000;
    }

    private void WriteEvents()
    {
        lock (_gate)
        {
            if (_ring.Count == 0)
                return;
        }

        // Another process may have had the id forgotten, with everything that was recorded before.
        var erasedAt = _builder.User!.Refresh()?.Ticks ?? 0;
        if (_builder.User.Installation.UserId != _writer!.UserId)
            UseCurrentId();
        var count = 0;
        while (true)
        {
            PendingEvent pending;
            lock (_gate)
            {
                if (!_ring.TryTake(out pending))
                    break;
            }

            if (pending.UtcTicks >= erasedAt && _writer!.TryWrite(pending, _lines))
                count++;
            if (_lines.Length >= _options.BatchBytes)
                WriteToLanes(ref count);
        }

        if (count > 0)
            WriteToLanes(ref count);
        // Afterwards, because a process that stores a no then deletes what waits: one of the two deletes what was just written.
        if (_builder.User.IsWithdrawn)
            Withdraw();
    }

    /// <summary>Appends the collected lines, and the numbers of dropped events, to the queues.</summary>
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
            // The caller of Flush must not wait forever, whatever happened.
            flush.TrySetResult(all);
        }
    }

    private void Shutdown()
    {
        if (_discarding)
        {
            // On this thread, which is the only one that writes, so that nothing is written afterwards.
            foreach (var lane in _builder.Lanes)
            {
                lane.Stop();
                lane.Clear();
            }

            return;
        }

        SendAtExit();
        foreach (var lane in _builder.Lanes)
            lane.Stop();
        if (_dropped.Any)
        {
            // Events may have been dropped since the last write. A later run reports the numbers.
            var count = 0;
            WriteToLanes(ref count);
        }

        foreach (var lane in _builder.Lanes)
            lane.ReportKept();
    }

    /// <summary>Waits for all backends together, so that a tool with several of them does not wait longer.</summary>
    private void SendAtExit()
    {
        var elapsed = Stopwatch.StartNew();
        var sending = new List<(Lane Lane, Task Sent, int Timeout)>();
        foreach (var lane in _builder.Lanes)
        {
            // Printing needs no network, so it always completes.
            var timeout = lane.NeedsNetwork ? lane.ExitTimeoutMs() : WriteTimeoutMs;
            if (timeout > 0 && lane.HasEvents)
                sending.Add((lane, lane.SendAtExit(), timeout));
        }

        if (Lane.Sender is { } sender && _builder.ServiceFolder is { } folder
            && Array.Exists(_builder.Lanes, lane => lane.HasEvents && lane.CanDetach))
            sender(folder, _options, _host.Clock, _log);
        foreach (var (lane, sent, timeout) in sending)
        {
            if (!sent.Wait(Math.Max(0, timeout - (int)elapsed.ElapsedMilliseconds)))
                lane.Abandon();
        }
    }
}
