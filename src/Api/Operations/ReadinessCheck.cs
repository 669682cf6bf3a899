using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryKit.Api.Server;

namespace TelemetryKit.Api.Operations;

/// <summary>Checks whether the server accepts requests: the start is complete, the stop hasn't begun, and the store is
/// available.</summary>
internal sealed class ReadinessCheck(Readiness readiness, StoreProbe store) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!readiness.IsStarted)
            return HealthCheckResult.Unhealthy("The server is starting.");
        if (readiness.IsStopping)
            return HealthCheckResult.Unhealthy("The server is stopping.");
        return await store.IsAvailableAsync() ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The store is unavailable.");
    }
}
