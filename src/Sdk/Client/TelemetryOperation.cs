using System.Diagnostics;

namespace TelemetryKit;

/// <summary>
/// Something that takes time: begun by <see cref="ITelemetryClient.TrackCommand"/>, recorded once, when it is disposed.
/// </summary>
public sealed class TelemetryOperation : IDisposable
{
    /// <summary>An operation that records nothing: for fakes, and for clients that are switched off.</summary>
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

    /// <summary>Adds something to what the event says.</summary>
    public TelemetryOperation With(string key, MetadataValue value)
    {
        if (_client is not null)
            (_metadata ??= new())[key] = value;
        return this;
    }

    /// <summary>Says that it went well.</summary>
    public TelemetryOperation Succeeded()
    {
        if (_client is not null)
            _success = true;
        return this;
    }

    /// <summary>Says that it failed, with the exit code the process will return.</summary>
    public TelemetryOperation Failed(int exitCode = 1)
    {
        if (_client is not null)
            _success = false;
        return With("exit_code", exitCode);
    }

    /// <summary>Says that it failed, by the exception's type.</summary>
    public TelemetryOperation Failed(Exception exception)
    {
        if (_client is not null)
            _success = false;
        return With("error_type", exception?.GetType().FullName);
    }

    /// <summary>Says how it ended by an exit code: 0 is success.</summary>
    public TelemetryOperation Exited(int exitCode) => exitCode == 0 ? Succeeded() : Failed(exitCode);

    /// <summary>Records the event. A second call does nothing.</summary>
    public void Dispose() =>
        Interlocked.Exchange(ref _client, null)?.RecordCommand(_name, _started, _success, _metadata);
}
