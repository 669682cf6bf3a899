using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.OpenApi;

/// <summary>
/// The serialized OpenAPI document. It depends only on the routes, so it is created once: soon after the start, or by a request before. It
/// is large, so a source gets a few at once.
/// </summary>
internal sealed class CachedDocument(
    [FromKeyedServices(CachedDocument.Name)] IOpenApiDocumentProvider documents, SourceHasher sources, TelemetryKitMetrics metrics,
    TimeProvider time)
{
    /// <summary>The name of the document, and the version of the API that it describes.</summary>
    public const string Name = "v1";

    private readonly SourceThrottle _throttle = new(Limits.Documents, Limits.DocumentTime, time);

    // Concurrent requests await the same task instead of blocking threads.
    private readonly Lazy<Task<(byte[] Json, EntityTagHeaderValue Tag)>> _document = new(() => Task.Run(() => MakeAsync(documents)));

    /// <summary>Creates the document unless it exists.</summary>
    public Task CreateAsync() => _document.Value;

    /// <summary>Returns the document, or 304 if the client's copy is the same.</summary>
    public async Task<IResult> GetAsync(HttpContext http)
    {
        if (_throttle.TryTake(sources.Networks(http.Connection.RemoteIpAddress)) is { } refusal)
        {
            metrics.Refused("documents", refusal.Bound);
            return ProblemKind.RateLimited.AsProblem() with { RetryAfter = refusal.RetryAfter };
        }

        var (json, tag) = await _document.Value;
        http.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(json, "application/json", entityTag: tag);
    }

    private static async Task<(byte[] Json, EntityTagHeaderValue Tag)> MakeAsync(IOpenApiDocumentProvider documents)
    {
        var document = await documents.GetOpenApiDocumentAsync();
        using var text = new StringWriter();
        document.SerializeAsV31(new OpenApiJsonWriter(text, new OpenApiJsonWriterSettings { Terse = true }));
        var json = Encoding.UTF8.GetBytes(text.ToString());
        return (json, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(json).AsSpan(0, 16))}\""));
    }
}
