using TelemetryKit.Api.OpenApi;
using TelemetryKit.Api.Stats;

namespace TelemetryKit.Api.Operations;

/// <summary>Registers and maps what whoever operates the server needs.</summary>
internal static class OperationsSetup
{
    private static readonly QueryParameters None = new();

    /// <summary>Registers health, metrics and traces.</summary>
    public static void AddOperations(this IServiceCollection services)
    {
        // Off by default in ASP.NET 10, because its instrumentation package adds the same tags; here they are all there is.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        services.AddSingleton<Readiness>();
        services.AddSingleton<StoreProbe>();
        services.AddSingleton<PrometheusExporter>();
        services.AddHostedService<Telemetry>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var operations = routes.MapGroup("").WithTags("Operations").Fails(Problems.ProblemKind.BadRequest);
        operations.MapGet("/health/live", HealthHandlers.Live).WithName("checkLiveness")
            .Takes(None).Answers<HealthBody>("Returns 200 while the process runs.");
        operations.MapGet("/health/ready", HealthHandlers.ReadyAsync).WithName("checkReadiness")
            .Takes(None)
            .Answers<HealthBody>("Returns 200 when the server accepts requests: the schema is up to date and the store is reachable.")
            .Fails(Problems.ProblemKind.StorageUnavailable);
        operations.MapGet("/metrics", MetricsHandler.Handle).WithName("getMetrics").WithMetadata(new TakesMetricsToken())
            .Takes(None).AnswersText(PrometheusText.ContentType, "Returns metrics in the text format of Prometheus.")
            .Fails(Problems.ProblemKind.InvalidKey, Problems.ProblemKind.Overloaded);
    }
}
