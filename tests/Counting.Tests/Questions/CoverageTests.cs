using System.Text.Json;
using TelemetryKit.Api.Tests.Server;
using TelemetryKit.Counting.Tests.Histories;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>The questions ask for everything that the OpenAPI document offers.</summary>
public sealed class CoverageTests
{
    private const int Histories = 150;

    // The project is that of the key. Hashes of installs are not known to the oracle. The live view is a stream and counts nothing.
    private static readonly string[] NotAsked = ["project", "user"];

    private static readonly string[] Prefixes = ["not", "meta"];

    private static readonly string[] NotCounted = ["/v1/stats/live"];

    [Fact]
    public async Task Every_statistic_and_parameter_of_the_document_is_asked()
    {
        await using var server = await TestServer.StartAsync();
        using var document = JsonDocument.Parse(await server.Client.GetStringAsync("/openapi/v1.json"));
        var offered = document.RootElement.GetProperty("paths").EnumerateObject()
            .Where(path => path.Name.StartsWith("/v1/stats/", StringComparison.Ordinal) || path.Name == "/v1/export/events")
            .Where(path => !NotCounted.Contains(path.Name))
            .SelectMany(path => path.Value.GetProperty("get").GetProperty("parameters").EnumerateArray()
                .Select(parameter => $"{path.Name} {parameter.GetProperty("name").GetString()}"))
            .Where(parameter => !NotAsked.Contains(parameter.Split(' ')[1]))
            .ToHashSet();

        var asked = Enumerable.Range(1, Histories).SelectMany(seed => HistoryGenerator.Generate(seed).Operations).OfType<Ask>()
            .SelectMany(ask => ParametersOf(ask.Question)).ToHashSet();

        Assert.Equal(offered.Order(), asked.Order());
    }

    private static IEnumerable<string> ParametersOf(Question question)
    {
        var parts = (question.Format is null ? question.Path : question.FormattedPath).Split('?');
        foreach (var parameter in parts.Skip(1).SelectMany(query => query.Split('&')))
        {
            var name = Uri.UnescapeDataString(parameter.Split('=')[0]);
            yield return $"{parts[0]} {Prefixes.FirstOrDefault(prefix => name.StartsWith(prefix + ".", StringComparison.Ordinal)) ?? name}";
        }

        // HistoryRun continues each of these from an event in the middle.
        if (question.Statistic is Statistic.Export or Statistic.Events)
            yield return parts[0] + " cursor";
    }
}
