using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Operations;

/// <summary>The responses to the liveness and readiness probes of an orchestrator.</summary>
internal static class HealthResponse
{
    private static readonly HealthBody Ok = new("ok");

    /// <summary>The options of the liveness probe, which runs no checks.</summary>
    public static HealthCheckOptions Live { get; } = new() { Predicate = _ => false, ResponseWriter = WriteAsync };

    /// <summary>The options of the readiness probe, which runs all checks.</summary>
    public static HealthCheckOptions Ready { get; } = new() { ResponseWriter = WriteAsync };

    private static Task WriteAsync(HttpContext http, HealthReport report)
    {
        if (report.Status == HealthStatus.Healthy)
            return http.Response.WriteAsJsonAsync(Ok, OperationsJson.Wire.HealthBody);
        var fault = report.Entries.Values.First(entry => entry.Status != HealthStatus.Healthy);
        var kind = ProblemKind.StorageUnavailable;
        // The message of an exception is logged, but not returned.
        return (fault.Exception is null && fault.Description is { } detail ? kind.With(detail) : kind.AsProblem()).WriteAsync(http);
    }
}
