namespace TelemetryKit.Testing;

/// <summary>
/// A client for tests that collects the events in memory, exactly as they would be sent: scrubbed, truncated and after
/// <see cref="TelemetryOptions.BeforeSend"/>. It uses no file, no network and no environment variable, and needs no consent.
/// </summary>
/// <example>
/// <code>
/// using var telemetry = new RecordingTelemetryClient();
/// MyTool.Run(["build"], telemetry);
/// Assert.Equal(["build"], telemetry.Names(TelemetryEventTypes.CommandExecuted));
/// </code>
/// </example>
public sealed class RecordingTelemetryClient : ITelemetryClient
{
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromMinutes(1);

    private readonly CollectingBackend _collected = new();
    private readonly TelemetryKitClient _client;

    /// <summary>Creates a client.</summary>
    /// <param name="configure">Changes the options, for example to test <see cref="TelemetryOptions.BeforeSend"/>.</param>
    public RecordingTelemetryClient(Action<TelemetryOptions>? configure = null)
    {
        var options = new TelemetryOptions { ServiceName = "test" };
        configure?.Invoke(options);
        options.Consent = ConsentMode.HostDecides;
        options.Backends.Clear();
        options.Backends.Add(_collected);
        // No home directory and no other one: events are in memory only.
        options.Directory = null;
        options.ExitTimeout = FlushTimeout;
        _client = TelemetryKitClient.Create(options, new IsolatedHost());
        _client.Consent.Grant();
    }

    /// <inheritdoc />
    public bool IsEnabled => _client.IsEnabled;

    /// <summary>The events that were recorded so far, in this order. Operations that are not disposed are not among them.</summary>
    public IReadOnlyList<TelemetryEvent> Events
    {
        get
        {
            _client.Flush(FlushTimeout);
            return _collected.ToArray();
        }
    }

    /// <summary>Returns the events of a type; see <see cref="TelemetryEventTypes"/>.</summary>
    public IReadOnlyList<TelemetryEvent> OfType(string eventType) => [.. Events.Where(recorded => recorded.Type == eventType)];

    /// <summary>Returns the names of the events of a type: of the commands, features, methods, components, metrics or errors.</summary>
    public IReadOnlyList<string> Names(string eventType)
    {
        var key = eventType switch
        {
            TelemetryEventTypes.CommandExecuted => "command",
            TelemetryEventTypes.FeatureUsed => "feature",
            TelemetryEventTypes.MethodCalled => "method",
            TelemetryEventTypes.ComponentRendered => "component",
            _ => "name",
        };
        return [.. OfType(eventType).Select(recorded => recorded.Metadata[key].ToString())];
    }

    /// <summary>Forgets the events that were recorded so far.</summary>
    public void Clear()
    {
        _client.Flush(FlushTimeout);
        _collected.Clear();
    }

    /// <inheritdoc />
    public TelemetryOperation TrackCommand(string command, TelemetryMetadata? metadata = null) => _client.TrackCommand(command, metadata);

    /// <inheritdoc />
    public void TrackFeature(string feature, TelemetryMetadata? metadata = null) => _client.TrackFeature(feature, metadata);

    /// <inheritdoc />
    public void TrackMethod(string method, TelemetryMetadata? metadata = null) => _client.TrackMethod(method, metadata);

    /// <inheritdoc />
    public void TrackMethod(string method, TimeSpan duration, bool? success = null, TelemetryMetadata? metadata = null) =>
        _client.TrackMethod(method, duration, success, metadata);

    /// <inheritdoc />
    public void TrackComponent(string component, TelemetryMetadata? metadata = null) => _client.TrackComponent(component, metadata);

    /// <inheritdoc />
    public void TrackEvent(string eventType, TelemetryMetadata? metadata = null) => _client.TrackEvent(eventType, metadata);

    /// <inheritdoc />
    public void TrackMetric(
        string name, double value, MetricKind kind = MetricKind.Counter, string? unit = null, TelemetryMetadata? metadata = null) =>
        _client.TrackMetric(name, value, kind, unit, metadata);

    /// <inheritdoc />
    public void TrackLog(TelemetryLogLevel level, string message, TelemetryMetadata? metadata = null) =>
        _client.TrackLog(level, message, metadata);

    /// <inheritdoc />
    public void TrackError(Exception exception, TelemetryMetadata? metadata = null) => _client.TrackError(exception, metadata);

    /// <inheritdoc />
    public bool Flush(TimeSpan? timeout = null) => _client.Flush(timeout);

    /// <inheritdoc />
    public Task<bool> FlushAsync(CancellationToken cancellationToken = default) => _client.FlushAsync(cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
