using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using TelemetryKit.Api.Http;

namespace TelemetryKit.Api.OpenApi;

/// <summary>
/// The serialized OpenAPI document. It depends only on the routes, so it is created once: soon after the start, or by a request before.
/// </summary>
internal sealed class CachedDocument(
    [FromKeyedServices(CachedDocument.Name)] IOpenApiDocumentProvider documents, DocumentThrottle throttle)
{
    /// <summary>The name of the document, and the version of the API that it describes.</summary>
    public const string Name = "v1";

    // Concurrent requests await the same task instead of blocking threads.
    private readonly Lazy<Task<(byte[] Json, EntityTagHeaderValue Tag)>> _document = new(() => Task.Run(() => MakeAsync(documents)));

    /// <summary>Creates the document unless it exists.</summary>
    public Task CreateAsync() => _document.Value;

    /// <summary>Returns the document, or 304 if the client's copy is the same.</summary>
    public async Task<IResult> GetAsync(HttpContext http)
    {
        if (throttle.FindRefusal(http) is { } refusal)
            return refusal;
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
