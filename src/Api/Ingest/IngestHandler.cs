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
        var key = presented is null ? null : await keys.FindAsync(presented, CancellationToken.None);
        if ((RefuseKey(presented, key) ?? RefuseHeaders(http.Request)) is { } refusal)
        {
            await refusal.WriteAsync(http);
            return;
        }

        // 3. Read the body and ingest it.
        var (result, problem) = await IngestAsync(http.Request, key!);

        // 4. Write the response.
        await (problem is null ? IngestResponse.WriteAsync(http, result!) : problem.WriteAsync(http));
    }

    private static Problem? RefuseKey(string? presented, ProjectKey? key)
    {
        if (presented is null)
        {
            return ProblemKind.InvalidKey.With(
                "Send a live or test key as \"Authorization: Bearer KEY\", as \"X-Api-Key: KEY\" or in the path /k/KEY/v1/events.");
        }

        if (key is null)
            return ProblemKind.InvalidKey.With("The key is unknown or revoked.");
        if (key.Kind == KeyKind.Read)
            return ProblemKind.WrongKey.With("This is a read key. Send events with a live or test key.");
        return key.Project.IsSuspended ? ProblemKind.ProjectSuspended.AsProblem() with { RetryAfter = Limits.SuspendedRetry } : null;
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
    private long SourceOf(HttpRequest request, Project project) =>
        project.Rates is null ? 0 : sources.Hash(request.HttpContext.Connection.RemoteIpAddress);

    private async ValueTask<(IngestResult? Result, Problem? Problem)> IngestAsync(HttpRequest request, ProjectKey key)
    {
        ValueTask<IngestResult> storing;
        var owner = BodyOwner.Of(request, key);
        using (var body = await RequestBody.ReadAsync(request, arriving, owner, Limits.BodyBytes))
        {
            if (body.Problem is not null)
                return (null, body.Problem);
            var coding = ContentCodings.Of(request.Headers.ContentEncoding);
            using var decompressed = coding == ContentCoding.None ? null : new DecompressedBody(body.Bytes, coding, unpacked, owner);
            if (decompressed?.Problem is not null)
                return (null, decompressed.Problem);

            var bytes = decompressed?.Bytes ?? body.Bytes;
            if (DoNotTrack.IsRequested(request.Headers))
                return (doNotTrack.Reject(bytes), null);
            storing = pipeline.IngestAsync(key, bytes, SourceOf(request, key.Project));
        }

        // The batch is parsed, so the memory of its body is released before the commit. A disconnect doesn't cancel the commit: the client
        // would send the batch again.
        return (await storing, null);
    }
}
