using System.Diagnostics;
using TelemetryKit.Pipeline;

namespace TelemetryKit;

// What the public calls come down to, and when there is a recorder.
public sealed partial class TelemetryKitClient
{
    internal void RecordCommand(string command, long started, bool? success, TelemetryMetadata? metadata)
    {
        var elapsed = (Stopwatch.GetTimestamp() - started) * 1000.0 / Stopwatch.Frequency;
        Record(TelemetryEventTypes.CommandExecuted, "command", command, metadata, elapsed, success);
    }

    private void Record(
        string type, string? subjectKey, string? subject, TelemetryMetadata? metadata, double durationMs = double.NaN,
        bool? success = null, double value = 0, string? detail = null, string? word = null)
    {
        if (_recorder is not { } recorder || subject is null)
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
            Word = word,
        });
    }

    private void Refuse(string reason)
    {
        if (_recorder is not { } recorder)
            return;
        recorder.Drop(reason);
        _log.Write("an event was refused: " + reason);
    }

    private void Begin()
    {
        if (_options.ServiceName.Length == 0)
        {
            _log.Write("there is no service name, so nothing is recorded");
            return;
        }

        if (_consent.Begin() == ConsentState.Granted)
            StartRecorder();
    }

    private void OnConsentChanged(ConsentState state)
    {
        if (state == ConsentState.Granted)
        {
            StartRecorder();
            return;
        }

        StopRecorder();
    }

    private void StartRecorder()
    {
        lock (_gate)
        {
            if (_disposed || _recorder is not null || _options.ServiceName.Length == 0)
                return;
            var recorder = new Recorder(_options, _host, _switches, _log);
            recorder.Start();
            _recorder = recorder;
        }

        // For tools that leave by Environment.Exit, past every dispose.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();

    /// <summary>What the recorder still holds was recorded with a consent that is gone: it is forgotten, not written.</summary>
    private void StopRecorder()
    {
        var recorder = _recorder;
        _recorder = null;
        recorder?.Forget();
    }

    /// <summary>
    /// Deletes what waits. Nothing more is recorded by this run, whose events bear the id that the user is leaving behind. It is done where
    /// telemetry is switched off, too: who asks for it wants the files touched.
    /// </summary>
    private void Forget()
    {
        StopRecorder();
        try
        {
            LaneBuilder.ClearFiles(_options, _host);
        }
#pragma warning disable CA1031 // Backends are the author's code and addresses the user's: what is wrong with them must not end the tool.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.Write("what waits could not be deleted: " + e.GetType().Name);
        }
    }
}
