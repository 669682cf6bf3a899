using TelemetryKit.Context;
using TelemetryKit.Options;
using TelemetryKit.Pipeline;

namespace TelemetryKit;

/// <summary>
/// The client that an author adds to a tool. Create one for the process, track with it from anywhere, dispose it at the end.
/// </summary>
/// <example>
/// <code>
/// await using var telemetry = TelemetryKitClient.Create("my-cli", "tk_live_…");
/// using var command = telemetry.TrackCommand("build");
/// telemetry.TrackFeature("incremental", new() { ["target"] = "production" });
/// </code>
/// </example>
public sealed partial class TelemetryKitClient : ITelemetryClient
{
    private readonly OptionValues _options;
    private readonly TelemetryConsent _consent;
    private readonly Host _host;
    private readonly Switches _switches;
    private readonly VerboseLog _log;
    private readonly object _gate = new();
    private volatile Recorder? _recorder;
    private bool _disposed;

    private TelemetryKitClient(OptionValues options, Host host)
    {
        _options = options;
        _host = host;
        _switches = Switches.Read(host, options.ServiceName);
        _log = new(host, _switches.Verbose, options.Log);
        _consent = new(options, host, _switches) { Changed = OnConsentChanged, Forget = Forget };
    }

    /// <summary>What the user decided; a tool builds its own telemetry command from it.</summary>
    public TelemetryConsent Consent => _consent;

    /// <inheritdoc />
    public bool IsEnabled => _recorder is not null;

    /// <summary>Creates a client for a tool. Never throws: with a name that is empty, it records nothing.</summary>
    /// <param name="serviceName">The tool's name, such as <c>my-cli</c>.</param>
    /// <param name="key">The project's write key; public by nature.</param>
    /// <param name="configure">Changes the options.</param>
    public static TelemetryKitClient Create(string serviceName, string? key = null, Action<TelemetryOptions>? configure = null)
    {
        var options = new TelemetryOptions { ServiceName = serviceName ?? "", Key = key };
        try
        {
            configure?.Invoke(options);
        }
#pragma warning disable CA1031 // A fault in configuring telemetry must not stop the tool; it shows in verbose mode.
        catch (Exception e)
#pragma warning restore CA1031
        {
            options.ServiceName = "";
            new VerboseLog(new(), Environment.GetEnvironmentVariable("TELEMETRYKIT_VERBOSE") is "1" or "true")
                .Write("the options could not be set: " + e.GetType().Name);
        }

        return Create(options, new Host());
    }

    /// <summary>Creates a client with options of one's own. They are not to be changed afterwards.</summary>
    public static TelemetryKitClient Create(TelemetryOptions options) => Create(options ?? new(), new Host());

    internal static TelemetryKitClient Create(TelemetryOptions options, Host host)
    {
        var values = options.Values;
        if (values.NumbersSet)
            values.KeepToLimits();
        var client = new TelemetryKitClient(values, host);
        client.Begin();
        return client;
    }

    /// <inheritdoc />
    public TelemetryOperation TrackCommand(string command, TelemetryMetadata? metadata = null) =>
        _recorder is null || command is null ? TelemetryOperation.None : new(this, command, metadata);

    /// <inheritdoc />
    public void TrackFeature(string feature, TelemetryMetadata? metadata = null) =>
        Record(TelemetryEventTypes.FeatureUsed, "feature", feature, metadata);

    /// <inheritdoc />
    public void TrackMethod(string method, TelemetryMetadata? metadata = null) =>
        Record(TelemetryEventTypes.MethodCalled, "method", method, metadata);

    /// <inheritdoc />
    public void TrackMethod(string method, TimeSpan duration, bool? success = null, TelemetryMetadata? metadata = null) =>
        Record(TelemetryEventTypes.MethodCalled, "method", method, metadata, duration.TotalMilliseconds, success);

    /// <inheritdoc />
    public void TrackComponent(string component, TelemetryMetadata? metadata = null) =>
        Record(TelemetryEventTypes.ComponentRendered, "component", component, metadata);

    /// <inheritdoc />
    public void TrackEvent(string eventType, TelemetryMetadata? metadata = null)
    {
        if (EventTypeName.IsValid(eventType))
            Record(eventType, null, "", metadata);
        else
            Refuse("invalid_type");
    }

    /// <inheritdoc />
    public void TrackMetric(
        string name, double value, MetricKind kind = MetricKind.Counter, string? unit = null, TelemetryMetadata? metadata = null)
    {
        var word = kind switch
        {
            MetricKind.Gauge => "gauge",
            MetricKind.Histogram => "histogram",
            _ => "counter",
        };
        Record(TelemetryEventTypes.Metric, "name", name, metadata, value: value, detail: unit, word: word);
    }

    /// <inheritdoc />
    public void TrackLog(TelemetryLogLevel level, string message, TelemetryMetadata? metadata = null)
    {
        var word = level switch
        {
            TelemetryLogLevel.Trace => "trace",
            TelemetryLogLevel.Debug => "debug",
            TelemetryLogLevel.Information => "info",
            TelemetryLogLevel.Warning => "warn",
            TelemetryLogLevel.Error => "error",
            _ => "fatal",
        };
        if (message is not null)
            Record(TelemetryEventTypes.Log, null, "", metadata, detail: message, word: word);
    }

    /// <inheritdoc />
    public void TrackError(Exception exception, TelemetryMetadata? metadata = null)
    {
        if (_recorder is null || exception is null)
            return;
        string? message = null;
        if (_options.IncludeErrorMessages)
        {
            try
            {
                message = exception.Message;
            }
#pragma warning disable CA1031 // A message is a property of the author's exception, and may fail.
            catch
#pragma warning restore CA1031
            {
                // Then the exception has no message.
            }
        }

        Record(
            TelemetryEventTypes.Error, "name", exception.GetType().FullName ?? "", metadata, success: false, detail: message);
    }

    /// <inheritdoc />
    public bool Flush(TimeSpan? timeout = null)
    {
        if (_recorder is not { } recorder)
            return true;
        var flush = recorder.Flush();
        return flush.Wait(Patience(timeout ?? TimeSpan.FromSeconds(5))) && flush.Result;
    }

    /// <summary>Milliseconds as a task takes them: it throws for a time that is negative or longer than 24 days.</summary>
    private static int Patience(TimeSpan time) =>
        time == Timeout.InfiniteTimeSpan ? Timeout.Infinite : (int)Math.Max(0, Math.Min(time.TotalMilliseconds, int.MaxValue));

    /// <inheritdoc />
    public async Task<bool> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_recorder is not { } recorder)
            return true;
        var flush = recorder.Flush();
        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(() => cancelled.TrySetResult(false)))
            return await (await Task.WhenAny(flush, cancelled.Task).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>What waits to be sent; empty while telemetry is off.</summary>
    public QueueStatus GetQueueStatus() => _recorder?.GetStatus() ?? default;

    /// <summary>Writes what was recorded to disk and leaves; the next run sends it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        var recorder = _recorder;
        _recorder = null;
        recorder?.Stop();
    }

#if NET
    /// <inheritdoc cref="Dispose" />
    public ValueTask DisposeAsync()
    {
        // There is nothing to wait for but one write to disk, which has no asynchronous form worth its price.
        Dispose();
        return default;
    }
#else
    /// <inheritdoc />
    public Task DisposeAsync()
    {
        Dispose();
        return Task.CompletedTask;
    }
#endif
}
