using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryKit.Api.Server;

namespace TelemetryKit.Api.Operations;

/// <summary>Whether the server takes requests: the start is through and the store is there.</summary>
internal sealed class ReadinessCheck(Readiness readiness, StoreProbe store) : IHealthCheck
{
    /// <inheritdoc />
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!readiness.IsStarted)
            return HealthCheckResult.Unhealthy("The server is starting.");
        return await store.IsThereAsync() ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The store is away.");
    }
}
