using TelemetryKit.Api.Settings;
using TelemetryKit.Core.Diagnostics;

namespace TelemetryKit.Api.Operations;

/// <summary>Begins counters at zero when the exporters have started.</summary>
internal sealed class CountersAtZero(TelemetryKitMetrics metrics, ServerSettings settings) : IHostedLifecycleService
{
    /// <inheritdoc />
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        metrics.Begin(bills: settings.Stripe is not null);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
