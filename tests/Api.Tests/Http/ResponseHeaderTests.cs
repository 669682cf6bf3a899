using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Tests.Http;

/// <summary>The headers of every response, whatever route it comes from.</summary>
public sealed class ResponseHeaderTests(AccountServer server) : IClassFixture<AccountServer>
{
    private static readonly string[] Names = ["X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Content-Security-Policy"];

    private const string Headers = "nosniff DENY no-referrer frame-ancestors 'none'";

    [Fact]
    public async Task Every_response_has_the_security_headers_and_is_not_stored()
    {
        using var owner = await server.NewPerson().JoinAsync();
        var document = await (await server.Server.Client.GetAsync("/openapi/v1.json")).JsonAsync(200);
        var requests = document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject().Select(operation => (Method: operation.Key.ToUpperInvariant(), Path: path.Key)))
            .Concat([("GET", "/nowhere"), ("PUT", "/v1/events"), ("GET", "/v1/projects/no-id"), ("OPTIONS", "/v1/events")]).ToList();
        foreach (var (method, path) in requests)
        {
            foreach (var (bearer, session) in (IEnumerable<(string?, bool)>)
                [(null, false), (null, true), (AccountServer.OperatorToken, false), ("tk_read_" + new string('z', 32), false)])
            {
                var filled = System.Text.RegularExpressions.Regex.Replace(path, @"\{\w+\}", Guid.NewGuid().ToString());
                using var request = new HttpRequestMessage(new(method), filled);
                if (bearer is not null)
                    request.Headers.Add("Authorization", $"Bearer {bearer}");
                if (session)
                    request.Headers.Add("Cookie", $"tk_session={owner.SessionToken}");
                using var response = await server.Server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                Assert.Equal((method, path, Headers), (method, path, Describe(response)));
                Assert.True(response.Headers.CacheControl?.NoStore, $"{method} {path} is not stored");
            }
        }

        Assert.True(requests.Count > 70, $"{requests.Count} routes are too few to be all of them.");
    }

    [Fact]
    public async Task The_openapi_document_is_public_and_revalidated()
    {
        using var response = await server.Server.Client.GetAsync("/openapi/v1.json");
        Assert.Equal(Headers, Describe(response));
        Assert.True(response.Headers.CacheControl is { NoCache: true, NoStore: false }, "caches may keep it and ask");
    }

    [Fact]
    public async Task An_unexpected_error_has_the_headers_too()
    {
        await using var services = new ServiceCollection()
            .AddSingleton(TimeProvider.System).AddSingleton<SourceHasher>().AddSingleton<Refusals>().BuildServiceProvider();
        var http = new DefaultHttpContext { RequestServices = services };
        http.Response.Body = new MemoryStream();
        http.Response.Headers["X-Half-Written"] = "1";
        using var metrics = new TelemetryKitMetrics();
        var middleware = new ProblemMiddleware(
            _ => throw new InvalidOperationException("no"), metrics, NullLogger<ProblemMiddleware>.Instance);
        await middleware.InvokeAsync(http);
        Assert.Equal(500, http.Response.StatusCode);
        Assert.Equal("nosniff", http.Response.Headers.XContentTypeOptions);
        Assert.Equal("no-store", http.Response.Headers.CacheControl);
        Assert.False(http.Response.Headers.ContainsKey("X-Half-Written"), "headers of the failed response are removed");
    }

    [Theory]
    [InlineData(null, null, 200)]
    [InlineData("203.0.113.9", null, 401)]
    [InlineData("10.0.0.7", null, 401)]
    [InlineData("127.0.0.1", "X-Forwarded-For", 401)]
    [InlineData("127.0.0.1", "Forwarded", 401)]
    [InlineData("127.0.0.1", "Via", 401)]
    [InlineData("127.0.0.1", "Host", 401)]
    [InlineData("::1", null, 200)]
    public async Task Metrics_without_a_token_are_for_the_machine_of_the_server_alone(string? source, string? header, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (source is not null)
            request.Headers.Add(AccountServer.SourceHeader, source);
        if (header is not null)
            request.Headers.TryAddWithoutValidation(header, header == "Host" ? "telemetry.example.org" : "for=203.0.113.9");
        using var response = await server.Server.Client.SendAsync(request);
        if (status == 401)
            await response.IsProblemAsync(401, "invalid_key");
        else
            Assert.Equal(status, (int)response.StatusCode);
    }

    private static string Describe(HttpResponseMessage response) => string.Join(
        ' ', Names.Select(name => response.Headers.TryGetValues(name, out var values) ? string.Join('+', values) : "none"));
}
