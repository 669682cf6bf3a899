using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace TelemetryKit.Hosting;

/// <summary>Whether this host wants telemetry at all.</summary>
internal sealed class TelemetrySwitch(IHostEnvironment environment, IOptions<TelemetryHostingOptions> options)
{
    public bool IsOn => options.Value.Enabled ?? !environment.IsDevelopment();
}
