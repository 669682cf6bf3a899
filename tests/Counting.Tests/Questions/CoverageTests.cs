using System.Text.Json;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>The questions ask for everything that the OpenAPI document offers.</summary>
public sealed class CoverageTests
{
    private static readonly string[] Common = ["project", "from", "to", "days", "env", "subject", "type", "version", "actor", "format"];

    // Other filters, groups and comparisons are answered from the events: the tests of Explore hold them to counts made by hand.
    private static readonly string[] Filters =
    [
        "os", "os_version", "arch", "runtime", "sdk", "agent", "ci_name", "shell", "terminal", "exit_code", "error_type", "success", "meta",
    ];

    private static readonly string[] Compared = ["compare_from", "compare_to"];

    // The live view is a stream of events: it counts nothing. Releases, retention, failures and deprecation have tests of their own.
    private static readonly string[] NotAsked =
        ["/v1/stats/live", "/v1/stats/deprecation", "/v1/stats/failures", "/v1/stats/releases", "/v1/stats/retention"];

    private static readonly Dictionary<string, string[]> Asked = new()
    {
        ["/v1/stats/overview"] = [.. Common, .. Filters, .. Compared],
        ["/v1/stats/top"] = [.. Common, .. Filters, .. Compared, "by", "limit", "group", "combinations", "unused"],
        ["/v1/stats/series"] = [.. Common, .. Filters, "interval", "by", "group", "limit"],
        ["/v1/stats/users"] = [.. Common, .. Filters],
        ["/v1/stats/events"] = [.. Common, "user", "limit", "cursor"],
    };

    [Fact]
    public async Task Every_statistic_and_parameter_of_the_document_is_asked()
    {
        await using var server = await TestServer.StartAsync();
        using var document = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json"));
        var offered = document.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => path.Name.StartsWith("/v1/stats/", StringComparison.Ordinal) && !NotAsked.Contains(path.Name))
            .ToDictionary(path => path.Name, path => path.Value.GetProperty("get"));

        Assert.Equal(Asked.Keys.Order(), offered.Keys.Order());
        foreach (var (path, operation) in offered)
        {
            var names = operation.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString());
            Assert.Equal(Asked[path].Order(), names.Order());
        }
    }
}
