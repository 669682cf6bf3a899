using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Api.Operations;

/// <summary>Begins counters at zero. Hosted services start in order, and that of OpenTelemetry is the first.</summary>
internal sealed class CountersAtZero(TelemetryKitMetrics metrics, ServerSettings settings) : IHostedService
{
    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        metrics.Begin(bills: settings.Stripe is not null);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
