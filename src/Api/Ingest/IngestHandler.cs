using TelemetryKit.Api.Http;
using TelemetryKit.Api.Http.Bodies;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Server;
using TelemetryKit.Core;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.Keys;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Ingest;

/// <summary>The hot route: one batch from the socket to its durable answer.</summary>
internal sealed class IngestHandler(
    IngestPipeline pipeline, KeyRing keys, Readiness readiness, BodyBudget arriving, UnpackedBudget unpacked, DoNotTrack doNotTrack,
    SourceHasher sources)
{
    public async Task HandleAsync(HttpContext http)
    {
        // 1. Before the schema is up to date there is nobody to ask for a key.
        if (!readiness.IsStarted)
        {
            await ProblemKind.StorageUnavailable.With("The server is starting; send the same batch again.").WriteAsync(http);
            return;
        }

        // 2. Whose is it, and may it come like this?
        var presented = PresentedKey.InHeadersOrPath(http);
        var key = presented is null ? null : await keys.FindAsync(presented, CancellationToken.None);
        if ((RefuseKey(presented, key) ?? RefuseHeaders(http.Request)) is { } refusal)
        {
            await refusal.WriteAsync(http);
            return;
        }

        // 3. The body, and through the pipeline.
        var (result, problem) = await TakeAsync(http.Request, key!);

        // 4. The answer.
        await (problem is null ? IngestAnswer.WriteAsync(http, result!) : problem.WriteAsync(http));
    }

    private static Problem? RefuseKey(string? presented, ProjectKey? key)
    {
        if (presented is null)
            return ProblemKind.InvalidKey.With("Send a live or test key as \"Authorization: Bearer KEY\", as \"X-Api-Key: KEY\" or in the path /k/KEY/v1/events.");
        if (key is null)
            return ProblemKind.InvalidKey.With("The key is unknown or revoked.");
        return key.Kind == KeyKind.Read ? ProblemKind.WrongKey.With("This is a read key. Send events with a live or test key.") : null;
    }

    private static Problem? RefuseHeaders(HttpRequest request)
    {
        if (!ContentTypes.IsBatch(request.ContentType))
            return ProblemKind.UnsupportedMediaType.With("Send a batch as Content-Type: application/json in UTF-8 (text/plain is taken too, for browsers' beacons).");
        return ContentCodings.Of(request.Headers.ContentEncoding) == ContentCoding.Unsupported ? ProblemKind.UnsupportedEncoding.AsProblem() : null;
    }

    // The sender's address is looked at nowhere else, and only where a rate needs it.
    private long SourceOf(HttpRequest request, Project project) => project.Rates is null ? 0 : sources.Hash(request.HttpContext.Connection.RemoteIpAddress);

    private async ValueTask<(IngestResult? Result, Problem? Problem)> TakeAsync(HttpRequest request, ProjectKey key)
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
            if (DoNotTrack.IsAskedFor(request.Headers))
                return (doNotTrack.Answer(bytes), null);
            storing = pipeline.IngestAsync(key, bytes, SourceOf(request, key.Project));
        }

        // The batch is parsed, so its body's memory is free while it waits for the store. It is committed even if its sender hangs up now:
        // it would only be sent again.
        return (await storing, null);
    }
}
