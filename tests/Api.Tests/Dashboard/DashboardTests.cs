using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using TelemetryKit.Api.Dashboard;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Api.Tests.Dashboard;

/// <summary>How the server serves the dashboard.</summary>
public sealed partial class DashboardTests(SharedServer shared)
{
    [GeneratedRegex("/assets/[^\"]+")]
    private static partial Regex Asset { get; }

    [Theory]
    [InlineData("/")]
    [InlineData("/sign-in")]
    [InlineData("/owner")]
    [InlineData("/projects/0197a6d2-7f3e-7c11-9d35-3c1a5e1b0001")]
    [InlineData("/projects/0197a6d2-7f3e-7c11-9d35-3c1a5e1b0001/releases/2.0.0?days=7")]
    public async Task A_page_is_html_that_runs_only_scripts_of_the_server(string path)
    {
        using var response = await shared.Server.Client.GetAsync(path);
        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl is { NoCache: true, NoStore: false }, "browsers revalidate it");
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Theory]
    [InlineData("/wp-login.php")]
    [InlineData("/v1")]
    [InlineData("/v1/nowhere")]
    [InlineData("/sign-in/more")]
    [InlineData("/index.html")]
    [InlineData("/assets/none.js")]
    [InlineData("/assets/..%2Findex.html")]
    public async Task Other_paths_are_problems(string path)
    {
        using var response = await shared.Server.Client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_page_is_not_sent_again_if_it_has_not_changed_and_has_no_body_for_head()
    {
        using var first = await shared.Server.Client.GetAsync("/");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/sign-in");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await shared.Server.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var head = await shared.Server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Equal(first.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Assets_are_kept_and_compressed_if_the_client_accepts_it()
    {
        Assert.SkipUnless(shared.Server.Services.GetRequiredService<DashboardFiles>().IsBuilt, "The dashboard is not built.");
        var page = await shared.Server.Client.GetStringAsync("/");
        var paths = Asset.Matches(page).Select(match => match.Value).ToList();
        Assert.True(paths.Count >= 3, page);
        foreach (var path in paths)
        {
            var (plain, none) = await GetAsync(path, "gzip, br;q=0");
            var (compressed, brotli) = await GetAsync(path, "gzip, br");
            Assert.Empty(none.Content.Headers.ContentEncoding);
            Assert.Equal(["br"], brotli.Content.Headers.ContentEncoding);
            Assert.Contains("Accept-Encoding", brotli.Headers.Vary);
            Assert.Contains("immutable", brotli.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
            Assert.NotEqual(none.Headers.ETag, brotli.Headers.ETag);
            await using var unpacked = new System.IO.Compression.BrotliStream(
                new MemoryStream(compressed), System.IO.Compression.CompressionMode.Decompress);
            using var copy = new MemoryStream();
            await unpacked.CopyToAsync(copy);
            Assert.Equal(plain, copy.ToArray());
        }
    }

    [Fact]
    public async Task A_server_without_the_dashboard_says_so()
    {
        var files = DashboardFiles.Read(Directory.CreateTempSubdirectory("telemetrykit-no-dashboard-").FullName);
        Assert.False(files.IsBuilt);
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Services = services => services.AddSingleton(files),
        });
        var page = await server.Client.GetStringAsync("/");
        Assert.Contains("built without its dashboard", page, StringComparison.Ordinal);
    }

    private async Task<(byte[] Body, HttpResponseMessage Response)> GetAsync(string path, string accepted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var coding in accepted.Split(", "))
            request.Headers.AcceptEncoding.Add(StringWithQualityHeaderValue.Parse(coding));
        var response = await shared.Server.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadAsByteArrayAsync(), response);
    }
}
