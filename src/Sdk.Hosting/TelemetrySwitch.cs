using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>Determines whether telemetry is enabled for this host.</summary>
internal sealed class TelemetrySwitch(IHostEnvironment environment, IOptions<TelemetryHostingOptions> options)
{
    public bool IsOn => options.Value.Enabled ?? !environment.IsDevelopment();
}
