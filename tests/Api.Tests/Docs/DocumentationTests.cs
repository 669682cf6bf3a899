using System.Net;
using System.Text.RegularExpressions;
using TelemetryKit.Api.Tests.Accounts;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Core;

namespace TelemetryKit.Api.Tests.Docs;

/// <summary>The server shows the documentation, to which the analyzers of the SDK link.</summary>
public sealed partial class DocumentationTests(AccountServer server) : IClassFixture<AccountServer>
{
    private int _source;

    [Fact]
    public async Task Each_link_of_each_page_leads_to_a_page_and_to_a_heading_that_exist()
    {
        var pages = new Dictionary<string, string>();
        var links = new Queue<(string From, string To)>([("", "/docs")]);
        var broken = new List<string>();
        while (links.TryDequeue(out var link))
        {
            var (path, fragment) = (link.To.Split('#')[0], link.To.Split('#').ElementAtOrDefault(1));
            if (!pages.TryGetValue(path, out var html))
            {
                using var response = await GetAsync(path);
                html = response.StatusCode == HttpStatusCode.OK ? await response.Content.ReadAsStringAsync() : "";
                pages.Add(path, html);
                foreach (var to in Links().Matches(html).Select(match => match.Groups[1].Value).Where(to => !to.Contains("://")))
                    links.Enqueue((path, to.StartsWith('#') ? path + to : to));
            }

            if (html.Length == 0 || (fragment is not null && !html.Contains($"id=\"{fragment}\"", StringComparison.Ordinal)))
                broken.Add($"{link.From}: {link.To}");
        }

        Assert.Empty(broken);
        Assert.Superset(
            new HashSet<string>(["/docs/sdk", "/docs/sdk/first-event", "/docs/sdk/api", "/docs/accounts", "/docs/spec/protocol"]),
            pages.Keys.ToHashSet());
    }

    [Theory]
    [InlineData("tk0001")]
    [InlineData("tk0002")]
    [InlineData("tk0003")]
    public async Task The_help_link_of_an_analyzer_leads_to_its_heading(string rule)
    {
        using var response = await GetAsync("/docs/sdk/analyzers");
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Contains($"id=\"{rule}\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_runs_no_script_and_is_revalidated()
    {
        using var response = await GetAsync("/docs/sdk/");
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", response.Headers.GetValues("Content-Security-Policy").Single());
        using var again = new HttpRequestMessage(HttpMethod.Get, "/docs/sdk");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await server.Server.Client.SendAsync(again);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Fact]
    public async Task Unknown_pages_are_problems_and_a_source_gets_a_few_at_once()
    {
        await (await GetAsync("/docs/nowhere")).IsProblemAsync(404, "not_found");
        await (await GetAsync("/docs/../appsettings.json")).IsProblemAsync(404, "not_found");
        for (var i = 0; i < Limits.Documents; i++)
            Assert.Equal(HttpStatusCode.OK, (await GetAsync("/docs", "203.0.113.77")).StatusCode);
        await (await GetAsync("/docs", "203.0.113.77")).IsProblemAsync(429, "rate_limited");
    }

    private async Task<HttpResponseMessage> GetAsync(string path, string? source = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add(AccountServer.SourceHeader, source ?? $"198.51.{++_source}.1");
        return await server.Server.Client.SendAsync(request);
    }

    [GeneratedRegex("href=\"([^\"]+)\"")]
    private static partial Regex Links();
}
