using System.Diagnostics;

namespace TelemetryKit;

/// <summary>
/// An operation in progress, started by <see cref="ITelemetryClient.TrackCommand"/>. It is recorded once, when it is disposed, with the
/// outcome that was set. If the process ends before it and its client are disposed, it is recorded with the exit code, with the type of the
/// unhandled exception, or as cancelled.
/// </summary>
public sealed class TelemetryOperation : IDisposable
{
    /// <summary>The conventional exit codes of a process that ended by Ctrl+C or by a termination request.</summary>
    private const int Interrupted = 130, Terminated = 143;

    /// <summary>An operation that records nothing, for test doubles and disabled clients.</summary>
    public static TelemetryOperation None { get; } = new(null, "", null);

    // The neighbours in the list of open operations, which the client's list sets under its lock.
    internal TelemetryOperation? Newer;
    internal TelemetryOperation? Older;

    private readonly string _name;
    private readonly long _started;
    private TelemetryKitClient? _client;
    private TelemetryMetadata? _metadata;
    private bool? _success;
    private bool _cancelled;
    private int _exitCode;

    internal TelemetryOperation(TelemetryKitClient? client, string name, TelemetryMetadata? metadata)
    {
        _client = client;
        _name = name;
        _metadata = metadata;
        _started = client is null ? 0 : Stopwatch.GetTimestamp();
    }

    /// <summary>Adds metadata to the event.</summary>
    public TelemetryOperation With(string key, MetadataValue value)
    {
        if (_client is not null)
            (_metadata ??= new())[key] = value;
        return this;
    }

    /// <summary>Marks the operation as successful.</summary>
    public TelemetryOperation Succeeded() => SetOutcome(true, 0);

    /// <summary>Marks the operation as failed, with the exit code of the process.</summary>
    public TelemetryOperation Failed(int exitCode = 1) => SetOutcome(false, exitCode).With("exit_code", exitCode);

    /// <summary>Marks the operation as failed, with the type of the exception.</summary>
    public TelemetryOperation Failed(Exception exception) =>
        SetOutcome(false, 1).With("error_type", exception?.GetType().FullName);

    /// <summary>Marks the operation as ended by its user: it has neither succeeded nor failed.</summary>
    public TelemetryOperation Cancelled()
    {
        if (!ReferenceEquals(this, None))
            _cancelled = true;
        return SetOutcome(null, Interrupted).With("cancelled", true);
    }

    /// <summary>
    /// Marks the operation as successful if the exit code is 0, as cancelled if it is that of a process that ended by Ctrl+C or by a
    /// termination request (130 and 143), otherwise as failed.
    /// </summary>
    public TelemetryOperation Exited(int exitCode) => exitCode switch
    {
        0 => Succeeded(),
        Interrupted or Terminated => Cancelled(),
        _ => Failed(exitCode),
    };

    /// <summary>Records the event. Further calls have no effect.</summary>
    public void Dispose() =>
        Interlocked.Exchange(ref _client, null)?.RecordCommand(this, _name, _started, _success, _metadata);

    /// <summary>The exit code of the outcome that was set; 0 if none was.</summary>
    internal int ExitCode => _exitCode;

    /// <summary>Whether the author has set an outcome.</summary>
    internal bool HasOutcome => _success is not null || _cancelled;

    /// <summary>Creates an operation that records nothing, but has an outcome of its own.</summary>
    internal static TelemetryOperation Unrecorded() => new(null, "", null);

    private TelemetryOperation SetOutcome(bool? success, int exitCode)
    {
        // None is shared.
        if (ReferenceEquals(this, None))
            return this;
        _success = success;
        _exitCode = exitCode;
        return this;
    }
}
