using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>Makes the host's one client.</summary>
internal sealed partial class ClientFactory(
    TelemetrySwitch telemetry, IOptions<TelemetryOptions> options, ILogger<TelemetryKitClient> logger)
{
    public ITelemetryClient Create()
    {
        if (!telemetry.IsOn)
            return NullTelemetryClient.Instance;
        var chosen = options.Value;
        if (logger.IsEnabled(LogLevel.Debug))
            chosen.Log += message => LogVerbose(logger, message);
        var client = TelemetryKitClient.Create(chosen);
        // A runtime switch or a variable that says otherwise has decided already.
        if (chosen.Consent == ConsentMode.HostDecides && client.Consent.State == ConsentState.Unknown)
            client.Consent.Grant();
        return client;
    }

    [LoggerMessage(1, LogLevel.Debug, "{Message}")]
    private static partial void LogVerbose(ILogger logger, string message);
}
