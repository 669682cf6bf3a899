using Microsoft.Extensions.Hosting;

namespace TelemetryKit.Hosting;

/// <summary>Defaults that suit a service. The SDK's defaults suit a tool.</summary>
internal static class ServiceDefaults
{
    public static void Apply(TelemetryOptions options)
    {
        // A service runs for weeks, but its events should arrive soon.
        options.Interval = TimeSpan.FromSeconds(5);
        // Adding telemetry to a host is the host's decision, and there is no user at a terminal to ask.
        options.Consent = ConsentMode.HostDecides;
        options.AskForConsent = false;
    }

    public static void Name(TelemetryOptions options, IHostEnvironment environment)
    {
        if (string.IsNullOrWhiteSpace(options.ServiceName))
            options.ServiceName = environment.ApplicationName;
    }
}
