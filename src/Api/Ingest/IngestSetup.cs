using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Ingest;

/// <summary>Registers and maps the routes that receive batches.</summary>
internal static class IngestSetup
{
    private static readonly (string Path, string Name)[] Routes =
    [
        ("/v1/events", "sendBatch"),
        ("/events", "sendBatchToShortPath"),
        ("/k/{key}/v1/events", "sendBatchWithKeyInPath"),
        ("/k/{key}/events", "sendBatchWithKeyInShortPath"),
    ];

    private static readonly ProblemKind[] PossibleProblems =
    [
        ProblemKind.InvalidJson, ProblemKind.InvalidBatch, ProblemKind.InvalidEncoding, ProblemKind.BadRequest, ProblemKind.InvalidKey,
        ProblemKind.WrongKey, ProblemKind.ProjectSuspended, ProblemKind.RequestTimeout, ProblemKind.TooManyEvents, ProblemKind.BodyTooLarge,
        ProblemKind.UnsupportedMediaType, ProblemKind.UnsupportedEncoding, ProblemKind.RateLimited, ProblemKind.QuotaExceeded,
        ProblemKind.InternalError, ProblemKind.Overloaded, ProblemKind.StorageUnavailable,
    ];

    /// <summary>Registers the services of the routes.</summary>
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
        // The handler is resolved once, so that requests resolve no services and create no scope.
        RequestDelegate handle = routes.ServiceProvider.GetRequiredService<IngestHandler>().HandleAsync;
        foreach (var (path, name) in Routes)
        {
            routes.MapPost(path, handle).WithName(name)
                .WithMetadata(handle.Method, new NeedsKey(Write: true), new AcceptsBatch()).AllowsAnyOrigin()
                .Fails(PossibleProblems)
                .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(VerdictsBody), ["application/json"]))
                .WithTags("Ingest")
                .WithSummary("Sends a batch of events. The response is returned when they are stored durably.");
        }
    }
}
