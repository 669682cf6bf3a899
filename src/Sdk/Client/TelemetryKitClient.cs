using System.Reflection;
using System.Runtime.CompilerServices;
using TelemetryKit.Client;
using TelemetryKit.Context;
using TelemetryKit.Options;
using TelemetryKit.Pipeline;

namespace TelemetryKit;

/// <summary>
/// The client that the author of a tool adds to it. Create one per process, use it from any thread, and dispose it at the end.
/// </summary>
/// <example>
/// <code>
/// await using var telemetry = TelemetryKitClient.Create("my-cli", "tk_live_…");
/// telemetry.TrackFeature("incremental", new() { ["target"] = "production" });
/// return await telemetry.RunAsync("build", command => BuildAsync(args));
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
    private readonly OpenOperations _open = new();
    private volatile Recorder? _recorder;
    private ErasureRun? _erasing;
    private volatile bool _startsLater;
    private TerminationSignals? _signals;
    private volatile bool _cancelled;
    private bool _disposed;

    private TelemetryKitClient(OptionValues options, Host host)
    {
        _options = options;
        _host = host;
        _switches = Switches.Read(host, options.ServiceName);
        _log = new(host, _switches.Verbose, options.Log);
        _consent = new(options, host, _switches) { Changed = OnConsentChanged, DeletePending = DeletePending };
    }

    /// <summary>The user's decision. Tools can build their own telemetry command on it.</summary>
    public TelemetryConsent Consent => _consent;

    /// <inheritdoc />
    public bool IsEnabled => _recorder is { IsRecording: true } || _startsLater;

    /// <summary>Creates a client. Never throws.</summary>
    /// <param name="serviceName">The tool's name, such as <c>my-cli</c>. If it is empty, nothing is recorded.</param>
    /// <param name="key">The project's write key. It is not a secret.</param>
    /// <param name="configure">Changes the options. If it throws, nothing is recorded or sent.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TelemetryKitClient Create(string serviceName, string? key = null, Action<TelemetryOptions>? configure = null)
    {
        var options = new TelemetryOptions { ServiceName = serviceName ?? "", Key = key };
        try
        {
            configure?.Invoke(options);
        }
#pragma warning disable CA1031 // A fault in the configuration of telemetry must not stop the tool. It is reported in verbose mode.
        catch (Exception e)
#pragma warning restore CA1031
        {
            // The name is kept, so that the user's command acts on the tool's own decision.
            options.Values.Fault = e.GetType().Name;
        }

        try
        {
            if (options.Consent == ConsentMode.HostDecides)
                options.Values.Library = Assembly.GetCallingAssembly();
        }
        catch (PlatformNotSupportedException)
        {
            // Code that was compiled ahead of time does not know its callers. The version stays unknown.
        }

        return Create(options, new Host());
    }

    /// <summary>Creates a client with the given options, which must not be changed afterwards. Never throws.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TelemetryKitClient Create(TelemetryOptions options)
    {
        options ??= new();
        try
        {
            if (options.Consent == ConsentMode.HostDecides)
                options.Values.Library = Assembly.GetCallingAssembly();
        }
        catch (PlatformNotSupportedException)
        {
            // Code that was compiled ahead of time does not know its callers. The version stays unknown.
        }

        return Create(options, new Host());
    }

    /// <summary>
    /// Lets another process send, so that no exit of the tool waits: put <c>if (TelemetryKitClient.RunSender(args)) return;</c> first in
    /// <c>Main</c>. At most every ten minutes the client then starts the tool's own program again, detached from its terminal and its
    /// streams, for at most ten seconds. It does so neither in CI nor without consent, and only for the default backend and queue, without
    /// <see cref="TelemetryOptions.Proxy"/> and <see cref="TelemetryOptions.HttpHandler"/>, which another process doesn't have.
    /// </summary>
    /// <returns>True if this process is such a sender. It has sent what was stored and must end.</returns>
    public static bool RunSender(string[] args)
    {
        Lane.Sender = DetachedSender.Start;
        return args is not null && DetachedSender.TryRun(
            args,
            (options, host) =>
            {
                var consent = new TelemetryConsent(options, host, Switches.Read(host, options.ServiceName));
                return consent.State == ConsentState.Denied ? null : consent.IsWithdrawn;
            });
    }

    internal static TelemetryKitClient Create(TelemetryOptions options, Host host)
    {
        var values = options.Values;
        if (values.NumbersSet)
            values.Clamp();
        var client = new TelemetryKitClient(values, host);
        client.Begin();
        return client;
    }

    /// <inheritdoc />
    public TelemetryOperation TrackCommand(string command, TelemetryMetadata? metadata = null)
    {
        if (!IsEnabled || command is null)
            return TelemetryOperation.None;
        var operation = new TelemetryOperation(this, command, metadata);
        _open.Add(operation);
        return operation;
    }

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
            Drop("invalid_type");
    }

    /// <inheritdoc />
    public void TrackMetric(
        string name, double value, MetricKind kind = MetricKind.Counter, string? unit = null, TelemetryMetadata? metadata = null)
    {
        var kindName = kind switch
        {
            MetricKind.Gauge => "gauge",
            MetricKind.Histogram => "histogram",
            _ => "counter",
        };
        Record(TelemetryEventTypes.Metric, "name", name, metadata, value: value, detail: unit, kindOrLevel: kindName);
    }

    /// <inheritdoc />
    public void TrackLog(TelemetryLogLevel level, string message, TelemetryMetadata? metadata = null)
    {
        var levelName = level switch
        {
            TelemetryLogLevel.Trace => "trace",
            TelemetryLogLevel.Debug => "debug",
            TelemetryLogLevel.Information => "info",
            TelemetryLogLevel.Warning => "warn",
            TelemetryLogLevel.Error => "error",
            _ => "fatal",
        };
        if (message is not null)
            Record(TelemetryEventTypes.Log, null, "", metadata, detail: message, kindOrLevel: levelName);
    }

    /// <inheritdoc />
    public void TrackError(Exception exception, TelemetryMetadata? metadata = null)
    {
        if (!IsEnabled || exception is null)
            return;
        string? message = null;
        if (_options.IncludeErrorMessages)
        {
            try
            {
                message = exception.Message;
            }
#pragma warning disable CA1031 // Message is virtual, so it may throw.
            catch
#pragma warning restore CA1031
            {
                // The error is recorded without a message.
            }
        }

        // Without success: an error isn't a run of its own, and the command that it ended reports its failure itself.
        Record(TelemetryEventTypes.Error, "name", exception.GetType().FullName ?? "", metadata, detail: message);
    }

    /// <inheritdoc />
    public bool Flush(TimeSpan? timeout = null)
    {
        if (_recorder is not { } recorder)
            return true;
        var flush = recorder.Flush();
        return flush.Wait(ToWaitMilliseconds(timeout ?? TimeSpan.FromSeconds(5))) && flush.Result;
    }

    /// <summary>
    /// Limits a time to what <see cref="Task.Wait(int)"/> accepts: it throws if a time is negative or longer than 24 days.
    /// </summary>
    private static int ToWaitMilliseconds(TimeSpan time) =>
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

    /// <summary>Returns the number, size and age of pending events. Empty while telemetry is disabled.</summary>
    public QueueStatus GetQueueStatus() => _recorder?.GetStatus() ?? default;

    /// <summary>
    /// Writes recorded events to disk and ends the recording. The next run sends them, unless this one waits for it; see
    /// <see cref="TelemetryOptions.ExitTimeout"/>. Operations that are not disposed are recorded, without an outcome if it is not known.
    /// </summary>
    public void Dispose()
    {
        // The exit code is usually not known yet, but a tool may have set it.
        var exitCode = Environment.ExitCode;
        End(exitCode == 0 ? null : operation => operation.Exited(exitCode));
    }

    /// <inheritdoc cref="Dispose" />
    public ValueTask DisposeAsync()
    {
        // The only thing to wait for is one small write to disk, for which asynchronous I/O does not pay off.
        Dispose();
        return default;
    }
}
