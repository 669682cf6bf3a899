using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>Creates the host's client.</summary>
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
        // The state is not Unknown if a runtime switch or an environment variable has decided already.
        if (chosen.Consent == ConsentMode.HostDecides && client.Consent.State == ConsentState.Unknown)
            client.Consent.Grant();
        return client;
    }

    [LoggerMessage(1, LogLevel.Debug, "{Message}")]
    private static partial void LogVerbose(ILogger logger, string message);
}
