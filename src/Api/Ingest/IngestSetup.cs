using Microsoft.AspNetCore.Cors;
using Microsoft.AspNetCore.Cors.Infrastructure;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Ingest;

/// <summary>Registers and maps the routes that take batches.</summary>
internal static class IngestSetup
{
    private static readonly string[] Routes = ["/v1/events", "/events", "/k/{key}/v1/events", "/k/{key}/events"];

    private static readonly ProblemKind[] WaysToFail =
    [
        ProblemKind.InvalidJson, ProblemKind.InvalidBatch, ProblemKind.InvalidEncoding, ProblemKind.BadRequest, ProblemKind.InvalidKey, ProblemKind.WrongKey,
        ProblemKind.RequestTimeout, ProblemKind.TooManyEvents, ProblemKind.BodyTooLarge, ProblemKind.UnsupportedMediaType, ProblemKind.UnsupportedEncoding,
        ProblemKind.RateLimited, ProblemKind.QuotaExceeded, ProblemKind.InternalError, ProblemKind.Overloaded, ProblemKind.StorageUnavailable,
    ];

    // Anybody's page may send events with a key that is public anyway; no cookie ever comes along.
    private static readonly CorsPolicy AnyOrigin = new CorsPolicyBuilder()
        .AllowAnyOrigin().AllowAnyHeader().WithMethods("POST").WithExposedHeaders("Retry-After").SetPreflightMaxAge(TimeSpan.FromDays(1)).Build();

    /// <summary>Registers what the routes need.</summary>
    public static void AddIngest(this IServiceCollection services)
    {
        services.AddBodies(IngestJson.Default);
        services.AddCors();
        services.AddSingleton<DoNotTrack>();
        services.AddSingleton<SourceHasher>();
        services.AddSingleton<IngestHandler>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        // Bound here once, so that a request resolves no service and opens no scope.
        RequestDelegate handle = routes.ServiceProvider.GetRequiredService<IngestHandler>().HandleAsync;
        foreach (var route in Routes)
        {
            routes.MapPost(route, handle)
                .WithMetadata(new CorsPolicyMetadata(AnyOrigin), handle.Method, new NeedsKey(Write: true), new TakesBatch(), new Failures(WaysToFail))
                .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(VerdictsBody), ["application/json"]))
                .WithTags("Ingest")
                .WithSummary("Takes a batch of events. The answer leaves when they are stored durably.");
        }
    }
}
