using System.Diagnostics;
using TelemetryKit.Client;
using TelemetryKit.Erasure;
using TelemetryKit.Pipeline;

namespace TelemetryKit;

// How events are recorded, and the lifetime of the recorder.
public sealed partial class TelemetryKitClient
{
    internal void RecordCommand(
        TelemetryOperation operation, string command, long started, bool? success, TelemetryMetadata? metadata)
    {
        _open.Remove(operation);
        var elapsed = (Stopwatch.GetTimestamp() - started) * 1000.0 / Stopwatch.Frequency;
        Record(TelemetryEventTypes.CommandExecuted, "command", command, metadata, elapsed, success);
    }

    private void Record(
        string type, string? subjectKey, string? subject, TelemetryMetadata? metadata, double durationMs = double.NaN,
        bool? success = null, double value = 0, string? detail = null, string? kindOrLevel = null)
    {
        if ((_recorder ?? StartLater()) is not { } recorder || subject is null)
            return;
        var count = 0;
        var entries = metadata?.Snapshot(out count);
        recorder.Record(new()
        {
            Type = type,
            SubjectKey = subjectKey,
            Subject = subjectKey is null ? null : subject,
            UtcTicks = _host.Clock.UtcNow.UtcTicks,
            DurationMs = durationMs,
            Success = success,
            Metadata = entries,
            MetadataCount = count,
            Value = value,
            Detail = detail,
            KindOrLevel = kindOrLevel,
        });
    }

    private void Drop(string reason)
    {
        if (_recorder is not { } recorder)
            return;
        recorder.Drop(reason);
        _log.Write("an event was dropped: " + reason);
    }

    private void Begin()
    {
        if (Fault is { } fault)
        {
            _log.Write("nothing is recorded, because " + fault);
            return;
        }

        if (_consent.Begin() == ConsentState.Granted)
        {
            StartRecorder();
            return;
        }

        _log.Write("nothing is recorded, because " + (_consent.Reason is { Length: > 0 } reason ? "of " + reason : "nobody agreed"));
        if (!_switches.ForbidsFiles)
            _erasing = ErasureRun.Start(_options, _host, _log);
    }

    private void OnConsentChanged(ConsentState state)
    {
        if (state == ConsentState.Granted)
        {
            // A run of the command "telemetry on" is not recorded, and opens no connection, unless it records something afterwards.
            if (_recorder is { IsRecording: false } ended)
            {
                // It ended because another process had stored a no. What it has stored is deleted before anything is recorded anew.
                ended.Stop();
                _recorder = null;
            }

            if (IsCommand)
                _startsLater = true;
            else
                StartRecorder();
            return;
        }

        _startsLater = false;
        DiscardRecorder();
    }

    private Recorder? StartLater()
    {
        if (_startsLater)
            StartRecorder();
        _startsLater = false;
        return _recorder;
    }

    private void StartRecorder()
    {
        lock (_gate)
        {
            if (_disposed || _recorder is not null || Fault is not null)
                return;
            var recorder = new Recorder(_options, _host, _switches, _log, WatchSignals, _consent.IsWithdrawn);
            recorder.Start();
            _recorder = recorder;
        }

        // For tools that call Environment.Exit, which skips Dispose, or that fail.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
    }

    private void OnProcessExit(object? sender, EventArgs e)
    {
        var exitCode = Environment.ExitCode;
        End(operation => operation.Exited(exitCode));
    }

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs e)
    {
        if (e.IsTerminating)
            End(operation => operation.Failed((e.ExceptionObject as Exception)!));
    }

    /// <summary>Called on the background thread, because registering takes longer than recording.</summary>
    private void WatchSignals()
    {
        var signals = new TerminationSignals(OnSignal);
        lock (_gate)
        {
            if (!_disposed)
            {
                _signals = signals;
                return;
            }
        }

        signals.Dispose();
    }

    private void OnSignal(bool continues)
    {
        _cancelled = true;
        // Otherwise the tool ends by itself, and what is still open then was cancelled.
        if (!continues)
            End(operation => operation.Cancelled());
    }

    /// <summary>Ends open operations, writes recorded events to disk and ends the recording. Further calls have no effect.</summary>
    private void End(Action<TelemetryOperation>? outcome)
    {
        Recorder? recorder;
        TerminationSignals? signals;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            recorder = _recorder;
            signals = _signals;
        }

        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        _open.EndAll(_cancelled ? operation => operation.Cancelled() : outcome);
        _recorder = null;
        recorder?.Stop();
        _erasing?.WaitAtExit();
        signals?.Dispose();
    }

    /// <summary>Stops recording and discards the events in memory, which were recorded under a consent that was withdrawn.</summary>
    private void DiscardRecorder()
    {
        var recorder = _recorder;
        _recorder = null;
        recorder?.Discard();
    }

    /// <summary>Whether this is a run of the command <c>telemetry</c>, which a new consent does not record.</summary>
    internal bool IsCommand { get; set; }

    /// <summary>The fault of the author because of which nothing is recorded or sent; null if there is none.</summary>
    internal string? Fault =>
        _options.ServiceName.Length == 0 ? "the service name is empty"
        : _options.Fault is { } fault ? "the tool could not configure its telemetry: " + fault
        : null;

    /// <summary>Why this run asks no server to erase, if <see cref="Erasures"/> is null.</summary>
    internal string WhyNoErasures =>
        Fault ?? (_switches.Debug ? "TELEMETRYKIT_DEBUG is set" : "no backend of this run can erase");

    /// <summary>The names of the backends that have events and cannot erase them.</summary>
    internal List<string> BackendsWithoutErasure()
    {
        var names = new List<string>();
        foreach (var backend in BackendSelection.Select(_options, _host, _switches, _log))
        {
            if (backend is not (IErasureSender or ConsoleBackend))
                names.Add(backend.Name);
        }

        return names;
    }

    /// <summary>The time by the clock that events have.</summary>
    internal DateTimeOffset UtcNow => _host.Clock.UtcNow;

    /// <summary>What is stored on this machine.</summary>
    internal StoredData Stored() => StoredData.Read(_options, _host, _recorder?.Lanes() ?? []);

    /// <summary>The erasures of this tool; null if there is no home directory or no backend that erases.</summary>
    internal ErasureQueue? Erasures() => ErasureQueue.Create(_options, _host, _log);

    /// <summary>
    /// Deletes pending events and ends the recording of this run, whose events have the id that is about to be replaced. Works even if
    /// telemetry is disabled: the user asked for it explicitly, so files may be accessed.
    /// </summary>
    private void DeletePending()
    {
        DiscardRecorder();
        try
        {
            LaneBuilder.ClearFiles(_options, _host);
        }
#pragma warning disable CA1031 // Faults in custom backends and configured addresses must not end the tool.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.Write("pending events could not be deleted: " + e.GetType().Name);
        }
    }
}
