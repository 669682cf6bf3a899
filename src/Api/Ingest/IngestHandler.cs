using TelemetryKit.Api.Access;
using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Ingest;

/// <summary>Handles the ingest routes: reads a batch, stores it durably and writes the response.</summary>
internal sealed class IngestHandler(
    IngestPipeline pipeline, KeyRing keys, Readiness readiness, BodyBudget arriving, UnpackedBudget unpacked, DoNotTrack doNotTrack,
    SourceHasher sources)
{
    public async Task HandleAsync(HttpContext http)
    {
        // 1. Keys can't be looked up before the schema is up to date.
        if (!readiness.IsStarted)
        {
            await ProblemKind.StorageUnavailable.With("The server is starting. Send the same batch again.").WriteAsync(http);
            return;
        }

        // 2. Check the key and the headers.
        var presented = PresentedKey.InHeadersOrPath(http);
        var found = presented is null
            ? default
            : await keys.FindAsync(presented, http.Connection.RemoteIpAddress, CancellationToken.None);
        if ((RefuseKey(presented, found) ?? RefuseHeaders(http.Request)) is { } refusal)
        {
            await refusal.WriteAsync(http);
            return;
        }

        // 3. Check the quota and the rates, so that a spent source costs nothing more.
        var key = found.Key!;
        var source = SourceOf(http.Request, key.Project);
        if (pipeline.Admit(key, in source, BytesToReserve(http.Request), out var admission) is { } rejected)
        {
            await IngestResponse.WriteAsync(http, rejected);
            return;
        }

        // 4. Read the body and ingest it.
        var (result, problem) = await IngestAsync(http.Request, key, admission);

        // 5. Write the response.
        await (problem is null ? IngestResponse.WriteAsync(http, result!) : problem.WriteAsync(http));
    }

    private static Problem? RefuseKey(string? presented, KeyLookUp found)
    {
        if (presented is null)
        {
            return ProblemKind.InvalidKey.With(
                "Send a live or test key as \"Authorization: Bearer KEY\", as \"X-Api-Key: KEY\" or in the path /k/KEY/v1/events.");
        }

        if (WriteKeys.FindRefusal(found) is { } refusal)
            return refusal;
        return found.Key!.Project.IsSuspended
            ? ProblemKind.ProjectSuspended.AsProblem() with { RetryAfter = Limits.SuspendedRetry }
            : null;
    }

    private static Problem? RefuseHeaders(HttpRequest request)
    {
        if (!ContentTypes.IsBatch(request.ContentType))
        {
            return ProblemKind.UnsupportedMediaType.With(
                "Send a batch as Content-Type: application/json in UTF-8. text/plain is accepted too, for browsers' beacons.");
        }

        return ContentCodings.Of(request.Headers.ContentEncoding) == ContentCoding.Unsupported
            ? ProblemKind.UnsupportedEncoding.AsProblem()
            : null;
    }

    // The source address is only read if the project has rate limits.
    private SourceNetworks SourceOf(HttpRequest request, Project project) =>
        project.Rates is null ? default : sources.Networks(request.HttpContext.Connection.RemoteIpAddress);

    // Those of a compressed body are known when it has arrived.
    private static long BytesToReserve(HttpRequest request) =>
        ContentCodings.Of(request.Headers.ContentEncoding) == ContentCoding.None
            ? Math.Min(request.ContentLength ?? 0, Limits.BodyBytes)
            : 0;

    private async ValueTask<(IngestResult? Result, Problem? Problem)> IngestAsync(
        HttpRequest request, ProjectKey key, Admission admission)
    {
        ValueTask<IngestResult> storing;
        var owner = BodyOwner.Of(request, key);
        using (var body = new RequestBody(request, arriving, owner, Limits.BodyBytes))
        {
            try
            {
                await body.ReadAsync();
            }
            catch
            {
                // The client has disconnected, or the body contradicts its headers. What has arrived isn't free.
                admission.Charge(body.Received);
                throw;
            }

            if (body.Problem is not null)
                return (null, Settled(body.Problem, in admission, body.Received, body.ExceedsShare));
            var coding = ContentCodings.Of(request.Headers.ContentEncoding);
            var expected = coding == ContentCoding.None ? body.Received : DecompressedBody.ExpectedBytes(body.Bytes, coding);
            if (pipeline.Reserve(ref admission, expected) is { } refused)
            {
                admission.Charge(body.Received);
                return (refused, null);
            }

            using var decompressed = coding == ContentCoding.None ? null : new DecompressedBody(body.Bytes, coding, unpacked, owner);
            if (decompressed?.Problem is not null)
                return (null, Settled(decompressed.Problem, in admission, decompressed.Unpacked, exceedsShare: false));

            var bytes = decompressed?.Bytes ?? body.Bytes;
            if (DoNotTrack.IsRequested(request.Headers))
            {
                admission.Charge(bytes.Length);
                return (doNotTrack.Reject(bytes), null);
            }

            storing = pipeline.IngestAsync(key, bytes, admission);
        }

        // The batch is parsed, so the memory of its body is released before the commit. A disconnect doesn't cancel the commit: the client
        // would send the batch again.
        return (await storing, null);
    }

    /// <summary>
    /// Settles the rates of a request whose body can't be read, and returns the problem. A body that exceeds the share of its sender isn't
    /// free, otherwise a source could send such bodies without end.
    /// </summary>
    private static Problem Settled(Problem problem, in Admission admission, long bytes, bool exceedsShare)
    {
        if (problem.Kind == ProblemKind.Overloaded && !exceedsShare)
            admission.GiveBack();
        else
            admission.Charge(bytes);
        return problem;
    }
}
