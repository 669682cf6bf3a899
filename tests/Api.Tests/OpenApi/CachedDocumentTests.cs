using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.OpenApi;

/// <summary>The document is public and takes tens of milliseconds to create, so it is cached by the server and by clients.</summary>
public sealed class CachedDocumentTests(SharedServer shared)
{
    private const string Path = "/openapi/v1.json";

    [Fact]
    public async Task The_document_is_created_once_and_without_a_request()
    {
        var created = 0;
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Services = services => services.Configure<OpenApiOptions>("v1", options => options.AddDocumentTransformer((_, _, _) =>
            {
                Interlocked.Increment(ref created);
                return Task.CompletedTask;
            })),
        });
        await Eventually.TrueAsync(() => Volatile.Read(ref created) == 1, "the document is created before the first request");
        var documents = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => server.Client.GetStringAsync(Path)));
        Assert.Single(documents.Distinct());
        Assert.Equal(1, created);
    }

    [Fact]
    public async Task A_client_that_has_the_document_gets_304()
    {
        var first = await shared.Server.Client.GetAsync(Path);
        Assert.Equal("application/json", first.Content.Headers.ContentType?.MediaType);
        Assert.True(first.Headers.CacheControl?.NoCache, "caches revalidate the document");
        var tag = first.Headers.ETag;
        Assert.NotNull(tag);

        var again = await GetAsync(tag);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal(tag, again.Headers.ETag);
        Assert.Empty(await again.Content.ReadAsByteArrayAsync());
        Assert.Equal(HttpStatusCode.NotModified, (await GetAsync(EntityTagHeaderValue.Any)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(new("\"another\""))).StatusCode);
    }

    private async Task<HttpResponseMessage> GetAsync(EntityTagHeaderValue tag)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        request.Headers.IfNoneMatch.Add(tag);
        return await shared.Server.Client.SendAsync(request);
    }
}
