namespace TelemetryKit;

/// <summary>
/// Records how a tool is used. Its <c>Track</c> methods never throw, never block on the network or the disk and never write to standard
/// output. All members are thread-safe. Use <see cref="NullTelemetryClient"/> in tests.
/// </summary>
public interface ITelemetryClient : IDisposable, IAsyncDisposable
{
    /// <summary>Whether events are recorded: telemetry is not disabled and, if consent is required, it was given.</summary>
    bool IsEnabled { get; }

    /// <summary>
    /// Times a command until the returned operation is disposed. Call <see cref="TelemetryOperation.Succeeded"/> or
    /// <see cref="TelemetryOperation.Failed(int)"/> before that; otherwise the event is recorded without an outcome. For a whole command,
    /// <see cref="TelemetryClientExtensions"/> has methods that record its exit code or its exception.
    /// </summary>
    TelemetryOperation TrackCommand(string command, TelemetryMetadata? metadata = null);

    /// <summary>Records that a feature was used.</summary>
    void TrackFeature(string feature, TelemetryMetadata? metadata = null);

    /// <summary>Records that a method of a library was called.</summary>
    void TrackMethod(string method, TelemetryMetadata? metadata = null);

    /// <summary>Records that a method of a library was called, how long it took and whether it succeeded.</summary>
    void TrackMethod(string method, TimeSpan duration, bool? success = null, TelemetryMetadata? metadata = null);

    /// <summary>Records that a component was rendered.</summary>
    void TrackComponent(string component, TelemetryMetadata? metadata = null);

    /// <summary>
    /// Records an event of a custom type. The type begins with a letter and consists of at most 64 letters, digits, <c>_</c>, <c>-</c>,
    /// <c>.</c> and <c>:</c>; an event of another type is dropped. The metadata key <c>name</c> is the event's subject.
    /// </summary>
    void TrackEvent(string eventType, TelemetryMetadata? metadata = null);

    /// <summary>Records a measurement. <paramref name="unit"/> is a UCUM symbol such as <c>ms</c>, <c>By</c> or <c>1</c>.</summary>
    void TrackMetric(
        string name, double value, MetricKind kind = MetricKind.Counter, string? unit = null, TelemetryMetadata? metadata = null);

    /// <summary>
    /// Records a log message. It must not name a person: messages are scrubbed, but scrubbing cannot recognize names.
    /// </summary>
    void TrackLog(TelemetryLogLevel level, string message, TelemetryMetadata? metadata = null);

    /// <summary>
    /// Records the type of an exception. Its message may contain personal data and is recorded only if
    /// <see cref="TelemetryOptions.IncludeErrorMessages"/> is set. Its stack trace is never recorded.
    /// </summary>
    void TrackError(Exception exception, TelemetryMetadata? metadata = null);

    /// <summary>
    /// Persists everything recorded so far and tries to send all pending events. Waits for at most <paramref name="timeout"/>, by default
    /// 5 s. Returns true if no event is left pending. Tools need not call it: disposing keeps events for the next run.
    /// </summary>
    bool Flush(TimeSpan? timeout = null);

    /// <summary>Like <see cref="Flush"/>, without blocking a thread. Cancellation ends the wait, but not the sending.</summary>
    Task<bool> FlushAsync(CancellationToken cancellationToken = default);
}
