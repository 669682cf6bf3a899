using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Json;
using TelemetryKit.Api.Http.Problems;

namespace TelemetryKit.Api.Erasures;

/// <summary>Registers and maps the routes with which users of tools erase what they sent.</summary>
internal static class ErasuresSetup
{
    /// <summary>Registers the services.</summary>
    public static void AddErasures(this IServiceCollection services)
    {
        services.AddBodies(ErasuresJson.Default);
        services.AddSingleton<ReceiptKeys>();
        services.AddSingleton<Receipts>();
        services.AddSingleton<ErasureThrottles>();
        services.AddSingleton<ErasureJob>();
    }

    /// <summary>Maps the routes.</summary>
    public static void MapErasures(this IEndpointRouteBuilder routes)
    {
        // Not a public route like the others, which refuse requests of pages of other sites: the key is the access.
        routes.MapPost("/v1/erase", ErasureHandlers.EraseAsync).WithName("erase").WithTags("Erasures")
            .WithMetadata(new NeedsKey(Write: true)).AllowsAnyOrigin().AcceptsJson<EraseBody>()
            .Fails(ProblemKind.BadRequest, ProblemKind.InvalidKey, ProblemKind.WrongKey, ProblemKind.RateLimited)
            .Fails(ProblemKind.InternalError, ProblemKind.StorageUnavailable)
            .WithSummary("Erases what an install has sent, for its user, who has the secret of the install. Returns a receipt.")
            .Produces<ReceiptBody>(StatusCodes.Status202Accepted, "application/json");
        var receipts = routes.MapPublic("Erasures").AllowsAnyOrigin();
        receipts.MapGet("/v1/erasures/{erasure:guid}", ErasureHandlers.FindAsync).WithName("getErasure")
            .AcceptsNoInput().Fails(ProblemKind.NotFound, ProblemKind.RateLimited)
            .Returns<ReceiptBody>("Returns the receipt of an erasure as it is now. The id can't be guessed, so no key is needed.");
        receipts.MapGet("/.well-known/telemetrykit", ErasureHandlers.DescribeAsync).WithName("describeServer")
            .AcceptsNoInput().Returns<WellKnownBody>("Returns the versions of the API, and the public keys that verify receipts.");
    }
}
