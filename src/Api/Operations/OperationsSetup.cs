using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;

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
        services.AddBodies(OperationsJson.Default);
        services.AddSingleton<StoreProbe>();
        services.AddSingleton<PrometheusExporter>();
        services.AddHostedService<Telemetry>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        var operations = routes.MapGroup("").WithTags("Operations");
        operations.MapGet("/health/live", HealthHandlers.Live).Takes(None)
            .Answers<HealthBody>("The process is alive.");
        operations.MapGet("/health/ready", HealthHandlers.ReadyAsync).Takes(None)
            .Answers<HealthBody>("The server takes requests: the schema is up to date and the store is there.").Fails(ProblemKind.StorageUnavailable);
        operations.MapGet("/metrics", MetricsHandler.Handle).Takes(None)
            .AnswersText(PrometheusText.ContentType, "Metrics in Prometheus' text format.").Fails(ProblemKind.InvalidKey, ProblemKind.Overloaded);
    }
}
