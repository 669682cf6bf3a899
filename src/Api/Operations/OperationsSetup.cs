using System.Reflection;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Operations;

/// <summary>Registers and maps health checks, metrics and traces.</summary>
internal static class OperationsSetup
{
    private const string Json = "application/json";
    private static readonly QueryParameters None = new();

    // ApiExplorer only describes endpoints with a MethodInfo and an HTTP method. Those of the framework's middleware have neither.
    private static readonly MethodInfo Method = typeof(RequestDelegate).GetMethod(nameof(RequestDelegate.Invoke))!;
    private static readonly HttpMethodMetadata Get = new([HttpMethods.Get]);

    /// <summary>Registers health, metrics and traces.</summary>
    public static void AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddBodies(OperationsJson.Default);
        services.AddSingleton<StoreProbe>();
        services.AddHealthChecks().AddCheck<ReadinessCheck>("ready");
        services.AddTelemetry(configuration);
        services.AddHostedService<CountersAtZero>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapOperations(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", HealthResponse.Live)
            .Describe<HealthBody>("checkLiveness", "Returns 200 while the process runs.", Json)
            .Fails(ProblemKind.BadRequest);
        routes.MapHealthChecks("/health/ready", HealthResponse.Ready)
            .Describe<HealthBody>(
                "checkReadiness",
                "Returns 200 when the server accepts requests: the schema is up to date and the store is reachable.",
                Json)
            .Fails(ProblemKind.BadRequest, ProblemKind.StorageUnavailable);
        routes.MapMetrics()?
            .Describe<string>(
                "getMetrics",
                "Returns metrics in the text format of Prometheus, or in OpenMetrics.",
                "text/plain",
                "application/openmetrics-text")
            .WithMetadata(new AcceptsMetricsToken())
            .Fails(ProblemKind.BadRequest, ProblemKind.InvalidKey);
    }

    private static IEndpointConventionBuilder Describe<TBody>(
        this IEndpointConventionBuilder endpoint, string name, string summary, params string[] types) => endpoint
            .WithName(name).WithTags("Operations").WithSummary(summary)
            .WithMetadata(Method, Get, None, new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(TBody), types));
}
