using Microsoft.Extensions.Hosting;

namespace TelemetryKit.Hosting;

/// <summary>What suits a service where the SDK's defaults suit a tool.</summary>
internal static class ServiceDefaults
{
    public static void Apply(TelemetryOptions options)
    {
        // A service runs for weeks: what it recorded is of use today.
        options.Interval = TimeSpan.FromSeconds(5);
        // Who adds telemetry to a host has decided for it, and nobody sits at its terminal to be asked.
        options.Consent = ConsentMode.HostDecides;
        options.AskForConsent = false;
    }

    public static void Name(TelemetryOptions options, IHostEnvironment environment)
    {
        if (string.IsNullOrWhiteSpace(options.ServiceName))
            options.ServiceName = environment.ApplicationName;
    }
}
