using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryKit.Api.Server;

namespace TelemetryKit.Api.Operations;

/// <summary>Checks whether the server accepts requests: the start is complete and the store is available.</summary>
internal sealed class ReadinessCheck(Readiness readiness, StoreProbe store) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!readiness.IsStarted)
            return HealthCheckResult.Unhealthy("The server is starting.");
        return await store.IsAvailableAsync() ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The store is unavailable.");
    }
}
