using TelemetryKit.Api.Server;
using TelemetryKit.Grains.Hosting;

namespace TelemetryKit.Api.Cluster;

/// <summary>
/// Stops the server after a fault of its silo, above all if the other members declared it dead: it reports that it isn't ready, completes
/// its commits and exits with 1, so that an orchestrator starts it again.
/// </summary>
internal sealed partial class SiloFault(Readiness readiness, IHostApplicationLifetime lifetime, ILogger<SiloFault> log) : ISiloFaultHandler
{
    private volatile string? _reason;

    /// <summary>The reason of the stop, or <c>null</c> if there was no fault.</summary>
    public string? Reason => _reason;

    public void OnSiloFault(string reason)
    {
        _reason = reason;
        readiness.SetStopping();
        LogFault(log, reason);
        // The handlers of the stop run on the caller, which is a thread of the silo.
        _ = Task.Run(lifetime.StopApplication);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The silo of this process failed; the server stops. {Reason}")]
    private static partial void LogFault(ILogger log, string reason);
}
