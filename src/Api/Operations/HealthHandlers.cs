using TelemetryKit.Api.Json;
using TelemetryKit.Api.Problems;

namespace TelemetryKit.Api.Operations;

/// <summary>The result of a health check that passed.</summary>
/// <param name="Status">Always <c>ok</c>; a failed check returns a problem.</param>
internal sealed record HealthBody(string Status);

/// <summary>Answers what an orchestrator asks: is the process alive, and should it get requests?</summary>
internal static class HealthHandlers
{
    private static readonly HealthBody Ok = new("ok");

    public static IResult Live() => TypedResults.Json(Ok, ApiJson.Wire.HealthBody);

    public static async Task<IResult> ReadyAsync(Readiness readiness, StoreProbe store)
    {
        if (!readiness.IsStarted)
            return ProblemKind.StorageUnavailable.With("The server is starting.");
        return await store.IsThereAsync() ? TypedResults.Json(Ok, ApiJson.Wire.HealthBody) : ProblemKind.StorageUnavailable.With("The store is away.");
    }
}
