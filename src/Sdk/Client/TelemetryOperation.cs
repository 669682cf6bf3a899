using System.Diagnostics;

namespace TelemetryKit;

/// <summary>
/// An operation in progress, started by <see cref="ITelemetryClient.TrackCommand"/>. It is recorded once, when it is disposed.
/// </summary>
public sealed class TelemetryOperation : IDisposable
{
    /// <summary>An operation that records nothing, for test doubles and disabled clients.</summary>
    public static TelemetryOperation None { get; } = new(null, "", null);

    private readonly string _name;
    private readonly long _started;
    private TelemetryKitClient? _client;
    private TelemetryMetadata? _metadata;
    private bool? _success;

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
    public TelemetryOperation Succeeded()
    {
        if (_client is not null)
            _success = true;
        return this;
    }

    /// <summary>Marks the operation as failed, with the exit code of the process.</summary>
    public TelemetryOperation Failed(int exitCode = 1)
    {
        if (_client is not null)
            _success = false;
        return With("exit_code", exitCode);
    }

    /// <summary>Marks the operation as failed, with the type of the exception.</summary>
    public TelemetryOperation Failed(Exception exception)
    {
        if (_client is not null)
            _success = false;
        return With("error_type", exception?.GetType().FullName);
    }

    /// <summary>Marks the operation as successful if the exit code is 0, otherwise as failed.</summary>
    public TelemetryOperation Exited(int exitCode) => exitCode == 0 ? Succeeded() : Failed(exitCode);

    /// <summary>Records the event. Further calls have no effect.</summary>
    public void Dispose() =>
        Interlocked.Exchange(ref _client, null)?.RecordCommand(_name, _started, _success, _metadata);
}
