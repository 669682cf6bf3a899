using System.Text.Json;
using TelemetryKit.Api.Tests.Server;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>The questions ask for everything that the OpenAPI document offers.</summary>
public sealed class CoverageTests
{
    private static readonly string[] Common = ["project", "from", "to", "days", "env", "subject", "type", "version", "actor"];

    // The live view is a stream of events: it counts nothing.
    private static readonly Dictionary<string, string[]> Asked = new()
    {
        ["/v1/stats/overview"] = Common,
        ["/v1/stats/top"] = [.. Common, "by", "limit"],
        ["/v1/stats/series"] = [.. Common, "interval"],
        ["/v1/stats/users"] = Common,
        ["/v1/stats/events"] = [.. Common, "user", "limit", "cursor"],
    };

    [Fact]
    public async Task Every_statistic_and_parameter_of_the_document_is_asked()
    {
        await using var server = await TestServer.StartAsync();
        using var document = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json"));
        var offered = document.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => path.Name.StartsWith("/v1/stats/", StringComparison.Ordinal) && path.Name != "/v1/stats/live")
            .ToDictionary(path => path.Name, path => path.Value.GetProperty("get"));

        Assert.Equal(Asked.Keys.Order(), offered.Keys.Order());
        foreach (var (path, operation) in offered)
        {
            var names = operation.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString());
            Assert.Equal(Asked[path].Order(), names.Order());
        }
    }
}
