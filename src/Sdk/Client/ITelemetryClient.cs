namespace TelemetryKit;

/// <summary>
/// Records what a tool's users do with it. No method throws, blocks on the network, waits for a disk, or writes to standard
/// output; all of them may be called by many threads at once. Use <see cref="NullTelemetryClient"/> in tests.
/// </summary>
public interface ITelemetryClient : IDisposable
#if NET
    , IAsyncDisposable
#endif
{
    /// <summary>True while events are recorded: nobody switched telemetry off and, where it is asked for, consent is given.</summary>
    bool IsEnabled { get; }

    /// <summary>
    /// Times a command until the result is disposed. Say <see cref="TelemetryOperation.Succeeded"/> or
    /// <see cref="TelemetryOperation.Failed(int)"/> before that; an event without either carries no verdict.
    /// </summary>
    TelemetryOperation TrackCommand(string command, TelemetryMetadata? metadata = null);

    /// <summary>Records that a feature was used.</summary>
    void TrackFeature(string feature, TelemetryMetadata? metadata = null);

    /// <summary>Records that a method of a library was called.</summary>
    void TrackMethod(string method, TelemetryMetadata? metadata = null);

    /// <summary>Records that a method of a library was called, how long it took, and how it ended.</summary>
    void TrackMethod(string method, TimeSpan duration, bool? success = null, TelemetryMetadata? metadata = null);

    /// <summary>Records that a component was rendered.</summary>
    void TrackComponent(string component, TelemetryMetadata? metadata = null);

    /// <summary>
    /// Records an event of the author's own type, a word of letters, digits, <c>_</c>, <c>-</c> and <c>.</c>. The metadata key
    /// <c>name</c> is its subject.
    /// </summary>
    void TrackEvent(string eventType, TelemetryMetadata? metadata = null);

    /// <summary>Records a measured value. <paramref name="unit"/> is a UCUM symbol such as <c>ms</c>, <c>By</c> or <c>1</c>.</summary>
    void TrackMetric(
        string name, double value, MetricKind kind = MetricKind.Counter, string? unit = null, TelemetryMetadata? metadata = null);

    /// <summary>Records a log message. Write messages that name no person; they are scrubbed, but a scrubber cannot know names.</summary>
    void TrackLog(TelemetryLogLevel level, string message, TelemetryMetadata? metadata = null);

    /// <summary>
    /// Records that something failed, by the exception's type. Its message and its stack may hold personal data and stay
    /// here, unless <see cref="TelemetryOptions.IncludeErrorMessages"/> says otherwise.
    /// </summary>
    void TrackError(Exception exception, TelemetryMetadata? metadata = null);

    /// <summary>
    /// Writes down everything recorded so far and tries to send all that waits, for at most <paramref name="timeout"/> (by
    /// default 5 s). True when nothing is left waiting. Tools need not call it: disposing keeps events for the next run.
    /// </summary>
    bool Flush(TimeSpan? timeout = null);

    /// <summary>As <see cref="Flush"/>, without blocking a thread; cancelling ends the wait, not the sending.</summary>
    Task<bool> FlushAsync(CancellationToken cancellationToken = default);

#if !NET
    /// <summary>Writes what was recorded to disk and leaves; the next run sends it.</summary>
    Task DisposeAsync();
#endif
}
