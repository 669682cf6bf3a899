namespace TelemetryKit;

/// <summary>A client that records nothing, for tests and for applications without telemetry.</summary>
public sealed class NullTelemetryClient : ITelemetryClient
{
    /// <summary>A shared instance.</summary>
    public static NullTelemetryClient Instance { get; } = new();

    /// <inheritdoc />
    public bool IsEnabled => false;

    /// <inheritdoc />
    public TelemetryOperation TrackCommand(string command, TelemetryMetadata? metadata = null) => TelemetryOperation.None;

    /// <inheritdoc />
    public void TrackFeature(string feature, TelemetryMetadata? metadata = null)
    {
    }

    /// <inheritdoc />
    public void TrackMethod(string method, TelemetryMetadata? metadata = null)
    {
    }

    /// <inheritdoc />
    public void TrackMethod(string method, TimeSpan duration, bool? success = null, TelemetryMetadata? metadata = null)
    {
    }

    /// <inheritdoc />
    public void TrackComponent(string component, TelemetryMetadata? metadata = null)
    {
    }

    /// <inheritdoc />
    public void TrackEvent(string eventType, TelemetryMetadata? metadata = null)
    {
    }

    /// <inheritdoc />
    public void TrackMetric(
        string name, double value, MetricKind kind = MetricKind.Counter, string? unit = null, TelemetryMetadata? metadata = null)
    {
    }

    /// <inheritdoc />
    public void TrackLog(TelemetryLogLevel level, string message, TelemetryMetadata? metadata = null)
    {
    }

    /// <inheritdoc />
    public void TrackError(Exception exception, TelemetryMetadata? metadata = null)
    {
    }

    /// <inheritdoc />
    public bool Flush(TimeSpan? timeout = null) => true;

    /// <inheritdoc />
    public Task<bool> FlushAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    /// <inheritdoc />
    public void Dispose()
    {
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => default;
}
