namespace TelemetryKit.Sdk.Library;

/// <summary>An implementation of the interface, as a library's tests have one.</summary>
public sealed class FakeClient : ITelemetryClient
{
    /// <summary>The names that were recorded.</summary>
    public IList<string> Names { get; } = [];

    /// <inheritdoc />
    public bool IsEnabled => true;

    /// <inheritdoc />
    public TelemetryOperation TrackCommand(string command, TelemetryMetadata? metadata = null)
    {
        Names.Add(command);
        return TelemetryOperation.None;
    }

    /// <inheritdoc />
    public void TrackFeature(string feature, TelemetryMetadata? metadata = null) => Names.Add(feature);

    /// <inheritdoc />
    public void TrackMethod(string method, TelemetryMetadata? metadata = null) => Names.Add(method);

    /// <inheritdoc />
    public void TrackMethod(string method, TimeSpan duration, bool? success = null, TelemetryMetadata? metadata = null) =>
        Names.Add(method);

    /// <inheritdoc />
    public void TrackComponent(string component, TelemetryMetadata? metadata = null) => Names.Add(component);

    /// <inheritdoc />
    public void TrackEvent(string eventType, TelemetryMetadata? metadata = null) => Names.Add(eventType);

    /// <inheritdoc />
    public void TrackMetric(
        string name, double value, MetricKind kind = MetricKind.Counter, string? unit = null, TelemetryMetadata? metadata = null) =>
        Names.Add(name);

    /// <inheritdoc />
    public void TrackLog(TelemetryLogLevel level, string message, TelemetryMetadata? metadata = null) => Names.Add(message);

    /// <inheritdoc />
    public void TrackError(Exception exception, TelemetryMetadata? metadata = null) => Names.Add(exception.GetType().Name);

    /// <inheritdoc />
    public bool Flush(TimeSpan? timeout = null) => true;

    /// <inheritdoc />
    public Task<bool> FlushAsync(CancellationToken cancellationToken = default) => Task.FromResult(true);

    /// <inheritdoc />
    public void Dispose() => Names.Add("disposed");

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }
}
